"""Sightings, their reads, and plates. Field names follow Plate Recognizer's where it has one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings import shapes
from sightings.api.serializers import shared
from sightings.models import Observation, Plate, PlateSource, Sighting
from sightings.services.plates import stamp_of


class Revealing(serializers.ModelSerializer[Any]):
    """Shows plates and pictures only where `reveal` in the context says so; `reveal` absent means no."""

    @property
    def reveals(self) -> bool:
        return bool(self.context.get("reveal"))

    def shown(self, text: str) -> str:
        return shapes.shown(text, self.reveals)

    def crop(self, path: str) -> str | None:
        return shared.crop_url(self.context.get("request"), path) if self.reveals else None


class SightingSerializer(Revealing):
    """One plate seen during one uninterrupted pass. The fields describe what `shapes.native` writes.

    Those that a subclass adds are written by themselves.
    """

    plate = serializers.CharField(source="text", help_text="As it stands: corrected, else as read. ? is unreadable")
    plate_raw = serializers.CharField(help_text="As the machine read it; never changed")
    plate_corrected = serializers.CharField(help_text="A person's word, or an alias's; empty if none")
    plate_source = serializers.ChoiceField(choices=PlateSource.choices, read_only=True)
    score = serializers.FloatField(source="confidence")
    region = shared.RegionSerializer(read_only=True)
    candidates = shared.CandidateSerializer(many=True, read_only=True)
    box = shared.BoxSerializer(read_only=True, allow_null=True)
    vehicle = shared.VehicleRefSerializer(
        read_only=True, allow_null=True, help_text="The fleet's own vehicle that carried the camera"
    )
    camera_id = serializers.CharField(read_only=True)
    timestamp = shared.Moment(source="seen_at", read_only=True, allow_null=True)
    timestamp_local = serializers.CharField(read_only=True, allow_null=True)
    source_url = serializers.CharField(read_only=True, help_text="The video, at the moment of the best read")
    position_sec = serializers.FloatField(source="best_s")
    first_seen_sec = serializers.FloatField(source="first_seen_s")
    last_seen_sec = serializers.FloatField(source="last_seen_s")
    gps = shared.GpsSerializer(read_only=True, allow_null=True)
    car = shared.CarSerializer(
        read_only=True, allow_null=True, help_text="Where the seen car was, where heading and lens are known"
    )
    track_id = serializers.CharField(source="key")
    crop_url = serializers.CharField(read_only=True, allow_null=True)
    created_at = shared.Moment(read_only=True)
    updated_at = shared.Moment(read_only=True)

    class Meta:
        model = Sighting
        fields = [
            "id", "plate", "score", "dscore", "region", "candidates", "box", "vehicle", "camera_id", "timestamp",
            "timestamp_local", "source_url", "position_sec", "first_seen_sec", "last_seen_sec", "plate_id", "plate_raw",
            "plate_corrected", "plate_source", "review_state", "flagged", "reads_count", "gps", "car", "time_source",
            "time_uncertainty_s", "track_id", "model_version", "trip", "video", "crop_url", "version",
            "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, row: Sighting) -> dict[str, Any]:
        request = self.context.get("request")
        told = shapes.native(row, self.reveals, shared.absolute(request, "/").rstrip("/"))
        for name, field in self.fields.items():
            if name not in told:
                value = field.get_attribute(row)
                told[name] = None if value is None else field.to_representation(value)
        return told


class ObservationSerializer(Revealing):
    """One frame's reading and its weight in the vote."""

    plate = serializers.SerializerMethodField()
    score = serializers.FloatField(source="confidence")
    position_sec = serializers.FloatField(source="seconds")
    box = serializers.SerializerMethodField()
    characters = serializers.SerializerMethodField()
    candidates = serializers.SerializerMethodField()
    crop_url = serializers.SerializerMethodField()

    class Meta:
        model = Observation
        fields = [
            "id", "position_sec", "plate", "score", "dscore", "weight", "box", "corners", "characters", "candidates",
            "crop_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_plate(self, row: Observation) -> str:
        return self.shown(row.text)

    @extend_schema_field(shared.BoxSerializer(allow_null=True))
    def get_box(self, row: Observation) -> dict[str, float] | None:
        return shapes.box_of(row.box)

    @extend_schema_field(shared.CharacterSerializer(many=True))
    def get_characters(self, row: Observation) -> list[dict[str, Any]]:
        return list(row.characters) if self.reveals else []

    @extend_schema_field(shared.CandidateSerializer(many=True))
    def get_candidates(self, row: Observation) -> list[dict[str, Any]]:
        return list(row.candidates) if self.reveals else []

    def get_crop_url(self, row: Observation) -> str | None:
        return self.crop(row.crop)


class PlateSerializer(Revealing):
    """A normalized text with its history in numbers and what people wrote on it."""

    plate = serializers.CharField(source="text", read_only=True)
    first_seen = shared.Moment(read_only=True, allow_null=True)
    last_seen = shared.Moment(read_only=True, allow_null=True)
    sightings_count = serializers.IntegerField(read_only=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50, required=False)
    notes = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    version = serializers.CharField(max_length=16, required=False, help_text="Changes with notes and tags")
    crop_url = serializers.SerializerMethodField(help_text="The latest picture")

    class Meta:
        model = Plate
        fields = [
            "id", "plate", "region", "notes", "tags", "version", "first_seen", "last_seen", "sightings_count",
            "crop_url",
        ]  # fmt: skip
        read_only_fields = ["id", "region"]

    def to_representation(self, instance: Plate) -> dict[str, Any]:
        return {**super().to_representation(instance), "version": stamp_of(instance)}

    def get_crop_url(self, row: Plate) -> str | None:
        return self.crop(getattr(row, "latest_crop", ""))
