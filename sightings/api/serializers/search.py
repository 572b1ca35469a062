"""What a search answers."""

from __future__ import annotations

from typing import Any, get_args

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings.api.serializers.sightings import PlateSerializer
from sightings.plate_query import Kind
from sightings.results import Histogram, Places
from sightings.selectors import Match, SearchResult


class MatchSerializer(serializers.Serializer[Match]):
    plate = PlateSerializer(read_only=True)
    why = serializers.CharField()
    exact = serializers.BooleanField()


class SearchSerializer(serializers.Serializer[SearchResult]):
    explanation = serializers.CharField(help_text="How the query was understood")
    kind = serializers.SerializerMethodField()
    matches = MatchSerializer(many=True)
    truncated = serializers.BooleanField(help_text="More plates match than are listed")

    @extend_schema_field(serializers.ChoiceField(choices=list(get_args(Kind))))
    def get_kind(self, result: SearchResult) -> str:
        return result.query.kind


class DaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    count = serializers.IntegerField()


class HistogramSerializer(serializers.Serializer[Histogram]):
    days = serializers.SerializerMethodField()
    untimed = serializers.IntegerField(help_text="Seen at a time that is not known")

    @extend_schema_field(DaySerializer(many=True))
    def get_days(self, histogram: Histogram) -> list[dict[str, Any]]:
        return [{"day": day.isoformat(), "count": count} for day, count in histogram.days]


class PlacesSerializer(serializers.Serializer[Places]):
    """Short rows, because there may be 20,000 of them."""

    total = serializers.IntegerField(help_text="Sightings found, those without a place too; 10,000 stands for more")
    placed = serializers.IntegerField(help_text="Those whose place is known")
    points = serializers.ListField(
        child=serializers.ListField(), help_text="[id, lat, lon, state]; 0 is certain, 1 doubtful, 2 rejected"
    )
    cells = serializers.ListField(
        child=serializers.ListField(), help_text="[lat, lon, count] of each cell; empty where there are points"
    )
