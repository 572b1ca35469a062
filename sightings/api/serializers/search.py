"""What a search answers."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings.api.serializers.sightings import PlateSerializer
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

    @extend_schema_field(serializers.ChoiceField(choices=["exact", "prefix", "wildcard", "near"]))
    def get_kind(self, result: SearchResult) -> str:
        return result.query.kind
