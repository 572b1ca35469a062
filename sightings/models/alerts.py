"""Plates that people wait for, and what was seen of them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sightings.models.checks import chosen
from sightings.models.fleets import Fleet, User, Vehicle
from sightings.models.sightings import Sighting
from sightings.models.trips import Video
from sightings.querysets import DeletableQuerySet, FleetQuerySet
from sightings.watching import Conditions
from sightings.zones import zone_or_utc


class Watchlist(models.Model):
    """Plates to tell people of, and under which conditions. An empty condition lets everything through."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="watchlists")
    name = models.CharField(max_length=120)
    notes = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    emails = models.JSONField(default=list, blank=True)  # addresses
    from_time = models.TimeField(null=True, blank=True)
    to_time = models.TimeField(null=True, blank=True)  # before from_time: beyond midnight
    weekdays = models.JSONField(default=list, blank=True)  # 0 is Monday
    time_zone = models.CharField(max_length=64, blank=True)  # of the times and weekdays; empty: the fleet's
    area = models.JSONField(default=list, blank=True)  # corners [lon, lat] of a polygon
    vehicles = models.ManyToManyField(Vehicle, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = DeletableQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="watchlist_has_a_name")]

    def __str__(self) -> str:
        return f"watchlist {self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        return zone_or_utc(self.time_zone or self.fleet.time_zone)

    @property
    def conditions(self) -> Conditions:
        """Of one that is not saved, without vehicles."""
        vehicles = self.vehicles.all() if self.pk else []
        return Conditions(
            self.from_time,
            self.to_time,
            frozenset(self.weekdays),
            self.zone,
            tuple((lon, lat) for lon, lat in self.area),
            frozenset(vehicle.pk for vehicle in vehicles),
        )


class WatchEntry(models.Model):
    """One plate, or a pattern of plates, on a watchlist."""

    fleet_path = "watchlist__fleet"

    watchlist = models.ForeignKey(Watchlist, on_delete=models.CASCADE, related_name="entries")
    pattern = models.CharField(max_length=32)  # in normal form, with ? and *
    alike = models.BooleanField(default=False, help_text="Look-alikes are accepted")
    near = models.BooleanField(default=False, help_text="One wrong character is accepted")
    reason = models.CharField(max_length=300, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day, in the watchlist's time zone")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "watch entries"
        ordering = ["pattern", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["watchlist", "pattern"], condition=Q(removed_at=None), name="watchentry_once_per_list"
            ),
            models.CheckConstraint(condition=~Q(pattern=""), name="watchentry_has_a_pattern"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk} of watchlist {self.watchlist_id}"


class WatchKey(models.Model):
    """By which a seen plate finds the entries that may mean it; see `watching.keys_of`."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(WatchEntry, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=33)

    objects = FleetQuerySet.as_manager()

    class Meta:
        indexes = [
            # The entries for a plate that was just read.
            models.Index(fields=["fleet", "key", "entry"], name="watchkey_lookup"),
        ]
        constraints = [models.UniqueConstraint(fields=["entry", "key"], name="watchkey_once_per_entry")]

    def __str__(self) -> str:
        return self.key


class AlertState(models.TextChoices):
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")


class MailState(models.TextChoices):
    NONE = "none", "Nobody is to be told"
    WAITING = "waiting", "Waits to be sent"
    SENDING = "sending", "Is being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"


class Alert(models.Model):
    """A pass that an entry means. Video, moment and box stay when the sighting is replaced by a new reading."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="alerts")
    watchlist = models.ForeignKey(Watchlist, on_delete=models.CASCADE, related_name="alerts")
    entry = models.ForeignKey(WatchEntry, on_delete=models.CASCADE, related_name="alerts")
    sighting = models.ForeignKey(Sighting, on_delete=models.SET_NULL, null=True, related_name="alerts")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="+")
    seconds = models.FloatField()
    box = models.JSONField(default=list)
    text = models.CharField(max_length=16)  # as it read then
    seen_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=AlertState.choices, default=AlertState.OPEN)
    note = models.CharField(max_length=500, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    mail_state = models.CharField(max_length=7, choices=MailState.choices, default=MailState.NONE)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The inbox and its count.
            models.Index(fields=["fleet", "state", "-id"], name="alert_inbox"),
            # Mail that waits; few rows, hence partial.
            models.Index(
                fields=["mail_due_at"], condition=Q(mail_state__in=["waiting", "sending"]), name="alert_mail_due"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "sighting"], name="alert_once_per_sighting"),
            chosen("state", AlertState, "alert"),
            chosen("mail_state", MailState, "alert"),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"
