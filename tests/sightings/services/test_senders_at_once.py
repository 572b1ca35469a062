"""Several workers send at the very same moment. Needs a database that lets them all in."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from sightings.models import Delivery, Fleet, ProcessingRun, Sighting, User
from sightings.services import sending, webhooks
from sightings.services.events import tell
from tests.factories import make_sighting
from tests.receiver import Receiver
from tests.sightings.services.test_at_once import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.WEBHOOK_WAITS, settings.WEBHOOK_PAUSE_SECONDS = [0.0] * 8, 0.0
    made = Receiver()
    yield made
    made.close()


def test_three_workers_send_each_delivery_once_and_in_order(
    receiver: Receiver, northwind: Fleet, alice: User, run: ProcessingRun
) -> None:
    values = {"name": "Ours", "url": receiver.url, "events": ["sighting.created"], "reveal": True}
    webhooks.create_webhook(user=alice, fleet=northwind, values=values)
    for number in range(60):
        make_sighting(run, f"B{number % 10}0ABC", at=number * 10.0)
    tell(Sighting.objects.all())
    refused: set[str] = set()

    def once_refused(got: Any) -> int:
        again = got.id in refused
        refused.add(got.id)
        return 200 if again or len(refused) % 3 else 500

    receiver.behavior = once_refused
    at_once(sending.send_due, sending.send_due, sending.send_due)
    sending.send_due()
    told = [got.id for got in receiver.accepted]
    assert sorted(told) == sorted(Delivery.objects.values_list("event_id", flat=True))
    for plate in {got.plate for got in receiver.accepted}:
        ours = list(Delivery.objects.filter(plate=plate).order_by("pk").values_list("event_id", flat=True))
        assert [key for key in told if key in ours] == ours
