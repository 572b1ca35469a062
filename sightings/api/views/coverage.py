"""Which roads were filmed, when, and how well plates were read there: what makes "not seen" mean something."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors_coverage as covered
from sightings.api.base import ApiView
from sightings.api.filtering import KEY
from sightings.api.permissions import may_reveal
from sightings.api.serializers import shared
from sightings.services import audit
from sightings.services.roles import fleet_for_audit
from sightings.trip_filters import parse

DAY = {"type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", "example": "2026-05-01"}
FILTERS = [
    OpenApiParameter("from", DAY, description="First day (UTC)"),
    OpenApiParameter("to", DAY, description="Last day (UTC)"),
    OpenApiParameter("vehicle", KEY),
]
CELL = OpenApiParameter(
    "cell",
    {"type": "string", "pattern": "^[0-9a-f]{15}$"},
    OpenApiParameter.PATH,
    description="As `coverage` names it: H3 of resolution 9 or 7",
)


class CoveredTripSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="trip.pk")
    name = serializers.CharField(source="trip.name")
    vehicle = serializers.CharField(source="trip.vehicle.name", default="")
    started_at = shared.Moment(source="trip.started_at", allow_null=True)
    seconds = serializers.FloatField(help_text="In the cell")


class CoveredPlateSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="plate")
    plate = serializers.CharField(source="plate__text")
    count = serializers.IntegerField()


class CellSerializer(serializers.Serializer[Any]):
    trips = CoveredTripSerializer(many=True)
    plates = CoveredPlateSerializer(many=True, help_text="Empty for a token without plates:reveal")


class CoverageView(ApiView):
    """All cells that were filmed."""

    @extend_schema(operation_id="coverage", parameters=FILTERS, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """GeoJSON hexagons with minutes, trips, last_filmed, plates and read_clearly (the share of them). Where more
        than 4,000 cells of H3 resolution 9 were filmed, those of resolution 7 are answered."""
        return Response(covered.as_geojson(covered.coverage(self.person, parse(request.query_params))))


class CoverageCellView(ApiView):
    """One cell."""

    @extend_schema(operation_id="coverage_cell", parameters=[CELL, *FILTERS], responses=CellSerializer)
    def get(self, request: Request, cell: str) -> Response:
        """The latest trips that filmed a cell, and the plates that were seen there most often."""
        filters, (number, column) = parse(request.query_params), covered.cell_number(cell)
        trips, plates = covered.trips_in(self.person, filters, number, column), list[dict[str, Any]]()
        if may_reveal(request):
            plates = covered.plates_in(self.person, filters, number, column)
            fleet = fleet_for_audit(self.person)
            audit.record(action="coverage.viewed", user=self.person, fleet=fleet, detail={"cell": cell})
        return Response(CellSerializer({"trips": trips, "plates": plates}).data)
