"""Corrections and flags: what comes in, and what is told of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings.api.serializers import shared
from sightings.api.serializers.sightings import (
    ObservationSerializer,
    Revealing,
    SightingSerializer,
)
from sightings.errors import PlateUnusable
from sightings.forms import FLAG_REASONS
from sightings.models import Correction, CorrectionAction, Flag, Sighting

SAID = [choice for choice in CorrectionAction.choices if choice[0] != CorrectionAction.ALIAS]


class CorrectionSerializer(Revealing):
    """One person's word on a sighting. Undone words stay in the history."""

    text_before = serializers.SerializerMethodField()
    text_after = serializers.SerializerMethodField()
    user = serializers.CharField(source="user.username", default=None, read_only=True, allow_null=True)
    undone_by = serializers.CharField(source="undone_by.username", default=None, read_only=True, allow_null=True)
    created_at = shared.Moment(read_only=True)
    undone_at = shared.Moment(read_only=True, allow_null=True)

    class Meta:
        model = Correction
        fields = [
            "id", "sighting", "trip", "action", "text_before", "text_after", "note", "user", "batch", "alias",
            "created_at", "undone_at", "undone_by",
        ]  # fmt: skip
        read_only_fields = fields

    def get_text_before(self, row: Correction) -> str:
        return self.shown(row.text_before)

    def get_text_after(self, row: Correction) -> str:
        return self.shown(row.text_after)


class NewCorrectionSerializer(serializers.Serializer[Any]):
    """`version` is that of the sighting as it was seen: if it has moved on, the answer is 409 version_clash."""

    action = serializers.ChoiceField(choices=SAID, default=CorrectionAction.CORRECT)
    plate = serializers.CharField(max_length=32, required=False, help_text="Needed to correct")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, min_value=1)
    resolve_flags = serializers.BooleanField(
        default=False, help_text="Resolve the sighting's open flags too; undoing the word opens them again"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] == CorrectionAction.CORRECT and not attrs.get("plate"):
            raise PlateUnusable(gettext("Say what the plate is."))
        return attrs


class FlagSerializer(serializers.ModelSerializer[Flag]):
    """ "Look at this", until someone has."""

    reason = serializers.ChoiceField(choices=FLAG_REASONS)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    user = serializers.CharField(source="user.username", default=None, read_only=True, allow_null=True)
    resolved_by = serializers.CharField(source="resolved_by.username", default=None, read_only=True, allow_null=True)
    created_at = shared.Moment(read_only=True)
    resolved_at = shared.Moment(read_only=True, allow_null=True)

    class Meta:
        model = Flag
        fields = ["id", "sighting", "trip", "reason", "note", "user", "created_at", "resolved_at", "resolved_by"]
        read_only_fields = ["id", "sighting", "trip"]


class SightingDetailSerializer(SightingSerializer):
    """A sighting with every read that voted, and the history of people's words."""

    characters = serializers.SerializerMethodField()
    observations = ObservationSerializer(many=True, read_only=True)
    corrections = CorrectionSerializer(many=True, read_only=True)
    flags = FlagSerializer(many=True, read_only=True)
    context_url = serializers.SerializerMethodField()

    class Meta(SightingSerializer.Meta):
        fields = [
            *SightingSerializer.Meta.fields, "corners", "characters", "context_url", "observations", "corrections",
            "flags",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(shared.CharacterSerializer(many=True))
    def get_characters(self, row: Sighting) -> list[dict[str, Any]]:
        return list(row.characters) if self.reveals else []

    def get_context_url(self, row: Sighting) -> str | None:
        return self.crop(row.context)
