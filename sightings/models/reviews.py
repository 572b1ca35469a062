"""People's words on what was seen. They hang on video, time and box, so that they outlive a reprocessing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sightings.models.checks import at_least_zero, chosen
from sightings.models.fleets import Fleet, User
from sightings.models.reviewing import Alias, CorrectionBatch
from sightings.models.sightings import Sighting
from sightings.models.trips import Trip, Video
from sightings.querysets import FleetQuerySet


class CorrectionAction(models.TextChoices):
    CORRECT = "correct", _("Corrected")
    CONFIRM = "confirm", _("Confirmed")
    REJECT = "reject", _("Rejected")
    ALIAS = "alias", _("Corrected by an alias")  # the machine's own suggestion; any word of a person outweighs it


class Correction(models.Model):
    """One word on one sighting. Nothing is ever rewritten: undoing marks the row, and the history shows both."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="corrections")
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="corrections")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="corrections")
    sighting = models.ForeignKey(Sighting, on_delete=models.SET_NULL, null=True, blank=True, related_name="corrections")
    seconds = models.FloatField()
    box = models.JSONField(default=list)
    action = models.CharField(max_length=7, choices=CorrectionAction.choices)
    text_before = models.CharField(max_length=16, blank=True)
    text_after = models.CharField(max_length=16, blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="corrections")
    note = models.TextField(blank=True)
    batch = models.ForeignKey(CorrectionBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="words")
    alias = models.ForeignKey(Alias, on_delete=models.SET_NULL, null=True, blank=True, related_name="words")
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # Reprocessing: the words on a video, by moment.
            models.Index(fields=["video", "seconds"], name="correction_of_video"),
            # The history of a sighting.
            models.Index(fields=["sighting", "-id"], name="correction_of_sighting"),
            # What a person got done today.
            models.Index(fields=["user", "created_at"], name="correction_by_user"),
            # What has been corrected in the same way lately.
            models.Index(fields=["fleet", "created_at"], name="correction_by_time"),
        ]
        constraints = [
            chosen("action", CorrectionAction, "correction"),
            at_least_zero("seconds", "correction"),
            models.CheckConstraint(
                condition=~Q(action__in=["correct", "alias"]) | ~Q(text_after=""), name="correction_says_a_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class Flag(models.Model):
    """ "Look at this", until someone has."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="flags")
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="flags")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="flags")
    sighting = models.ForeignKey(Sighting, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags")
    seconds = models.FloatField()
    box = models.JSONField(default=list)
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="flags")
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    batch = models.ForeignKey(CorrectionBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags")
    # The word that resolved it, if one did: undoing that word opens the flag again.
    resolved_with = models.ForeignKey(Correction, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # Reprocessing: the flags on a video, by moment.
            models.Index(fields=["video", "seconds"], name="flag_of_video"),
            # What is still open on a sighting.
            models.Index(fields=["sighting", "resolved_at"], name="flag_of_sighting"),
        ]
        constraints = [at_least_zero("seconds", "flag")]

    def __str__(self) -> str:
        return f"flag {self.pk}"
