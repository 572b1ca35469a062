"""Who outside is told of what happens, what they are told, and whether it reached them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sightings.models.alerts import Watchlist
from sightings.models.checks import chosen
from sightings.models.fleets import Fleet, User
from sightings.models.trips import Video
from sightings.querysets import DeletableQuerySet, FleetQuerySet


class EventKind(models.TextChoices):
    SIGHTING_CREATED = "sighting.created", _("A plate was seen")
    SIGHTING_CHANGED = "sighting.changed", _("A sighting was corrected, confirmed, rejected, read anew, or is gone")
    ALERT_CREATED = "alert.created", _("A watchlist alerts")
    TRIP_READ = "trip.read", _("A trip is read to its end")
    PING = "ping", _("Test")


class Shape(models.TextChoices):
    NATIVE = "native", _("Platelog: all that is known")
    PLATEREC = "platerec", "Plate Recognizer"
    OPENALPR = "openalpr", "OpenALPR"
    FRIGATE = "frigate", "Frigate"


class WebhookQuerySet(DeletableQuerySet["Webhook"]):
    def live(self) -> Self:
        """Those that are told of anything at all."""
        return self.filter(active=True, deleted_at=None)


def new_salt() -> str:
    return secrets.token_hex(16)


class Webhook(models.Model):
    """An address that is told of events. No secret is stored: it is worked out from the salt; see `signing`."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)  # EventKind values
    shape = models.CharField(max_length=8, choices=Shape.choices, default=Shape.NATIVE)
    watchlist = models.ForeignKey(
        Watchlist, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="Only its alerts"
    )
    reveal = models.BooleanField(default=False, help_text="Whether plates and links to crops are told")
    active = models.BooleanField(default=True, help_text="While it is not, nothing is noted for it and nothing sent")
    salt = models.CharField(max_length=32, default=new_salt)
    old_salt = models.CharField(max_length=32, blank=True)
    old_until = models.DateTimeField(null=True, blank=True)  # until then the secret before this one signs as well
    failures = models.PositiveIntegerField(default=0)  # in a row
    open_until = models.DateTimeField(null=True, blank=True)  # the circuit is open: then one delivery tries it
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="webhook_has_a_name"),
            models.CheckConstraint(condition=~Q(url=""), name="webhook_has_an_address"),
            chosen("shape", Shape, "webhook"),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk}"

    def salts_at(self, moment: datetime) -> list[str]:
        """Those whose secrets sign, the newest first."""
        overlaps = self.old_salt and self.old_until and moment < self.old_until
        return [self.salt, self.old_salt] if overlaps else [self.salt]


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")


OPEN_DELIVERIES = (DeliveryState.WAITING, DeliveryState.SENDING)


class Failure(models.TextChoices):
    NONE = "", _("None")
    STATUS = "status", _("The receiver answered with an error")
    REDIRECT = "redirect", _("It redirects, and redirects are not followed")
    ADDRESS = "address", _("Its address is private, and the operator has not allowed it (WEBHOOK_ALLOW_PRIVATE)")
    NAME = "name", _("Its host name is not known")
    CONNECT = "connect", _("No connection")
    TLS = "tls", _("Its certificate was not accepted")
    TIMEOUT = "timeout", _("No answer in time")
    BROKEN = "broken", _("The connection broke, or what came was no HTTP")


class Delivery(models.Model):
    """One event for one webhook: written with what it tells of, in the same transaction, and sent afterwards."""

    fleet_path = "webhook__fleet"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.CharField(max_length=64, help_text="The same for every attempt, and for all webhooks")
    event = models.CharField(max_length=20, choices=EventKind.choices)
    # What keeps the order: of two with the same plate, or of the same thing, the later one waits for the earlier.
    plate = models.CharField(max_length=16, blank=True)
    subject = models.CharField(max_length=40)
    body = models.TextField()  # byte for byte what is signed and sent
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)  # while it is being sent: when its sender counts as dead
    failure = models.CharField(max_length=8, choices=Failure.choices, blank=True, default=Failure.NONE)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # of the latest answer
    answer = models.CharField(max_length=500, blank=True)  # its first characters
    seconds = models.FloatField(null=True, blank=True)  # that the latest attempt took
    created_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True, blank=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-pk"]
        indexes = [
            # The log of a webhook, and what of it was given up.
            models.Index(fields=["webhook", "-id"], name="delivery_log"),
            models.Index(fields=["webhook", "state", "-id"], name="delivery_by_state"),
            # What is to be sent, and what it waits for; few rows, hence partial.
            models.Index(
                fields=["webhook", "due_at"], condition=Q(state__in=["waiting", "sending"]), name="delivery_due"
            ),
            models.Index(
                fields=["webhook", "plate", "id"], condition=Q(state__in=["waiting", "sending"]), name="delivery_plate"
            ),
            models.Index(
                fields=["webhook", "subject", "id"],
                condition=Q(state__in=["waiting", "sending"]),
                name="delivery_subject",
            ),
            # What is old enough to be dropped.
            models.Index(fields=["created_at"], condition=Q(state="delivered"), name="delivery_old"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once_per_event"),
            chosen("event", EventKind, "delivery"),
            chosen("state", DeliveryState, "delivery"),
            chosen("failure", Failure, "delivery"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Announced(models.Model):
    """A pass that others were told of, and what they were told last.

    Video, moment and box stay when the sighting is replaced, so that a new reading of the pass is told of as a change.
    """

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="+")
    sighting_key = models.BigIntegerField(unique=True)  # of the row that showed it then, which may be gone
    seconds = models.FloatField()
    box = models.JSONField(default=list)
    text = models.CharField(max_length=16)
    review_state = models.CharField(max_length=10)
    gone = models.BooleanField(default=False)
    times = models.PositiveIntegerField(default=1)

    objects = FleetQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "announced"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"pass {self.pk}"
