"""Trips, videos, uploads, vehicles, and the caller."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings import said
from sightings.api.serializers import shared
from sightings.api.strict import LARGEST
from sightings.models import (
    AuditEntry,
    Camera,
    ProcessingRun,
    Rendition,
    RenditionState,
    RunState,
    Trip,
    Upload,
    Vehicle,
    Video,
)
from sightings.progress import eta_s


class VehicleSerializer(serializers.ModelSerializer[Vehicle]):
    class Meta:
        model = Vehicle
        fields = [
            "id", "name", "camera_model", "field_of_view_deg", "lens", "rear_field_of_view_deg", "rear_lens",
            "clock_offset_s", "time_zone",
        ]  # fmt: skip
        read_only_fields = fields


class RunSerializer(serializers.ModelSerializer[ProcessingRun]):
    """One reading of a video."""

    created_at = shared.Moment(read_only=True)
    started_at = shared.Moment(read_only=True, allow_null=True)
    finished_at = shared.Moment(read_only=True, allow_null=True)
    error = shared.Said(read_only=True)

    class Meta:
        model = ProcessingRun
        fields = [
            "id", "model_version", "state", "progress", "frames", "detections", "timings", "error_code", "error",
            "is_current", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields


class RunOfVideoSerializer(RunSerializer):
    """One reading, with what was read."""

    trip = serializers.IntegerField(source="video.trip_id", read_only=True)

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "video", "trip"]
        read_only_fields = fields


class RunFilterSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=RunState.choices, required=False)
    trip = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST, source="video__trip")
    video = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class WarningSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="cut_off, clock_not_set")
    message = shared.Said()


class RenditionSerializer(serializers.ModelSerializer[Rendition]):
    """A light H.264 copy, for players that do not know the recording's own format."""

    url = serializers.SerializerMethodField(help_text="Empty until it is done")
    error = shared.Said(read_only=True)

    class Meta:
        model = Rendition
        fields = ["state", "progress", "error", "url"]
        read_only_fields = fields

    def get_url(self, row: Rendition) -> str:
        if row.state != RenditionState.DONE:
            return ""
        return shared.absolute(self.context.get("request"), f"/files/videos/{row.video_id}/light/")


class VideoSerializer(serializers.ModelSerializer[Video]):
    url = serializers.SerializerMethodField()
    started_at = shared.Moment(read_only=True, allow_null=True)
    warnings = WarningSerializer(many=True, read_only=True)
    error = shared.Said(read_only=True)
    rendition = RenditionSerializer(read_only=True, allow_null=True)
    runs = RunSerializer(many=True, read_only=True)

    class Meta:
        model = Video
        fields = [
            "id", "original_name", "sha256", "size", "camera", "duration_s", "frame_rate", "width", "height", "codec",
            "started_at", "time_source", "time_uncertainty_s", "state", "warnings", "error_code", "error", "url",
            "rendition", "runs",
        ]  # fmt: skip
        read_only_fields = fields

    def get_url(self, row: Video) -> str:
        return shared.absolute(self.context.get("request"), f"/files/videos/{row.pk}/")


class VideoCameraSerializer(serializers.Serializer[Any]):
    camera = serializers.ChoiceField(choices=Camera.choices)


class TripSerializer(serializers.ModelSerializer[Trip]):
    """One drive in numbers."""

    vehicle = serializers.SerializerMethodField()
    started_at = shared.Moment(read_only=True, allow_null=True)
    ended_at = shared.Moment(read_only=True, allow_null=True)
    created_at = shared.Moment(read_only=True)
    updated_at = shared.Moment(read_only=True)
    eta_s = serializers.SerializerMethodField(help_text="Seconds until it is read; null where nobody can tell")
    sightings_count = serializers.IntegerField(read_only=True)
    plates_count = serializers.IntegerField(read_only=True)
    doubtful_count = serializers.IntegerField(read_only=True)
    video_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Trip
        fields = [
            "id", "name", "state", "paused", "priority", "eta_s", "vehicle", "started_at", "ended_at", "time_source",
            "time_uncertainty_s", "distance_m", "sightings_count", "plates_count", "doubtful_count", "video_count",
            "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name != "name"]

    def get_eta_s(self, row: Trip) -> float | None:
        return eta_s(row, self.context.get("queue"))

    @extend_schema_field(shared.VehicleRefSerializer(allow_null=True))
    def get_vehicle(self, row: Trip) -> dict[str, Any] | None:
        return {"id": row.vehicle.pk, "name": row.vehicle.name} if row.vehicle else None


class TripDetailSerializer(TripSerializer):
    """A drive with its videos and their runs."""

    videos = VideoSerializer(many=True, read_only=True)

    class Meta(TripSerializer.Meta):
        fields = [*TripSerializer.Meta.fields, "videos"]


class QueueSerializer(serializers.Serializer[Any]):
    """What is still to be done, of all that the caller may see."""

    files = serializers.IntegerField(help_text="Arrived, and still to be looked at")
    trips = serializers.IntegerField(help_text="Waiting or being read, without paused ones")
    paused = serializers.IntegerField(help_text="Trips that are held back")
    video_s = serializers.FloatField(help_text="Seconds of video still to be read, without those of paused trips")
    eta_s = serializers.FloatField(allow_null=True, help_text="Seconds until all is read; null where nobody can tell")
    pace = serializers.FloatField(allow_null=True, help_text="Seconds of video that a reader reads in one, lately")
    readers = serializers.IntegerField(help_text="That are at work on the whole site; at least 1")


class FindingsField(serializers.JSONField):
    def to_representation(self, value: Any) -> Any:
        return said.say_all(super().to_representation(value))


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """A file on its way in; `duplicate` says that the fleet has it already."""

    duplicate = serializers.SerializerMethodField()
    findings = FindingsField(read_only=True)
    error = shared.Said(read_only=True)
    created_at = shared.Moment(read_only=True)
    updated_at = shared.Moment(read_only=True)

    class Meta:
        model = Upload
        fields = [
            "id", "filename", "batch", "size", "offset", "kind", "state", "sha256", "duplicate", "vehicle", "video",
            "trip", "findings", "error_code", "error", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_duplicate(self, row: Upload) -> bool:
        return row.state == "duplicate"


class MembershipSerializer(serializers.Serializer[Any]):
    fleet = serializers.CharField(source="fleet.slug")
    name = serializers.CharField(source="fleet.name")
    role = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    """Who the caller is and what they may do."""

    username = serializers.CharField()
    is_staff = serializers.BooleanField()
    time_zone = serializers.CharField()
    fleets = MembershipSerializer(many=True)
    scopes = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Of the token; null in a session"
    )


class AuditFilterSerializer(serializers.Serializer[Any]):
    """What narrows the audit."""

    action = serializers.CharField(required=False, max_length=60, help_text="Such as `plates.searched`")
    user = serializers.CharField(required=False, source="user__username", max_length=150)
    target_type = serializers.CharField(required=False, max_length=40, help_text="Such as `sighting`")
    target_id = serializers.CharField(required=False, max_length=64)
    since = serializers.DateTimeField(required=False, source="at__gte", help_text="Done at this time or later")
    until = serializers.DateTimeField(required=False, source="at__lt", help_text="Done before this time")


class AuditSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    action = serializers.CharField()
    user = serializers.CharField(source="user.username", default=None, allow_null=True)
    target_type = serializers.CharField()
    target_id = serializers.CharField()
    detail = serializers.SerializerMethodField(help_text="Empty for a token without plates:reveal: it may name plates")
    at = shared.Moment()

    def get_detail(self, row: AuditEntry) -> dict[str, Any]:
        return row.detail if self.context.get("reveal") else {}
