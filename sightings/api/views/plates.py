"""Plates: search, history, notes. All of it shows plates, and so needs plates:reveal."""

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

from sightings import selectors, selectors_plate
from sightings.api.base import ApiView
from sightings.api.conditional import as_seen, tagged
from sightings.api.pagination import PlatesByText, SightingPages
from sightings.api.serializers.plates import (
    CompanionSerializer,
    HoursSerializer,
    MergedSerializer,
    PlateMergeSerializer,
    VariantSerializer,
)
from sightings.api.serializers.search import SearchSerializer
from sightings.api.serializers.sightings import PlateSerializer, SightingSerializer
from sightings.api.views.revealing import RevealingViews
from sightings.filters import zone_of
from sightings.models import Plate, Scope
from sightings.services import audit, plate_merge, plates
from sightings.services.roles import fleet_for_audit
from sightings.zones import zone_or_utc


class PlateViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Plate]):
    """Every plate the fleet has met, by text."""

    queryset = Plate.objects.none()
    serializer_class = PlateSerializer
    pagination_class = PlatesByText
    read_scopes = (Scope.SIGHTINGS_READ, Scope.PLATES_REVEAL)
    write_scopes = (Scope.CORRECTIONS_WRITE, Scope.PLATES_REVEAL)
    conditional = ("partial_update",)

    def get_queryset(self) -> QuerySet[Plate]:
        return selectors.with_counts(Plate.objects.visible_to(self.person).select_related("fleet"))

    def _plate(self, pk: str) -> Plate:
        plate = self.get_queryset().filter(pk=int(pk)).first()
        if plate is None:
            raise Http404
        return plate

    @extend_schema(responses=PlateSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One plate."""
        plate = self._plate(pk)
        audit.record(action="plate.viewed", user=self.person, fleet=plate.fleet, target=plate, detail={"via": "api"})
        return Response(self.get_serializer(plate).data, headers=tagged(plate))

    @extend_schema(request=PlateSerializer, responses=PlateSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Write notes and tags. With `version`, as it was read: 409 version_clash where someone else was first."""
        words = self.get_serializer(data=request.data, partial=True)
        words.is_valid(raise_exception=True)
        written: dict[str, Any] = words.validated_data
        plate = self._plate(pk)
        with as_seen(request, plate):
            plates.annotate_plate(
                plate=plate,
                user=self.person,
                notes=written.get("notes"),
                tags=written.get("tags"),
                seen=written.get("version"),
            )
        plate = self._plate(pk)
        return Response(self.get_serializer(plate).data, headers=tagged(plate))

    @extend_schema(responses=SightingSerializer(many=True), operation_id="plates_history")
    @action(detail=True, methods=["get"], pagination_class=SightingPages)
    def history(self, request: Request, pk: str) -> Response:
        """Where and when the plate was met."""
        plate = self._plate(pk)
        pages = SightingPages()
        page = pages.paginate_queryset(selectors.plate_history(self.person, plate), request, view=self)
        audit.record(action="plate.viewed", user=self.person, fleet=plate.fleet, target=plate, detail={"via": "api"})
        found = SightingSerializer(page, many=True, context=self.get_serializer_context())
        return pages.get_paginated_response(found.data)

    def _looked_at(self, pk: str) -> Plate:
        """The plate, and a note that its story was read."""
        plate = self._plate(pk)
        audit.record(action="plate.viewed", user=self.person, fleet=plate.fleet, target=plate, detail={"via": "api"})
        return plate

    @extend_schema(
        operation_id="plates_hours",
        parameters=[
            OpenApiParameter(
                "zone", OpenApiTypes.STR, OpenApiParameter.QUERY, description="Default: the fleet's."
            )
        ],
        responses=HoursSerializer,
    )  # fmt: skip
    @action(detail=True, methods=["get"], pagination_class=None)
    def hours(self, request: Request, pk: str) -> Response:
        """How often it was met in each hour of each weekday."""
        plate = self._looked_at(pk)
        zone = zone_of(request.query_params, zone_or_utc(plate.fleet.time_zone))
        return Response(HoursSerializer(selectors_plate.hours(self.person, plate, zone)).data)

    @extend_schema(operation_id="plates_variants", responses=VariantSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def variants(self, request: Request, pk: str) -> Response:
        """Near-duplicate reads that may be this plate, likeliest first."""
        found = selectors_plate.variants(self.person, self._looked_at(pk))
        return Response(VariantSerializer(found, many=True, context=self.get_serializer_context()).data)

    @extend_schema(operation_id="plates_companions", responses=CompanionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def companions(self, request: Request, pk: str) -> Response:
        """Plates that keep being met together with it, more often than shared roads explain, surest first."""
        found = selectors_plate.companions(self.person, self._looked_at(pk))
        return Response(CompanionSerializer(found, many=True, context=self.get_serializer_context()).data)

    @extend_schema(operation_id="plates_merge", request=PlateMergeSerializer, responses=MergedSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def merge(self, request: Request, pk: str) -> Response:
        """Correct all sightings of another plate to this one, but for those of which people said what they are."""
        words = PlateMergeSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        other = self._plate(str(words.validated_data["other"]))
        batch = plate_merge.merge_plates(plate=self._plate(pk), other=other, user=self.person)
        return Response({"batch": batch.pk, "corrected": batch.count})

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "q", OpenApiTypes.STR, OpenApiParameter.QUERY, required=True,
                description="`B99BNX` (one may differ), `=B99BNX`, `~B99BNX`, `~~B99BNX`, `B99*`, `B?9BNX`, `/B9.+/`.",
            )
        ],
        responses=SearchSerializer,
        operation_id="plates_search",
    )  # fmt: skip
    @action(detail=False, methods=["get"], pagination_class=None)
    def search(self, request: Request) -> Response:
        """What the search box finds, best first, each with the reason why."""
        typed = request.query_params.get("q", "")
        result = selectors.search(self.person, typed)
        audit.record(
            action="plates.searched",
            user=self.person,
            fleet=fleet_for_audit(self.person),
            detail={"plate": typed, "via": "api"},
        )
        return Response(SearchSerializer(result, context=self.get_serializer_context()).data)
