"""The log, and what people say about it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import filters, selectors
from sightings.api.base import ApiView
from sightings.api.pagination import SightingPages
from sightings.api.permissions import may_reveal
from sightings.api.serializers.reviews import (
    CorrectionSerializer,
    FlagSerializer,
    NewCorrectionSerializer,
    SightingDetailSerializer,
)
from sightings.api.serializers.sightings import SightingSerializer
from sightings.api.views.revealing import RevealingViews
from sightings.models import Correction, CorrectionAction, ReviewState, Scope, Sighting, User
from sightings.services import audit, reviews
from sightings.services.roles import fleet_for_audit


def _parameter(name: str, about: str, kind: Any = OpenApiTypes.STR, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=about, **more)


FILTERS = [
    _parameter("plate", "Exactly this plate; `B99*` begins so; in `B?9BNX` the ? is any character."),
    _parameter("fuzzy", "With `plate`: one character may differ.", OpenApiTypes.BOOL),
    _parameter("from", "Seen at this time or later (UTC where no zone is given).", OpenApiTypes.DATETIME),
    _parameter("to", "Seen before this time.", OpenApiTypes.DATETIME),
    _parameter("trip", "Of this trip.", OpenApiTypes.INT),
    _parameter("vehicle", "By the camera of this vehicle of the fleet.", OpenApiTypes.INT),
    _parameter("region", "Issued there, such as `ro` or `us-ca`."),
    _parameter("min_confidence", "Read with at least this confidence, 0–1.", OpenApiTypes.FLOAT),
    _parameter("review_state", "What people said.", enum=ReviewState.values),
    _parameter("flagged", "With an open flag, or without.", OpenApiTypes.BOOL),
    _parameter("doubtful", "Only what a person should look at.", OpenApiTypes.BOOL),
    _parameter("bbox", "Seen from within `west,south,east,north` (degrees)."),
    _parameter("ordering", "Default `-id`.", enum=list(SightingPages.ORDERINGS)),
]


class SightingViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Sighting]):
    """Plates that passed, one row a pass."""

    queryset = Sighting.objects.none()
    serializer_class = SightingSerializer
    pagination_class = SightingPages
    write_scopes = (Scope.CORRECTIONS_WRITE,)

    def get_queryset(self) -> QuerySet[Sighting]:
        asked = filters.parse(self.request.query_params)
        if asked.plate is not None and not may_reveal(self.request):
            raise PermissionDenied("Searching for a plate needs the scope plates:reveal.", code="scope_missing")
        return filters.narrow(selectors.sightings_for(self.person), asked, self.person)

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The log, as it was written: newest first."""
        answer = super().list(request, *args, **kwargs)
        if request.query_params.get("plate"):
            asked = {"plate": request.query_params["plate"], "via": "api"}
            fleet = fleet_for_audit(self.person)
            audit.record(action="plates.searched", user=self.person, fleet=fleet, detail=asked)
        return answer

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
    note, version = words["note"], words.get("version")
    if words["action"] == CorrectionAction.CONFIRM:
        return reviews.confirm_sighting(sighting=sighting, user=user, note=note, expected_version=version)
    if words["action"] == CorrectionAction.REJECT:
        return reviews.reject_sighting(sighting=sighting, user=user, note=note, expected_version=version)
    return reviews.correct_sighting(
        sighting=sighting, user=user, text=words["plate"], note=note, expected_version=version
    )
