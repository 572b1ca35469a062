"""Evidence packs: what can be handed to others about one pass of one plate."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sightings import storage
from sightings.models.checks import chosen, unit
from sightings.models.fleets import Fleet, User
from sightings.models.sightings import Sighting
from sightings.models.trips import RenditionState, Video
from sightings.querysets import DeletableQuerySet


class EvidenceFault(models.TextChoices):
    """Why a pack could not be made, and what to do."""

    GONE = "gone", _("The sighting or its film is no longer on the server. Upload the film again.")
    CHANGED = "changed", _("The film is not the one that was uploaded: its SHA-256 differs. Upload it again.")
    DAMAGED = "damaged", _("The film cannot be decoded at that moment. Ask for fewer seconds, or upload it again.")
    READABLE = (
        "readable",
        _("Another plate could still be read in the clip, so it was not kept. Ask for fewer seconds."),
    )
    NO_ROOM = "no_room", _("It could not be written: the server's disk may be full. Make room, then try again.")
    DIED = "died", _("Making it stopped the program that did it, again and again. Ask for fewer seconds.")
    INTERNAL = "internal", _("Something went wrong on our side. Please try again.")


class EvidencePack(models.Model):
    """One signed ZIP. Moment, box and text say what it shows after the sighting was replaced by a new reading."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="evidence_packs")
    sighting = models.ForeignKey(Sighting, on_delete=models.SET_NULL, null=True, related_name="evidence_packs")
    video = models.ForeignKey(Video, on_delete=models.SET_NULL, null=True, related_name="evidence_packs")
    seconds = models.FloatField()  # of the video: the sighting's clearest moment
    box = models.JSONField(default=list)
    text = models.CharField(max_length=16, blank=True)  # as it stood then
    before_s = models.FloatField()  # of the clip, before and after that moment
    after_s = models.FloatField()
    language = models.CharField(max_length=10)  # of its report
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="evidence_packs")
    state = models.CharField(max_length=7, choices=RenditionState.choices, default=RenditionState.WAITING)
    progress = models.FloatField(default=0.0)
    attempts = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=8, choices=EvidenceFault.choices, blank=True)
    file = models.FileField(max_length=300, upload_to=storage.evidence_upload, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    key_fingerprint = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)  # the worker's sign of life while it is being made
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = DeletableQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The packs of a sighting, which may have been read again since.
            models.Index(fields=["video", "seconds"], name="evidence_of_video"),
            # Which one is made next, and the sweep: those whose worker died.
            models.Index(fields=["state", "updated_at"], name="evidence_by_state"),
        ]
        constraints = [
            chosen("state", RenditionState, "evidence"),
            unit("progress", "evidence"),
            models.CheckConstraint(
                condition=Q(before_s__gt=0.0, after_s__gt=0.0, seconds__gte=0.0), name="evidence_span_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"evidence pack {self.pk}"
