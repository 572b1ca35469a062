"""What managers do with webhooks: make, change, try, delete, take that back; new secrets; sending again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from sightings import outgoing
from sightings.errors import BadWebhook, NameMissing, NotReplayable
from sightings.models import (
    OPEN_DELIVERIES,
    Delivery,
    DeliveryState,
    EventKind,
    Fleet,
    Role,
    Shape,
    User,
    Watchlist,
    Webhook,
)
from sightings.payloads import Event
from sightings.queue import enqueue
from sightings.services import audit, outbox, sending
from sightings.services.roles import require_role
from sightings.services.signing import secret_of

FIELDS = ("name", "url", "events", "shape", "reveal", "active")
WANTED = [kind for kind in EventKind if kind != EventKind.PING]  # what a webhook may want
LONGEST_OVERLAP_H = 168


@transaction.atomic
def create_webhook(*, user: User, fleet: Fleet, values: Mapping[str, Any]) -> tuple[Webhook, str]:
    """A new one and its secret. Raises NotAllowed, NameMissing, BadWebhook."""
    require_role(user, fleet, Role.MANAGER)
    webhook = Webhook(fleet=fleet, user=user)
    _write(webhook, {"name": "", "url": "", "events": [], **values})
    audit.record(action="webhook.created", user=user, fleet=fleet, target=webhook, detail=_said(webhook))
    return webhook, secret_of(webhook.salt)


@transaction.atomic
def change_webhook(*, webhook: Webhook, user: User, values: Mapping[str, Any]) -> Webhook:
    """Set the fields that are given. Raises NotAllowed, NameMissing, BadWebhook."""
    require_role(user, webhook.fleet, Role.MANAGER)
    was_at = webhook.url
    _write(webhook, values)
    if webhook.url != was_at:  # what is known of the old target says nothing of this one
        Webhook.objects.filter(pk=webhook.pk).update(failures=0, open_until=None)
    audit.record(action="webhook.changed", user=user, fleet=webhook.fleet, target=webhook, detail=_said(webhook))
    enqueue("send_deliveries", queue="light")
    return webhook


def _said(webhook: Webhook) -> dict[str, Any]:
    """Who is told what, for the audit; of the address its host alone, because the rest may be a secret."""
    told = {name: getattr(webhook, name) for name in FIELDS if name != "url"}
    return told | {"host": urlsplit(webhook.url).hostname, "watchlist": webhook.watchlist_id}


def _write(webhook: Webhook, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(webhook, name, values[name])
    if "watchlist" in values:
        webhook.watchlist = _watchlist(webhook.fleet, values["watchlist"])
    webhook.name = webhook.name.strip()[:120]
    if not webhook.name:
        raise NameMissing
    if "url" in values:
        webhook.url = checked(webhook.url)
    _check_events(webhook)
    if webhook.pk:
        # What a worker has found out about the target meanwhile stays.
        webhook.save(update_fields=[*FIELDS, "watchlist"])
    else:
        webhook.save()


def _watchlist(fleet: Fleet, key: int | None) -> Watchlist | None:
    if key is None:
        return None
    found = Watchlist.objects.filter(pk=key, fleet=fleet, deleted_at=None).first()
    if found is None:
        raise BadWebhook(gettext("There is no such watchlist in this fleet."))
    return found


def checked(url: str) -> str:
    """The address in a form that can be called. Raises BadWebhook with what is wrong with it."""
    said = {
        "scheme": gettext("The address begins with https:// or http://."),
        "password": gettext("Leave name and password out of the address: the signature shows who sends."),
        "host": gettext("This is no address that can be called, such as https://example.com/plates."),
    }
    try:
        parts = outgoing.split(url.strip())
    except outgoing.NoTarget as error:
        raise BadWebhook(said[error.what]) from error
    host = (parts.hostname or "").rstrip(".")
    allowed = outgoing.Allowed(
        frozenset(settings.WEBHOOK_ALLOW_PRIVATE_HOSTS), tuple(settings.WEBHOOK_ALLOW_PRIVATE_NETWORKS)
    )
    address = outgoing.literal(host)
    private = host == "localhost" or (address is not None and not outgoing.may_reach(address, allowed))
    if private and host not in allowed.hosts:
        raise BadWebhook(gettext("This address is private. The operator can allow it (WEBHOOK_ALLOW_PRIVATE)."))
    return url.strip()


def _check_events(webhook: Webhook) -> None:
    webhook.events = [str(kind) for kind in WANTED if kind in webhook.events]
    if not webhook.events:
        raise BadWebhook(gettext("Choose at least one event."))
    if webhook.shape not in Shape.values:
        raise BadWebhook(gettext("There is no such shape."))
    if webhook.shape != Shape.NATIVE and EventKind.TRIP_READ in webhook.events:
        raise BadWebhook(gettext("Only Platelog's own shape has words for trips."))


@transaction.atomic
def delete_webhook(*, webhook: Webhook, user: User) -> None:
    """What waits is kept, and goes on if this is taken back. Raises NotAllowed."""
    require_role(user, webhook.fleet, Role.MANAGER)
    if Webhook.objects.filter(pk=webhook.pk).let_go():
        audit.record(action="webhook.deleted", user=user, fleet=webhook.fleet, target=webhook)


@transaction.atomic
def restore_webhook(*, webhook: Webhook, user: User) -> Webhook:
    """Take a deletion back; restoring what is there changes nothing. Raises NotAllowed."""
    require_role(user, webhook.fleet, Role.MANAGER)
    if Webhook.objects.filter(pk=webhook.pk).bring_back():
        audit.record(action="webhook.restored", user=user, fleet=webhook.fleet, target=webhook)
        enqueue("send_deliveries", queue="light")
    webhook.refresh_from_db()
    return webhook


@transaction.atomic
def rotate_secret(*, webhook: Webhook, user: User, overlap_h: int = 24) -> str:
    """A new secret; the one before signs as well for so many hours. Raises NotAllowed."""
    require_role(user, webhook.fleet, Role.MANAGER)
    webhook.old_salt, webhook.salt = webhook.salt, Webhook._meta.get_field("salt").get_default()
    webhook.old_until = timezone.now() + timedelta(hours=min(max(overlap_h, 0), LONGEST_OVERLAP_H))
    webhook.save(update_fields=["salt", "old_salt", "old_until"])
    detail = {"overlap_h": overlap_h}
    audit.record(action="webhook.secret_rotated", user=user, fleet=webhook.fleet, target=webhook, detail=detail)
    return secret_of(webhook.salt)


def send_test(*, webhook: Webhook, user: User) -> Delivery:
    """Send a `ping` at once, also to one that is not active, and wait for the answer. Raises NotAllowed."""
    require_role(user, webhook.fleet, Role.MANAGER)
    name = f"ping-{uuid4().hex[:16]}"
    made = outbox.delivery(webhook, Event(kind=EventKind.PING, id=name, fleet=webhook.fleet, subject=name))
    assert made is not None  # every shape has a ping
    made.state, made.attempts, made.tried_at = DeliveryState.SENDING, 1, timezone.now()
    made.due_at = timezone.now() + sending.held_until()
    made.save()
    audit.record(action="webhook.tested", user=user, fleet=webhook.fleet, target=webhook)
    return sending.send_now(made)


@transaction.atomic
def replay(*, delivery: Delivery, user: User) -> Delivery:
    """Send one again that was delivered or given up, as it was, with all attempts before it.

    Raises NotAllowed, NotReplayable.
    """
    require_role(user, delivery.webhook.fleet, Role.MANAGER)
    if not _again(Delivery.objects.filter(pk=delivery.pk)):
        raise NotReplayable
    fleet = delivery.webhook.fleet
    audit.record(action="delivery.replayed", user=user, fleet=fleet, target=delivery)
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def replay_dead(*, webhook: Webhook, user: User) -> int:
    """Send all again that were given up; returns how many. Raises NotAllowed."""
    require_role(user, webhook.fleet, Role.MANAGER)
    count = _again(Delivery.objects.filter(webhook=webhook, state=DeliveryState.DEAD).exclude(event=EventKind.PING))
    if count:
        # Who asks for this knows that the target is back.
        Webhook.objects.filter(pk=webhook.pk).update(failures=0, open_until=None)
        detail = {"deliveries": count}
        audit.record(action="webhook.replayed", user=user, fleet=webhook.fleet, target=webhook, detail=detail)
    return count


def _again(deliveries: Any) -> int:
    over = deliveries.exclude(state__in=OPEN_DELIVERIES)
    count: int = over.update(state=DeliveryState.WAITING, attempts=0, due_at=timezone.now())
    if count:
        enqueue("send_deliveries", queue="light")
    return count
