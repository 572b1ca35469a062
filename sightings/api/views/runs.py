"""Readings of videos, over all trips."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from sightings.api.base import ApiView
from sightings.api.pagination import NewestFirst
from sightings.api.serializers.trips import RunFilterSerializer, RunOfVideoSerializer
from sightings.models import ProcessingRun


class RunViews(ApiView, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ProcessingRun]):
    """Every pass of a model version over a video, latest first; those that were replaced too."""

    queryset = ProcessingRun.objects.none()
    serializer_class = RunOfVideoSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[ProcessingRun]:
        runs = ProcessingRun.objects.visible_to(self.person).select_related("video")
        if self.action != "list":
            return runs
        asked = RunFilterSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return runs.filter(**asked.validated_data)

    @extend_schema(parameters=[RunFilterSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them, or those of one state, trip or video."""
        return super().list(request, *args, **kwargs)
