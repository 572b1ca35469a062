"""What people do to whole trips, as they ask for it and as the history tells it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sightings.api.serializers import shared
from sightings.models import TripEdit


class ShiftSerializer(serializers.Serializer[Any]):
    """Either `seconds` or `started_at`."""

    seconds = serializers.FloatField(required=False, help_text="Move the clock by so much; negative is earlier")
    started_at = serializers.DateTimeField(required=False, help_text="Move the clock so that the trip begins then")
    uncertainty_s = serializers.FloatField(
        required=False, allow_null=True, min_value=0.0, help_text="How far the new time may be off; else as before"
    )
    keep_positions = serializers.BooleanField(
        default=False, help_text="Leave the positions with the picture, also where a GPX file has its own clock"
    )


class TrackUploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="GPX, NMEA, or another log of positions with times")


class MergeSerializer(serializers.Serializer[Any]):
    trip = serializers.IntegerField(min_value=1, help_text="The trip whose videos come into this one")


class SplitSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="Videos whose middle is not before this moment become a trip of their own")


class TripEditSerializer(serializers.ModelSerializer[TripEdit]):
    """One act; undone ones stay in the history."""

    user = serializers.CharField(source="user.username", default=None, read_only=True, allow_null=True)
    undone_by = serializers.CharField(source="undone_by.username", default=None, read_only=True, allow_null=True)
    created_at = shared.Moment(read_only=True)
    undone_at = shared.Moment(read_only=True, allow_null=True)

    class Meta:
        model = TripEdit
        fields = ["id", "kind", "trip", "other", "detail", "user", "created_at", "undone_at", "undone_by"]
        read_only_fields = fields
