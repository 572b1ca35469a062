"""Trips read again, as asked for and as told of."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings.api.serializers import shared
from sightings.api.serializers.sightings import SightingSerializer
from sightings.models import Difference, Reprocess
from sightings.progress import reprocess_message
from sightings.selectors_reprocess import summary
from sightings.services.reprocess_accept import CHOICES


class NewReprocessSerializer(serializers.Serializer[Any]):
    trips = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=1000)
    networks = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Such as `detector-m+recognizer-m`; empty: as new trips"
    )


class ChoiceSerializer(serializers.Serializer[Any]):
    """Single differences, all of one kind, or, where neither is named, all."""

    take = serializers.BooleanField()
    differences = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=1000)
    kind = serializers.ChoiceField(choices=CHOICES, required=False, default="")


class AcceptSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, help_text="As seen: 409 version_clash if choices moved on")


class SummarySerializer(serializers.Serializer[Any]):
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="changed, gained, lost, locked, same")
    taken = serializers.DictField(child=serializers.IntegerField(), help_text="Of changed, gained and lost")
    accepted = serializers.IntegerField(help_text="How many of the changes will be taken")
    words = serializers.IntegerField(help_text="Sightings on which a person said what is there")
    old_right = serializers.IntegerField()
    new_right = serializers.IntegerField()


class ReprocessSerializer(serializers.ModelSerializer[Reprocess]):
    """One job: trips read again by one model, beside what people see."""

    user = serializers.CharField(source="user.username", default=None, read_only=True, allow_null=True)
    decided_by = serializers.CharField(source="decided_by.username", default=None, read_only=True, allow_null=True)
    eta_s = serializers.SerializerMethodField(help_text="Seconds until it is read; null where nobody can tell")
    trip_count = serializers.IntegerField(read_only=True)
    video_count = serializers.IntegerField(read_only=True)
    created_at = shared.Moment(read_only=True)
    read_at = shared.Moment(read_only=True, allow_null=True)
    decided_at = shared.Moment(read_only=True, allow_null=True)
    error = shared.Said(read_only=True, help_text="Why the last decision could not be carried out")

    class Meta:
        model = Reprocess
        fields = [
            "id", "networks", "state", "progress", "paused", "eta_s", "version", "trip_count", "video_count", "user",
            "created_at", "read_at", "decided_at", "decided_by", "error",
        ]  # fmt: skip
        read_only_fields = fields

    def get_eta_s(self, row: Reprocess) -> float | None:
        return reprocess_message(row, self.context.get("queue"))["reprocess"]["eta_s"]


class ReprocessDetailSerializer(ReprocessSerializer):
    summary = serializers.SerializerMethodField()

    class Meta(ReprocessSerializer.Meta):
        fields = [*ReprocessSerializer.Meta.fields, "summary"]
        read_only_fields = fields

    @extend_schema_field(SummarySerializer)
    def get_summary(self, row: Reprocess) -> dict[str, Any]:
        return dict(SummarySerializer(summary(row)).data)


class DifferenceSerializer(serializers.ModelSerializer[Difference]):
    """The old and the new sighting of one passage; null where only the other reading saw it."""

    old = SightingSerializer(read_only=True, allow_null=True)
    new = SightingSerializer(read_only=True, allow_null=True)
    position_sec = serializers.FloatField(source="at_s")

    class Meta:
        model = Difference
        fields = ["id", "taken", "position_sec", "old", "new"]
        read_only_fields = fields
