"""Reading trips again with another model: the job, and what it would change, until a person has decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sightings.models.checks import chosen, unit
from sightings.models.fleets import Fleet, User
from sightings.models.runs import ProcessingRun
from sightings.models.sightings import Sighting
from sightings.querysets import DifferenceQuerySet, FleetQuerySet


class ReprocessState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    READING = "reading", _("Reading")
    READY = "ready", _("To be looked at")
    UNREAD = "unread", _("Nothing was read")
    ACCEPTING = "accepting", _("Being taken over")
    UNDOING = "undoing", _("Being switched back")
    ACCEPTED = "accepted", _("Accepted")
    DISCARDED = "discarded", _("Discarded")


class Reprocess(models.Model):
    """Videos read once more. Its runs are not current, and so not seen, until a person accepts them.

    `before` holds what accepting changed, so that undoing it brings back exactly that.
    """

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="reprocesses")
    networks = models.CharField(
        max_length=120,
        blank=True,
        help_text="Detector and recognizer, such as detector-m+recognizer-m; empty: those that new trips are read with",
    )
    state = models.CharField(max_length=9, choices=ReprocessState.choices, default=ReprocessState.WAITING)
    progress = models.FloatField(default=0.0)
    paused = models.BooleanField(default=False, help_text="What is unread waits until it is resumed")
    version = models.PositiveIntegerField(default=1)  # counts choices, so that nobody accepts others than they saw
    before = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # of workers, at the decision
    error = models.TextField(blank=True)  # why the decision could not be carried out
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="reprocesses")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The list of a fleet; those under way.
            models.Index(fields=["fleet", "-id"], name="reprocess_of_fleet"),
            models.Index(fields=["state"], name="reprocess_by_state"),
        ]
        constraints = [chosen("state", ReprocessState, "reprocess"), unit("progress", "reprocess")]

    def __str__(self) -> str:
        return f"reprocess {self.pk}"


class Difference(models.Model):
    """The old and the new sighting of one passage: only the new one where it was gained, only the old where lost."""

    fleet_path = "reprocess__fleet"

    reprocess = models.ForeignKey(Reprocess, on_delete=models.CASCADE, related_name="differences")
    run = models.ForeignKey(ProcessingRun, on_delete=models.CASCADE, related_name="differences")
    old = models.ForeignKey(Sighting, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    new = models.ForeignKey(Sighting, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    at_s = models.FloatField(help_text="Seconds into the video")
    taken = models.BooleanField(default=True, help_text="Whether accepting brings it; else the old state stays")

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        ordering = ["run", "at_s", "pk"]
        indexes = [
            # The page of a job, in the order of driving.
            models.Index(fields=["reprocess", "run", "at_s", "id"], name="difference_of_reprocess"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "old"], name="difference_old_once"),
            models.UniqueConstraint(fields=["run", "new"], name="difference_new_once"),
            models.CheckConstraint(
                condition=Q(old__isnull=False) | Q(new__isnull=False), name="difference_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"difference {self.pk}"
