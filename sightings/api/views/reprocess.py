"""Trips read again with another model, and what comes of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors_reprocess
from sightings.api.base import ApiView
from sightings.api.pagination import NewestFirst
from sightings.api.serializers.reprocess import (
    AcceptSerializer,
    ChoiceSerializer,
    DifferenceSerializer,
    NewReprocessSerializer,
    ReprocessDetailSerializer,
    ReprocessSerializer,
)
from sightings.api.views.revealing import RevealingViews
from sightings.errors import BadQuery
from sightings.eta import ReadingQueue
from sightings.models import Reprocess, Scope, Trip
from sightings.querysets import DifferenceQuerySet
from sightings.services import audit, reprocess, reprocess_accept, reprocess_decide


class DifferencePages(NewestFirst):
    ordering = ("run_id", "at_s", "id")


class ReprocessViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Reprocess]):
    """Every reading of trips beside the one that people see, latest first."""

    queryset = Reprocess.objects.none()
    serializer_class = ReprocessSerializer
    pagination_class = NewestFirst
    write_scopes = (Scope.TRIPS_WRITE,)

    def get_queryset(self) -> QuerySet[Reprocess]:
        return selectors_reprocess.jobs_for(self.person)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "queue": ReadingQueue.now()}  # once for all jobs of the answer

    def _job(self, pk: str) -> Reprocess:
        job = self.get_queryset().filter(pk=int(pk)).first()
        if job is None:
            raise Http404
        return job

    def _answer(self, pk: int | str, status: int = 200) -> Response:
        found = ReprocessDetailSerializer(self._job(str(pk)), context=self.get_serializer_context())
        return Response(found.data, status=status)

    @extend_schema(request=NewReprocessSerializer, responses={202: ReprocessDetailSerializer})
    def create(self, request: Request) -> Response:
        """Read trips again, after all that is new. 409 nothing_to_reread; 400 model_unknown."""
        words = NewReprocessSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        trips = (
            Trip.objects.visible_to(self.person).select_related("fleet").filter(pk__in=words.validated_data["trips"])
        )
        job = reprocess.start_reprocess(trips=trips, user=self.person, networks=words.validated_data["networks"])
        return self._answer(job.pk, status=202)

    @extend_schema(responses=ReprocessDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One job, how far it is, and what it would change in numbers."""
        return self._answer(pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Discard the new reading; its runs and pictures are deleted. 409 not_decidable once it is accepted."""
        reprocess.discard_reprocess(job=self._job(pk), user=self.person)
        return Response(status=204)

    @extend_schema(
        operation_id="reprocess_differences",
        parameters=[
            OpenApiParameter(
                "kind", OpenApiTypes.STR, OpenApiParameter.QUERY, enum=list(DifferenceQuerySet.kinds()),
                description="Default `changed`.",
            )
        ],
        responses=DifferenceSerializer(many=True),
    )  # fmt: skip
    @action(detail=True, methods=["get"], pagination_class=DifferencePages)
    def differences(self, request: Request, pk: str) -> Response:
        """Old and new side by side, of one kind, in the order of driving."""
        job, kind = self._job(pk), request.query_params.get("kind") or "changed"
        if kind not in DifferenceQuerySet.kinds():
            raise BadQuery(f"`kind` must be one of {', '.join(DifferenceQuerySet.kinds())}.")
        rows = selectors_reprocess.differences(job, kind).prefetch_related(
            *(f"{side}__{name}" for side in ("old", "new") for name in ("fleet", "trip__vehicle", "video"))
        )
        pages = DifferencePages()
        page = pages.paginate_queryset(rows, request, view=self)
        audit.record(action="reprocess.viewed", user=self.person, fleet=job.fleet, target=job, detail={"show": kind})
        found = DifferenceSerializer(page, many=True, context=self.get_serializer_context())
        return pages.get_paginated_response(found.data)

    @extend_schema(request=ChoiceSerializer, responses=ReprocessDetailSerializer)
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, pk: str) -> Response:
        """Take or leave differences; all are taken at first."""
        words = ChoiceSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        reprocess_accept.choose(job=self._job(pk), user=self.person, **words.validated_data)
        return self._answer(pk)

    @extend_schema(request=AcceptSerializer, responses={202: ReprocessDetailSerializer})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Make the new reading the one that people see, but for what was left and what people said.

        A worker does it, whole or not at all: `state` is `accepting`, then `accepted`, or `ready` again with `error`.
        """
        words = AcceptSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        version = words.validated_data.get("version")
        reprocess_decide.ask_accept(job=self._job(pk), user=self.person, expected_version=version)
        return self._answer(pk, status=202)

    @extend_schema(request=None, responses={202: ReprocessDetailSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Switch back exactly: `undoing`, then `ready`. 409 already_undone, undo_later_first."""
        reprocess_decide.ask_undo(job=self._job(pk), user=self.person)
        return self._answer(pk, status=202)

    @extend_schema(request=None, responses={202: ReprocessDetailSerializer})
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Begin no further part. 409 not_in_queue."""
        reprocess.pause_reprocess(job=self._job(pk), user=self.person)
        return self._answer(pk, status=202)

    @extend_schema(request=None, responses={202: ReprocessDetailSerializer})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Read on after a pause. 409 not_paused."""
        reprocess.resume_reprocess(job=self._job(pk), user=self.person)
        return self._answer(pk, status=202)

    @extend_schema(request=None, responses={202: ReprocessDetailSerializer})
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """Read no more of it. 409 not_stoppable."""
        reprocess.stop_reprocess(job=self._job(pk), user=self.person)
        return self._answer(pk, status=202)

    @extend_schema(request=None, responses={202: ReprocessDetailSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Read what failed or was stopped. 409 not_retryable."""
        reprocess.retry_reprocess(job=self._job(pk), user=self.person)
        return self._answer(pk, status=202)
