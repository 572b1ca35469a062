"""What came in: uploads, the trips they form, their videos and tracks."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sightings import storage
from sightings.models.checks import at_least_zero, chosen, unit
from sightings.models.fleets import Fleet, User, Vehicle
from sightings.querysets import FleetQuerySet, TripQuerySet


class TimeSource(models.TextChoices):
    """Where a time comes from, best first."""

    GPS = "gps", _("GPS")
    PERSON = "person", _("set by a person")
    CONTAINER = "container", _("camera clock")
    FILE_NAME = "file_name", _("file name")
    UPLOAD = "upload", _("time of upload")


class TripState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    READING = "reading", _("Reading")
    DONE = "done", _("Done")
    PARTIAL = "partial", _("Partly read")
    FAILED = "failed", _("Failed")


class Trip(models.Model):
    """One drive, made of one or more videos."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="trips")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.SET_NULL, null=True, blank=True, related_name="trips")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=TripState.choices, default=TripState.WAITING)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    time_source = models.CharField(max_length=10, choices=TimeSource.choices, blank=True)
    time_uncertainty_s = models.FloatField(null=True, blank=True)
    distance_m = models.FloatField(null=True, blank=True)
    paused = models.BooleanField(default=False, help_text="What is unread waits until it is resumed")
    priority = models.PositiveIntegerField(
        default=0, help_text="Above 0: read before the fleet's other trips, the highest first"
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="All that was in it is in that trip now; kept empty, so that this can be undone",
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="trips")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TripQuerySet.as_manager()

    # Of a trip that is shown: see `selectors.counted`.
    sightings_count: int
    plates_count: int
    doubtful_count: int

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The trips page, newest drive first; also "which trip does this clip join?" by time.
            models.Index(fields=["fleet", "-started_at", "-id"], name="trip_by_start"),
            # Jobs of the fleet that are running, for the ring in the top bar.
            models.Index(fields=["fleet", "state"], name="trip_by_state"),
        ]
        constraints = [
            chosen("state", TripState, "trip"),
            at_least_zero("distance_m", "trip"),
            at_least_zero("time_uncertainty_s", "trip"),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True) | Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="trip_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VideoState(models.TextChoices):
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class Camera(models.TextChoices):
    FRONT = "front", _("Front")
    REAR = "rear", _("Rear")
    OTHER = "other", _("Other")


class Video(models.Model):
    """One file of a trip, known by its content."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="videos")
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="videos")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.SET_NULL, null=True, blank=True, related_name="videos")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    file = models.FileField(max_length=300, upload_to=storage.video_name)
    original_name = models.CharField(max_length=255)
    camera = models.CharField(max_length=5, choices=Camera.choices, default=Camera.FRONT)
    duration_s = models.FloatField(default=0.0)
    frame_rate = models.FloatField(default=0.0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    rotation = models.PositiveSmallIntegerField(default=0)
    codec = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    time_source = models.CharField(max_length=10, choices=TimeSource.choices, blank=True)
    time_uncertainty_s = models.FloatField(null=True, blank=True)
    clock_shift_s = models.FloatField(default=0.0, help_text="What people moved the clock by, in all")
    clock_source = models.CharField(
        max_length=10, choices=TimeSource.choices, blank=True, help_text="Where the time came from before that"
    )
    poster = models.FileField(max_length=300, upload_to=storage.poster_name, blank=True)
    state = models.CharField(max_length=6, choices=VideoState.choices, default=VideoState.READY)
    warnings = models.JSONField(default=list, blank=True, help_text="What a person should know: [{code, message}, …]")
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "pk"]
        indexes = [
            # The files of a trip in the order they were driven.
            models.Index(fields=["trip", "started_at"], name="video_of_trip"),
        ]
        constraints = [
            # A second upload of the same bytes links to the first.
            models.UniqueConstraint(fields=["fleet", "sha256"], name="video_content_once_per_fleet"),
            chosen("state", VideoState, "video"),
            chosen("camera", Camera, "video"),
            at_least_zero("duration_s", "video"),
            at_least_zero("size", "video"),
        ]

    def __str__(self) -> str:
        return self.original_name


class RenditionState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    MAKING = "making", _("Being made")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Rendition(models.Model):
    """A light H.264 copy of a video that browsers cannot play as it is, or seek in slowly; frames keep their times."""

    fleet_path = "video__fleet"

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="rendition")
    state = models.CharField(max_length=7, choices=RenditionState.choices, default=RenditionState.WAITING)
    progress = models.FloatField(default=0.0)
    file = models.FileField(max_length=300, upload_to=storage.rendition_name, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)  # the worker's sign of life while it is being made

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            # Which one is made next, and the sweep: those whose worker died.
            models.Index(fields=["state", "updated_at"], name="rendition_by_state"),
        ]
        constraints = [chosen("state", RenditionState, "rendition"), unit("progress", "rendition")]

    def __str__(self) -> str:
        return f"rendition of video {self.video_id}"


class Track(models.Model):
    """The cleaned positions of one video: [[seconds into the video, lat, lon, speed, heading, accuracy in m], …]."""

    fleet_path = "video__fleet"

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="track")
    source = models.CharField(max_length=40)
    source_name = models.CharField(max_length=255, blank=True)
    sidecar = models.ForeignKey(
        "Upload",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The file whose own clock the points follow; none where they follow the video",
    )
    points = models.JSONField(default=list)
    distance_m = models.FloatField(default=0.0)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        constraints = [at_least_zero("distance_m", "track")]

    def __str__(self) -> str:
        return f"{self.source_name or self.source} of {self.video_id}"


class UploadKind(models.TextChoices):
    VIDEO = "video", _("Video")
    TELEMETRY = "telemetry", _("Positions")
    OTHER = "other", _("Other")


class UploadState(models.TextChoices):
    RECEIVING = "receiving", _("Receiving")
    RECEIVED = "received", _("Received")
    INSPECTING = "inspecting", _("Inspecting")
    DONE = "done", _("Done")
    DUPLICATE = "duplicate", _("Nothing new in this file")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Upload(models.Model):
    """One file on its way in. `offset` counts bytes that are safely on disk; `findings` holds what inspection saw."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="uploads")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    batch = models.CharField(max_length=64, blank=True, help_text="Files dropped together share it")
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=9, choices=UploadKind.choices, default=UploadKind.OTHER)
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.RECEIVING)
    path = models.CharField(max_length=300, blank=True, help_text="Name inside the uploads folder; empty once moved on")
    sha256 = models.CharField(max_length=64, blank=True)
    video = models.ForeignKey(Video, on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    trip = models.ForeignKey(Trip, on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    for_trip = models.ForeignKey(
        Trip,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Positions that a person sent to replace this trip's",
    )
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    findings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            # The upload page: what came in lately.
            models.Index(fields=["fleet", "-created_at"], name="upload_latest"),
            # Files dropped together find each other: side-car positions and their videos.
            models.Index(fields=["fleet", "batch"], name="upload_of_batch"),
            # Whether a track is here already.
            models.Index(fields=["fleet", "sha256"], name="upload_by_content"),
            # The sweep: what was received but never inspected.
            models.Index(fields=["state", "updated_at"], name="upload_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=0, offset__gte=0, offset__lte=F("size")), name="upload_offset_within_size"
            ),
            # Nothing goes on to inspection before the last byte is here.
            models.CheckConstraint(
                condition=Q(offset=F("size")) | Q(state__in=["receiving", "failed", "cancelled"]),
                name="upload_whole_before_inspection",
            ),
            chosen("state", UploadState, "upload"),
            chosen("kind", UploadKind, "upload"),
        ]

    def __str__(self) -> str:
        return self.filename


class SidecarTrack(models.Model):
    """The cleaned positions of a file beside videos: [[seconds since 1970, lat, lon, speed, heading, accuracy], …].

    Kept apart from the parts that lie over videos, so that a clock that is moved later finds the rest of the drive.
    """

    fleet_path = "upload__fleet"

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="sidecar_track")
    source = models.CharField(max_length=40)
    points = models.JSONField(default=list)

    objects = FleetQuerySet.as_manager()

    def __str__(self) -> str:
        return f"positions of upload {self.upload_id}"
