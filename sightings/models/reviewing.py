"""What reviewing many sightings needs: who is looking at which, what was corrected at once, and repeated misreads."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sightings.models.checks import chosen
from sightings.models.fleets import Fleet, User
from sightings.models.sightings import Sighting
from sightings.querysets import FleetQuerySet


class ReviewClaim(models.Model):
    """A person has this sighting before them, until it expires. Nobody else is given it meanwhile."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="+")
    sighting = models.OneToOneField(Sighting, on_delete=models.CASCADE, related_name="claim")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    objects = FleetQuerySet.as_manager()

    class Meta:
        indexes = [
            # Claims that ran out are swept away before new ones are made.
            models.Index(fields=["expires_at"], name="claim_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"claim on sighting {self.sighting_id}"


class Alias(models.Model):
    """ "What the machine reads as this is really that", in one fleet. Applied to new reads as a suggestion."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="aliases")
    misread = models.CharField(max_length=16)
    text = models.CharField(max_length=16)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FleetQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "aliases"
        ordering = ["-pk"]
        constraints = [
            # Also serves the look-up of what a new reading should be taken for.
            models.UniqueConstraint(
                fields=["fleet", "misread"], condition=Q(removed_at=None), name="alias_once_per_misread"
            ),
            models.CheckConstraint(
                condition=~Q(misread="") & ~Q(text="") & ~Q(misread=F("text")), name="alias_differs"
            ),
        ]

    def __str__(self) -> str:
        return f"alias {self.pk}"


class BatchAction(models.TextChoices):
    CORRECT = "correct", _("Corrected")
    CONFIRM = "confirm", _("Confirmed")
    REJECT = "reject", _("Rejected")
    FLAG = "flag", _("Flagged")


class CorrectionBatch(models.Model):
    """The same said of many sightings at once; undone at once. `alias` is the one made together with it."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="correction_batches")
    action = models.CharField(max_length=7, choices=BatchAction.choices, default=BatchAction.CORRECT)
    text = models.CharField(max_length=16, blank=True, help_text="What they were corrected to")
    count = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True)
    alias = models.ForeignKey(Alias, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FleetQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "correction batches"
        ordering = ["-pk"]
        indexes = [
            # The fleet's batches, latest first.
            models.Index(fields=["fleet", "-id"], name="batch_of_fleet"),
        ]
        constraints = [chosen("action", BatchAction, "batch")]

    def __str__(self) -> str:
        return f"batch {self.pk}"
