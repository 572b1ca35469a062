"""The work: one pass of one model version over one video, cut into segments that workers lease."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sightings.models.checks import at_least_zero, chosen, unit
from sightings.models.trips import Video
from sightings.querysets import FleetQuerySet


class RunState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    READING = "reading", _("Reading")
    MERGING = "merging", _("Merging")
    DONE = "done", _("Done")
    PARTIAL = "partial", _("Partly read")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class ProcessingRun(models.Model):
    """One reading of one video. The run that is current is the one whose sightings people see."""

    fleet_path = "video__fleet"

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="runs")
    model_version = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=9, choices=RunState.choices, default=RunState.QUEUED)
    progress = models.FloatField(default=0.0)
    frames = models.PositiveIntegerField(default=0)
    detections = models.PositiveIntegerField(default=0)
    timings = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    is_current = models.BooleanField(default=False)
    reprocess = models.ForeignKey(
        "Reprocess",
        on_delete=models.RESTRICT,  # its run may be what people see by now
        null=True,
        blank=True,
        related_name="runs",
        help_text="What asked for another reading; none for the first one of a video",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The sweep: runs whose segments are all finished but which nobody merged.
            models.Index(fields=["state"], name="run_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["video"], condition=Q(is_current=True), name="run_one_current_per_video"),
            chosen("state", RunState, "run"),
            unit("progress", "run"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of video {self.video_id}"


class SegmentState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    LEASED = "leased", _("Being read")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Segment(models.Model):
    """One or two minutes of a run: the unit that a worker leases, and reads again if the lease runs out."""

    fleet_path = "run__video__fleet"

    run = models.ForeignKey(ProcessingRun, on_delete=models.CASCADE, related_name="segments")
    index = models.PositiveIntegerField()
    start_s = models.FloatField()
    end_s = models.FloatField()
    state = models.CharField(max_length=9, choices=SegmentState.choices, default=SegmentState.QUEUED)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)  # of the latest attempt
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    progress = models.FloatField(default=0.0)
    frames = models.PositiveIntegerField(default=0)
    detections = models.PositiveIntegerField(default=0)
    timings = models.JSONField(default=dict, blank=True)
    tracks = models.JSONField(default=list, blank=True)  # serialized PlateTracks; crops are storage paths
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["run", "index"]
        indexes = [
            # The sweep: leases that ran out, and work that was queued but never taken.
            models.Index(fields=["state", "lease_expires_at"], name="segment_by_lease"),
            # Whose turn it is, and how fast reading goes: what was begun lately.
            models.Index(fields=["started_at"], name="segment_by_start"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "index"], name="segment_index_once_per_run"),
            models.CheckConstraint(
                condition=Q(start_s__gte=0.0, end_s__gte=F("start_s")), name="segment_ends_after_start"
            ),
            chosen("state", SegmentState, "segment"),
            unit("progress", "segment"),
            at_least_zero("attempts", "segment"),
        ]

    def __str__(self) -> str:
        return f"segment {self.index} of run {self.run_id}"
