"""What managers say of a vehicle."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sightings.errors import ViewImpossible
from sightings.models import LensKind, Vehicle
from sightings.services.vehicles import API_FIELDS, impossible_view

LONGEST_OFFSET_S = 20 * 365 * 86400.0


class VehicleChangeSerializer(serializers.ModelSerializer[Vehicle]):
    """Fields that are absent stay as they are."""

    name = serializers.CharField(max_length=120)
    field_of_view_deg = serializers.FloatField(min_value=1.0, max_value=360.0, allow_null=True, required=False)
    rear_field_of_view_deg = serializers.FloatField(min_value=1.0, max_value=360.0, allow_null=True, required=False)
    clock_offset_s = serializers.FloatField(
        min_value=-LONGEST_OFFSET_S,
        max_value=LONGEST_OFFSET_S,
        required=False,
        help_text="Added to what the camera's clock says",
    )

    class Meta:
        model = Vehicle
        fields: tuple[str, ...] = API_FIELDS

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for place in ("", "rear_"):
            angle, lens = (self._value(attrs, f"{place}{name}") for name in ("field_of_view_deg", "lens"))
            if wrong := impossible_view(lens or LensKind.RECTILINEAR, angle):
                raise ViewImpossible(str(wrong))
        return attrs

    def _value(self, attrs: dict[str, Any], name: str) -> Any:
        return attrs.get(name, getattr(self.instance, name, None))


class NewVehicleSerializer(VehicleChangeSerializer):
    fleet = serializers.SlugField(required=False, allow_blank=True, default="", help_text="Default: the caller's first")

    class Meta(VehicleChangeSerializer.Meta):
        fields = (*API_FIELDS, "fleet")
