"""Which roads were filmed."""

from __future__ import annotations

from django.db import models

from sightings.models.checks import at_least_zero
from sightings.models.fleets import Fleet
from sightings.models.trips import Track
from sightings.querysets import FleetQuerySet


class CoveredCell(models.Model):
    """What one video filmed of one H3 cell. When, and by whom, is told by the video that the track belongs to."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="+")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="cells")
    h3_r9 = models.BigIntegerField()
    h3_r7 = models.BigIntegerField()
    seconds = models.FloatField(help_text="For how long the car was in it")
    plates = models.PositiveIntegerField(help_text="Sightings from inside it that are plates")
    clear = models.PositiveIntegerField(help_text="Those of them that the machine read clearly")

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            # The trips that filmed a cell, of either size.
            models.Index(fields=["fleet", "h3_r9"], name="covered_fine"),
            models.Index(fields=["fleet", "h3_r7"], name="covered_coarse"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["track", "h3_r9"], name="covered_once_per_track"),
            at_least_zero("seconds", "covered"),
        ]

    def __str__(self) -> str:
        return f"{self.h3_r9:x} in track {self.track_id}"
