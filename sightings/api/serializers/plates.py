"""What the story of a plate tells beside its sightings."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings.api.serializers.sightings import PlateSerializer, SightingSerializer


class HoursRowSerializer(serializers.Serializer[Any]):
    weekday = serializers.CharField()
    counts = serializers.ListField(child=serializers.IntegerField(), help_text="Of the hours 0–23")


class HoursSerializer(serializers.Serializer[Any]):
    """How often a plate was met in each hour of each weekday."""

    zone = serializers.CharField(help_text="The clock that the hours are of")
    counted = serializers.IntegerField()
    rows = serializers.SerializerMethodField()

    @extend_schema_field(HoursRowSerializer(many=True))
    def get_rows(self, row: Any) -> list[dict[str, Any]]:
        return [{"weekday": weekday, "counts": counts} for weekday, counts in row.rows]


class VariantSerializer(serializers.Serializer[Any]):
    """Another text that may be the same plate."""

    plate = PlateSerializer()
    why = serializers.CharField()
    sightings = serializers.IntegerField()
    nearby = serializers.IntegerField(help_text="Sightings in areas where the plate was met too")
    same_passage = serializers.IntegerField(help_text="Sightings within ten minutes of the plate on the same trip")
    free = serializers.IntegerField(help_text="Sightings that a merge would correct")


class CompanionSerializer(serializers.Serializer[Any]):
    """A plate that was met together with this one more often than shared roads explain."""

    plate = PlateSerializer()
    trips = serializers.IntegerField(source="found.trips", help_text="On which both were met within two minutes")
    expected = serializers.FloatField(source="found.expected", help_text="Trips that roads in common explain")
    chance = serializers.FloatField(source="found.chance", help_text="Probability of a coincidence, over all plates")
    meetings = SightingSerializer(many=True, help_text="The latest, at most one a trip")


class PlateMergeSerializer(serializers.Serializer[Any]):
    other = serializers.IntegerField(min_value=1, help_text="The plate whose sightings are corrected to this one")


class MergedSerializer(serializers.Serializer[Any]):
    batch = serializers.IntegerField(help_text="Taken back by POST /correction-batches/{batch}/undo/")
    corrected = serializers.IntegerField()
