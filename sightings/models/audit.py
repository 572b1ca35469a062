"""Who did what, and who looked at whom. Rows are only ever added."""

from __future__ import annotations

from django.db import models

from sightings.models.fleets import Fleet, User
from sightings.querysets import FleetQuerySet


class AuditEntry(models.Model):
    """One act: `action` is dotted and in the past tense, `target_type` and `target_id` say on what."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, null=True, blank=True, related_name="audit_entries")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="audit_entries")
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-pk"]
        indexes = [
            # The fleet's audit page, newest first.
            models.Index(fields=["fleet", "-id"], name="audit_of_fleet"),
            # Who looked at this?
            models.Index(fields=["target_type", "target_id", "-id"], name="audit_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M:%S}"
