"""Events wait here for the webhooks that want them: written in the transaction of what they tell of, sent later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from sightings import payloads
from sightings.models import Delivery, EventKind, Webhook
from sightings.payloads import Event
from sightings.queue import enqueue


def fleets_hearing(kinds: Iterable[EventKind]) -> set[int]:
    """The fleets in which any webhook wants one of these."""
    wanted = {str(kind) for kind in kinds}
    webhooks = Webhook.objects.live().order_by().values_list("fleet", "events")
    return {fleet for fleet, events in webhooks if wanted & set(events)}


def write(events: Sequence[Event]) -> None:
    """One delivery for each event and webhook that wants it; one that is there already is not doubled."""
    found = Webhook.objects.live().filter(fleet__in={event.fleet.pk for event in events})
    webhooks: dict[int, list[Webhook]] = {}
    for webhook in found.order_by("pk"):
        webhooks.setdefault(webhook.fleet_id, []).append(webhook)
    rows = [
        row
        for event in events
        for webhook in webhooks.get(event.fleet.pk, [])
        if wants(webhook, event) and (row := delivery(webhook, event)) is not None
    ]
    if rows:
        Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        enqueue("send_deliveries", queue="light")


def wants(webhook: Webhook, event: Event) -> bool:
    elsewhere = event.alert is not None and webhook.watchlist_id not in (None, event.alert.watchlist_id)
    return event.kind in webhook.events and not elsewhere


def delivery(webhook: Webhook, event: Event) -> Delivery | None:
    """Not saved yet; None where the webhook's shape has no words for the event."""
    body = payloads.written(event, webhook.shape, webhook.reveal, webhook.url)
    if body is None:
        return None
    return Delivery(
        webhook=webhook,
        event_id=event.id,
        event=event.kind,
        plate=event.plate,
        subject=event.subject,
        body=body,
        due_at=timezone.now(),
    )
