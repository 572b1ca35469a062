"""The log, and what people say about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import filters, results, selectors
from sightings.api import formats
from sightings.api.base import ApiView
from sightings.api.conditional import as_seen, tagged
from sightings.api.filtering import FILTERS, ORDERING, ZOOM
from sightings.api.pagination import ObservationPages, SightingPages
from sightings.api.permissions import has_scope, may_reveal
from sightings.api.serializers.bulk import BulkAnswerSerializer, BulkSerializer
from sightings.api.serializers.reviews import (
    CorrectionSerializer,
    FlagSerializer,
    NewCorrectionSerializer,
    SightingDetailSerializer,
)
from sightings.api.serializers.search import HistogramSerializer, PlacesSerializer
from sightings.api.serializers.sightings import ObservationSerializer, SightingSerializer
from sightings.api.serializers.votes import VoteMatrixSerializer
from sightings.api.views.revealing import RevealingViews
from sightings.errors import BadQuery
from sightings.filters import SightingFilters
from sightings.models import Correction, CorrectionAction, Observation, Scope, Sighting, User
from sightings.querysets import SightingQuerySet
from sightings.selectors_review import votes_of
from sightings.services import audit, bulk, reviews
from sightings.services.roles import fleet_for_audit, home_fleet


class SightingViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Sighting]):
    """Plates that passed, one row a pass."""

    queryset = Sighting.objects.none()
    serializer_class = SightingSerializer
    pagination_class = SightingPages
    write_scopes = (Scope.CORRECTIONS_WRITE,)
    conditional = ("corrections",)

    def get_queryset(self) -> SightingQuerySet[Sighting]:
        return filters.narrow(selectors.sightings_for(self.person), self._asked(), self.person)

    def _asked(self) -> SightingFilters:
        """What the URL asks for. A search for a plate is written down, and needs the right to see plates."""
        words = filters.words_of(self.request.query_params)
        asked = filters.parse(words)
        if asked.plate is not None:
            if not may_reveal(self.request):
                raise PermissionDenied(
                    gettext("Searching for a plate needs the scope plates:reveal."), code="scope_missing"
                )
            detail = {"plate": words.get("q") or words["plate"], "via": "api"}
            fleet = fleet_for_audit(self.person)
            audit.record(action="plates.searched", user=self.person, fleet=fleet, detail=detail)
        return asked

    def get_renderers(self) -> Any:
        return (
            [renderer() for renderer in formats.RENDERERS] if self.action in ("list", None) else super().get_renderers()
        )

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response, Response):  # what is not streamed, errors too, is JSON whatever was asked for
            response.accepted_renderer, response.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return response

    @extend_schema(
        parameters=[*FILTERS, ORDERING],
        responses={
            # As a text, because drf-spectacular takes the first key in order of text for the one that has pages.
            ("200", "application/json"): SightingSerializer(many=True),
            **{(200, renderer.media_type): renderer.schema for renderer in formats.STREAMED},
        },
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The log, as it was written: newest first.

        With `format` (or `Accept`) another one than JSON, all that the filters leave is sent in one answer, with no
        pages; that needs the scope export. `platerec`, `openalpr` and `frigate` are arrays of what those programs
        send for one plate; `jsonl` has a line for each of these rows. `kml` and `gpx` leave out sightings whose place
        is not known, and say in a comment at their end how many.
        """
        chosen = request.accepted_renderer
        if isinstance(chosen, formats.StreamedRenderer):
            return self._exported(request, chosen)
        return super().list(request, *args, **kwargs)

    def _exported(self, request: Request, chosen: formats.StreamedRenderer) -> HttpResponseBase:
        if not has_scope(request, Scope.EXPORT):
            raise PermissionDenied("Every format but JSON needs the scope export.", code="scope_missing")
        if request.query_params.get("fields"):
            raise BadQuery("`fields` is for JSON: with a `format`, all of its fields are sent.")
        ordering = request.query_params.get("ordering") or "-id"
        if ordering not in ("id", "-id"):
            raise BadQuery("With a `format`, `ordering` must be id or -id.")
        found, words = self.get_queryset(), filters.words_of(request.query_params)
        detail = {"format": chosen.format, "filters": words, "via": "api"}
        fleet, person = fleet_for_audit(self.person), self.person
        begun = audit.record(action="sightings.exported", user=person, fleet=fleet, detail=detail)

        def ended(sent: formats.Sent) -> None:
            """A second entry, because the first one stands from the moment that the first row may leave."""
            audit.record(action="sightings.export_ended", user=person, fleet=fleet, target=begun, detail=asdict(sent))

        chosen.site = request.build_absolute_uri("/").rstrip("/")
        newest_first, reveal = ordering == "-id", may_reveal(request)
        return formats.stream(chosen, found, newest_first=newest_first, reveal=reveal, ended=ended)

    @extend_schema(parameters=FILTERS, responses=HistogramSerializer, operation_id="sightings_histogram")
    @action(detail=False, methods=["get"], pagination_class=None)
    def histogram(self, request: Request) -> Response:
        """How many were seen on each day."""
        counted = results.histogram(self.person, self._asked(), filters.zone_of(request.query_params))
        return Response(HistogramSerializer(counted).data)

    @extend_schema(parameters=[*FILTERS, ZOOM], responses=PlacesSerializer, operation_id="sightings_places")
    @action(detail=False, methods=["get"], pagination_class=None)
    def places(self, request: Request) -> Response:
        """Where they were seen: each place, or, where there are more than 20,000, how many in each cell of a grid."""
        places = results.places(self.person, self._asked(), filters.zoom_of(request.query_params))
        return Response(PlacesSerializer(places).data)

    def _sighting(self, pk: str) -> Sighting:
        sighting = selectors.sighting_detail(self.person, int(pk))
        if sighting is None:
            raise Http404
        return sighting

    @extend_schema(responses=SightingDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One sighting with every read that voted, and its history."""
        sighting = self._sighting(pk)
        audit.record(
            action="sighting.viewed", user=self.person, fleet=sighting.fleet, target=sighting, detail={"via": "api"}
        )
        told = SightingDetailSerializer(sighting, context=self.get_serializer_context()).data
        return Response(told, headers=tagged(sighting))

    @extend_schema(responses=ObservationSerializer(many=True), operation_id="sightings_observations")
    @action(detail=True, methods=["get"], pagination_class=ObservationPages)
    def observations(self, request: Request, pk: str) -> Response:
        """Every frame's reading that voted, in the order of time."""
        sighting, pages = self._sighting(pk), ObservationPages()
        audit.record(
            action="sighting.viewed", user=self.person, fleet=sighting.fleet, target=sighting, detail={"via": "api"}
        )
        reads = Observation.objects.visible_to(self.person).filter(sighting=sighting)
        page = pages.paginate_queryset(reads, request, view=self)
        told = ObservationSerializer(page, many=True, context=self.get_serializer_context())
        return pages.get_paginated_response(told.data)

    @extend_schema(request=BulkSerializer, responses=BulkAnswerSerializer, operation_id="sightings_bulk")
    @action(detail=False, methods=["post"], pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Confirm, reject, correct or flag up to 500 sightings of one fleet as one act, with a word on each of them.
        What was done is taken back as a whole by POST /correction-batches/{batch}/undo/."""
        asked = BulkSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        words: dict[str, Any] = asked.validated_data
        fleet = home_fleet(self.person, words.pop("fleet"))
        batch, outcomes = bulk.say_of_many(user=self.person, fleet=fleet, **words)
        done = sum(outcome.status == bulk.DONE for outcome in outcomes)
        answer = {"batch": batch.pk if batch else None, "done": done, "results": outcomes}
        return Response(BulkAnswerSerializer(answer).data)

    @extend_schema(responses=VoteMatrixSerializer)
    @action(detail=True, methods=["get"], pagination_class=None)
    def votes(self, request: Request, pk: str) -> Response:
        """How the frames voted, character by character; needs plates:reveal."""
        if not may_reveal(request):
            raise PermissionDenied(
                gettext("Votes show the plate: they need the scope plates:reveal."), code="scope_missing"
            )
        sighting = self._sighting(pk)
        audit.record(
            action="sighting.viewed", user=self.person, fleet=sighting.fleet, target=sighting, detail={"via": "api"}
        )
        return Response(VoteMatrixSerializer(votes_of(sighting), context=self.get_serializer_context()).data)

    @extend_schema(
        methods=["POST"], request=NewCorrectionSerializer, responses={201: CorrectionSerializer},
        operation_id="sightings_corrections_create",
    )  # fmt: skip
    @extend_schema(
        methods=["GET"], responses=CorrectionSerializer(many=True), operation_id="sightings_corrections_list"
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def corrections(self, request: Request, pk: str) -> Response:
        """What people said on a sighting; POST says something: correct, confirm or reject."""
        sighting, context = self._sighting(pk), self.get_serializer_context()
        if request.method == "GET":
            return Response(CorrectionSerializer(sighting.corrections.all(), many=True, context=context).data)
        words = NewCorrectionSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        with as_seen(request, sighting):
            correction = _say(sighting, self.person, words.validated_data)
        return Response(CorrectionSerializer(correction, context=context).data, status=201)

    @extend_schema(
        methods=["POST"], request=FlagSerializer, responses={201: FlagSerializer}, operation_id="sightings_flags_create"
    )
    @extend_schema(methods=["GET"], responses=FlagSerializer(many=True), operation_id="sightings_flags_list")
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def flags(self, request: Request, pk: str) -> Response:
        """Flags on a sighting; POST raises one."""
        sighting = self._sighting(pk)
        if request.method == "GET":
            return Response(FlagSerializer(sighting.flags.all(), many=True).data)
        words = FlagSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        flag = reviews.flag_sighting(sighting=sighting, user=self.person, **words.validated_data)
        return Response(FlagSerializer(flag).data, status=201)


def _say(sighting: Sighting, user: User, words: dict[str, Any]) -> Correction:
    said: dict[str, Any] = {
        "sighting": sighting,
        "user": user,
        "note": words["note"],
        "expected_version": words.get("version"),
        "resolve_flags": words["resolve_flags"],
    }
    if words["action"] == CorrectionAction.CONFIRM:
        return reviews.confirm_sighting(**said)
    if words["action"] == CorrectionAction.REJECT:
        return reviews.reject_sighting(**said)
    return reviews.correct_sighting(**said, text=words["plate"])
