"""What people did to whole trips: moved their clock, replaced their track, put two together, took one apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sightings.models.checks import chosen
from sightings.models.fleets import Fleet, User
from sightings.models.trips import Trip, Upload
from sightings.querysets import FleetQuerySet


class TripEditKind(models.TextChoices):
    SHIFT = "shift", _("Clock moved")
    TRACK = "track", _("Positions replaced")
    MERGE = "merge", _("Merged")
    SPLIT = "split", _("Split")


class TripEdit(models.Model):
    """One act on a trip. `before` holds what it changed, so that undoing it brings back exactly that.

    `other` is the trip that was merged into `trip`, or split off from it.
    """

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="trip_edits")
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="edits")
    other = models.ForeignKey(Trip, on_delete=models.CASCADE, null=True, blank=True, related_name="edits_as_other")
    kind = models.CharField(max_length=5, choices=TripEditKind.choices)
    detail = models.JSONField(default=dict)  # for people: seconds, file name, counts
    before = models.JSONField(default=dict)  # as services.snapshots writes it
    sidecar = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="trip_edits")
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The history of a trip, and what must be undone first.
            models.Index(fields=["trip", "-id"], name="edit_of_trip"),
        ]
        constraints = [
            chosen("kind", TripEditKind, "trip_edit"),
            models.CheckConstraint(
                condition=Q(kind__in=["shift", "track"], other=None)
                | Q(kind__in=["merge", "split"], other__isnull=False),
                name="trip_edit_has_the_trips_it_concerns",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of trip {self.trip_id}"
