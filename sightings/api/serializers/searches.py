"""Saved searches."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from rest_framework import serializers

from sightings import results
from sightings.models import SavedSearch


class SavedSearchSerializer(serializers.ModelSerializer[SavedSearch]):
    words = serializers.DictField(
        child=serializers.CharField(max_length=2000, allow_blank=True),
        help_text="Filters by name, as in the address of a search; and `view`: list, crops, map or time",
    )
    url = serializers.SerializerMethodField(help_text="The page of the search")
    new = serializers.SerializerMethodField(help_text="Sightings since the last look; 100 stands for more")

    class Meta:
        model = SavedSearch
        fields = ["id", "name", "words", "url", "new", "looked_at", "created_at"]
        read_only_fields = ["looked_at", "created_at"]

    def get_url(self, search: SavedSearch) -> str:
        return f"/search/?{urlencode(search.words)}"

    def get_new(self, search: SavedSearch) -> int:
        return results.news(self.context["person"], search)


class RenameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)


class LookSerializer(serializers.Serializer[Any]):
    upto = serializers.IntegerField(required=False, min_value=0, help_text="Key of the newest sighting that was shown")
