"""Corrections and flags over all sightings, and taking them back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings.api.base import ApiView
from sightings.api.pagination import NewestFirst
from sightings.api.serializers.reviews import CorrectionSerializer, FlagSerializer
from sightings.api.serializers.trips import AuditFilterSerializer, AuditSerializer
from sightings.api.views.revealing import RevealingViews
from sightings.models import AuditEntry, Correction, Flag, Member, Role, Scope
from sightings.services import reviews


class CorrectionViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Correction]):
    """Every word people said, latest first; undone ones too."""

    queryset = Correction.objects.none()
    serializer_class = CorrectionSerializer
    pagination_class = NewestFirst
    write_scopes = (Scope.CORRECTIONS_WRITE,)

    def get_queryset(self) -> QuerySet[Correction]:
        return Correction.objects.visible_to(self.person).select_related("user", "undone_by")

    @extend_schema(request=None, responses=CorrectionSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take a correction, or an alias's, back; it stays in the history. 409 already_undone the second time."""
        correction = self.get_queryset().select_related("fleet", "sighting__fleet").filter(pk=int(pk)).first()
        if correction is None:
            raise Http404
        undone = reviews.undo_correction(correction=correction, user=self.person)
        return Response(self.get_serializer(undone).data)


class FlagViews(ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Flag]):
    """Every flag, latest first."""

    queryset = Flag.objects.none()
    serializer_class = FlagSerializer
    pagination_class = NewestFirst
    write_scopes = (Scope.CORRECTIONS_WRITE,)

    def get_queryset(self) -> QuerySet[Flag]:
        return Flag.objects.visible_to(self.person).select_related("user", "resolved_by")

    @extend_schema(request=None, responses=FlagSerializer)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Say that a flag has been seen to. 409 already_resolved the second time."""
        flag = self.get_queryset().select_related("fleet", "sighting").filter(pk=int(pk)).first()
        if flag is None:
            raise Http404
        return Response(self.get_serializer(reviews.resolve_flag(flag=flag, user=self.person)).data)


class AuditViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[AuditEntry]):
    """Who looked at what and changed what, in the fleets the caller manages."""

    queryset = AuditEntry.objects.none()
    serializer_class = AuditSerializer
    pagination_class = NewestFirst
    read_scopes = (Scope.AUDIT_READ,)

    def get_queryset(self) -> QuerySet[AuditEntry]:
        asked = AuditFilterSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        entries = AuditEntry.objects.visible_to(self.person).select_related("user").filter(**asked.validated_data)
        if self.person.is_staff:
            return entries
        managed = Member.objects.filter(user=self.person, role=Role.MANAGER).values("fleet")
        return entries.filter(fleet__in=managed)

    @extend_schema(parameters=[AuditFilterSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of it, or what was done by somebody, to something, or within a time."""
        return super().list(request, *args, **kwargs)
