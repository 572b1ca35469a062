"""What Plate Recognizer's Snapshot is sent and answers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings.api.serializers import shared


@extend_schema_field({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "maxLength": 0}]})
class MomentOrNothing(serializers.DateTimeField):
    """Empty, too: some clients always send it."""


@extend_schema_field({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
class AnyTexts(serializers.ListField):
    """What is no region is no hint."""


class PictureSerializer(serializers.Serializer[Any]):
    """`config`, `mmc` and whatever else such clients send is let pass, and changes nothing."""

    upload = serializers.FileField(help_text="The picture; in JSON its bytes in base64")
    regions = AnyTexts(required=False, help_text="One alone (`ro`) is a hint to the reader")
    camera_id = serializers.CharField(required=False, allow_blank=True, max_length=200)
    timestamp = MomentOrNothing(required=False, help_text="ISO 8601, UTC by default")


class PictureInJsonSerializer(PictureSerializer):
    upload = serializers.CharField(help_text="The picture's bytes in base64")  # type: ignore[assignment]


class ReadPlateSerializer(serializers.Serializer[Any]):
    box = shared.BoxSerializer()
    plate = serializers.CharField(help_text="In lower case; ? is unreadable")
    region = shared.RegionSerializer()
    score = serializers.FloatField()
    candidates = shared.CandidateSerializer(many=True)
    dscore = serializers.FloatField()
    vehicle = serializers.DictField(help_text="Empty: vehicles are not looked at")


class ReadPictureSerializer(serializers.Serializer[Any]):
    processing_time = serializers.FloatField(help_text="Milliseconds")
    results = ReadPlateSerializer(many=True)
    filename = serializers.CharField()
    version = serializers.IntegerField()
    camera_id = serializers.CharField(allow_null=True)
    timestamp = serializers.CharField()


class ReaderErrorSerializer(shared.ErrorSerializer):
    status_code = serializers.IntegerField()
