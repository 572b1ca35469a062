"""Small shapes that many answers share, and how values are written: Z times, `box {xmin, …}`, absolute URLs."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from sightings import said
from sightings.shapes import utc


class Moment(serializers.DateTimeField):
    """UTC with Z, to the millisecond."""

    def to_representation(self, value: datetime) -> str:
        return utc(value) or ""


class Said(serializers.CharField):
    """A sentence that a worker wrote down, in the caller's language (`Accept-Language`)."""

    def to_representation(self, value: str) -> str:
        return said.say(value)


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"})
class Clock(serializers.TimeField):
    """A time of day, without a zone: 08:30, 08:30:00."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="%H:%M:%S", input_formats=["%H:%M:%S", "%H:%M"], **more)

    def to_internal_value(self, value: Any) -> Any:
        if not re.fullmatch("[0-9]{2}(:[0-9]{2}){1,2}", str(value)):
            self.fail("invalid", format="hh:mm, hh:mm:ss")
        return super().to_internal_value(value)


class BoxSerializer(serializers.Serializer[Any]):
    """Pixels of the upright frame."""

    xmin = serializers.FloatField()
    ymin = serializers.FloatField()
    xmax = serializers.FloatField()
    ymax = serializers.FloatField()


class RegionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Lower-case ISO 3166 code, with a state where known; unknown if empty")
    score = serializers.FloatField(allow_null=True)


class CandidateSerializer(serializers.Serializer[Any]):
    plate = serializers.CharField()
    score = serializers.FloatField()


class CharacterSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    confidence = serializers.FloatField()


class GpsSerializer(serializers.Serializer[Any]):
    """Where the camera was: WGS84 degrees, degrees clockwise from north, m/s, metres."""

    lat = serializers.FloatField()
    lon = serializers.FloatField()
    heading = serializers.FloatField(allow_null=True)
    speed = serializers.FloatField(allow_null=True)
    accuracy_m = serializers.FloatField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # a field of ours, not DRF's own attribute


class EllipseSerializer(serializers.Serializer[Any]):
    """Holds the true place in 95 of 100 cases. Semi-axes in metres; the major one's angle is clockwise from north."""

    major_m = serializers.FloatField()
    minor_m = serializers.FloatField()
    angle_deg = serializers.FloatField(help_text="0–180")


class CarSerializer(serializers.Serializer[Any]):
    """Where the seen car was: WGS84 degrees; range in metres and bearing clockwise from north, from the camera."""

    lat = serializers.FloatField()
    lon = serializers.FloatField()
    range_m = serializers.FloatField()
    bearing_deg = serializers.FloatField()
    ellipse = EllipseSerializer()


class VehicleRefSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ErrorSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField(help_text="For people")
    code = serializers.CharField(help_text="For programs; stable")
    fields = serializers.JSONField(  # type: ignore[assignment]  # a field of ours, not DRF's own attribute
        required=False, help_text="Where a field of the request is wrong: what is wrong with each"
    )


def crop_url(request: Request | None, path: str) -> str | None:
    """Where a stored crop is served, if there is one."""
    return absolute(request, f"/files/crops/{quote(path)}") if path else None


def absolute(request: Request | None, path: str) -> str:
    return request.build_absolute_uri(path) if request is not None else path
