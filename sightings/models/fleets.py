"""Who: the fleet, its vehicles, its people and their keys."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sightings.models.checks import chosen
from sightings.querysets import FleetQuerySet


class User(AbstractUser):
    """A person. Staff run the site and see every fleet; everyone else sees the fleets they are a member of."""

    time_zone = models.CharField(max_length=64, default="UTC", help_text="In which times are shown, e.g. Europe/Madrid")


class Fleet(models.Model):
    """The tenant: all else belongs to exactly one fleet."""

    fleet_path = "pk"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    retention_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty keeps everything")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LensKind(models.TextChoices):
    """How a lens draws what it sees; the formulas are in `recognition.locate.Lens`."""

    RECTILINEAR = "rectilinear", _("Rectilinear: straight lines stay straight")
    STEREOGRAPHIC = "stereographic", _("Stereographic")
    EQUIDISTANT = "equidistant", _("Equidistant: wide angle, bent lines")
    EQUISOLID = "equisolid", _("Equisolid")


class Vehicle(models.Model):
    """One of the fleet's own cars, with its camera."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="vehicles")
    name = models.CharField(max_length=120)
    camera_model = models.CharField(max_length=120, blank=True)
    field_of_view_deg = models.FloatField(null=True, blank=True, help_text="Horizontal, of the front camera")
    lens = models.CharField(max_length=13, choices=LensKind.choices, default=LensKind.RECTILINEAR)
    rear_field_of_view_deg = models.FloatField(null=True, blank=True, help_text="Horizontal, of the rear camera")
    rear_lens = models.CharField(max_length=13, choices=LensKind.choices, default=LensKind.RECTILINEAR)
    cars_stale_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The cars that its cameras saw wait to be placed anew"
    )
    clock_offset_s = models.FloatField(default=0.0, help_text="Added to what the camera's clock says")
    time_zone = models.CharField(max_length=64, default="UTC", help_text="In which the camera writes its clock")

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["fleet", "name"], name="vehicle_name_once_per_fleet"),
            models.CheckConstraint(
                condition=Q(field_of_view_deg__isnull=True) | Q(field_of_view_deg__gt=0, field_of_view_deg__lte=360),
                name="vehicle_field_of_view_possible",
            ),
            models.CheckConstraint(
                condition=Q(rear_field_of_view_deg__isnull=True)
                | Q(rear_field_of_view_deg__gt=0, rear_field_of_view_deg__lte=360),
                name="vehicle_rear_field_of_view_possible",
            ),
            chosen("lens", LensKind, "vehicle"),
            chosen("rear_lens", LensKind, "vehicle"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    REVIEWER = "reviewer", _("Reviewer")
    MANAGER = "manager", _("Manager")


class Member(models.Model):
    """A person's role in a fleet: a viewer reads, a reviewer also uploads and corrects, a manager also manages."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.VIEWER)

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            # Also serves visible_to: the fleets of one user, through the index on user.
            models.UniqueConstraint(fields=["fleet", "user"], name="member_once_per_fleet"),
            chosen("role", Role, "member"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role} of {self.fleet})"


class Scope(models.TextChoices):
    """What a key for programs may do, within what its owner may do."""

    SIGHTINGS_READ = "sightings:read", _("Read trips and sightings")
    PLATES_REVEAL = "plates:reveal", _("See plate texts and crops")
    TRIPS_WRITE = "trips:write", _("Upload and retry")
    CORRECTIONS_WRITE = "corrections:write", _("Correct and flag")
    EXPORT = "export", _("Export")
    AUDIT_READ = "audit:read", _("Read the audit")
    MANAGE = "manage", _("Manage the fleet")


class ApiToken(models.Model):
    """A key for programs. Only its digest is stored; the secret is shown once, when it is made."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, help_text="First letters of the secret, to tell keys apart")
    digest = models.CharField(max_length=64, unique=True)  # looked up on every API request
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def works_at(self, moment: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)
