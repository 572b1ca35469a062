"""The log, and what people say about it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import filters, results, selectors
from sightings.api.base import ApiView
from sightings.api.filtering import FILTERS, ORDERING, ZOOM
from sightings.api.pagination import SightingPages
from sightings.api.permissions import may_reveal
from sightings.api.serializers.reviews import (
    CorrectionSerializer,
    FlagSerializer,
    NewCorrectionSerializer,
    SightingDetailSerializer,
)
from sightings.api.serializers.search import HistogramSerializer, PlacesSerializer
from sightings.api.serializers.sightings import SightingSerializer
from sightings.api.serializers.votes import VoteMatrixSerializer
from sightings.api.views.revealing import RevealingViews
from sightings.filters import SightingFilters
from sightings.models import Correction, CorrectionAction, Scope, Sighting, User
from sightings.selectors_review import votes_of
from sightings.services import audit, reviews
from sightings.services.roles import fleet_for_audit


class SightingViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Sighting]):
    """Plates that passed, one row a pass."""

    queryset = Sighting.objects.none()
    serializer_class = SightingSerializer
    pagination_class = SightingPages
    write_scopes = (Scope.CORRECTIONS_WRITE,)

    def get_queryset(self) -> QuerySet[Sighting]:
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

    @extend_schema(parameters=[*FILTERS, ORDERING])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The log, as it was written: newest first."""
        return super().list(request, *args, **kwargs)

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
        return Response(SightingDetailSerializer(sighting, context=self.get_serializer_context()).data)

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
