"""What was taken from drop folders."""

from __future__ import annotations

from django.db import models

from sightings.models.fleets import Fleet
from sightings.models.trips import Upload
from sightings.querysets import FleetQuerySet


class WatchedFile(models.Model):
    """A file of a drop folder that was taken, as it was then: the same file is never taken twice."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="watched_files")
    path = models.CharField(max_length=500)
    size = models.BigIntegerField()
    mtime_ns = models.BigIntegerField()  # nanoseconds since 1970, as the file system tells
    upload = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True, related_name="watched_files")
    taken_at = models.DateTimeField(auto_now_add=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        constraints = [
            # Also serves the look-up of each file that is found.
            models.UniqueConstraint(fields=["fleet", "path", "size", "mtime_ns"], name="watched_file_taken_once"),
        ]

    def __str__(self) -> str:
        return self.path
