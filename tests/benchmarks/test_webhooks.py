"""What telling of a long trip costs the transaction that writes it, and how fast it is sent."""

from __future__ import annotations

import time
from ipaddress import ip_network
from typing import Any

import pytest

from sightings.models import Delivery, Fleet, ProcessingRun, Sighting, User
from sightings.services import sending, webhooks
from sightings.services.events import tell
from tests.receiver import Receiver

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]
SIGHTINGS = 2000


def timed(act: Any) -> float:
    """Seconds of this process's own time, so that what else the machine does counts little."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


def test_a_trip_of_two_thousand_sightings(northwind: Fleet, alice: User, run: ProcessingRun, settings: Any) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    Sighting.objects.bulk_create(
        Sighting(
            fleet=northwind, trip=run.video.trip, video=run.video, run=run, key=f"k{number}", confidence=0.9,
            plate_raw=f"B{number}AB", dscore=0.9, first_seen_s=number, last_seen_s=number + 1, best_s=number,
        )
        for number in range(SIGHTINGS)
    )  # fmt: skip
    without = timed(lambda: tell(Sighting.objects.filter(run=run)))
    receiver = Receiver()
    values = {"name": "Ours", "url": receiver.url, "events": ["sighting.created"]}
    webhooks.create_webhook(user=alice, fleet=northwind, values=values)
    told = timed(lambda: tell(Sighting.objects.filter(run=run)))
    again = timed(lambda: tell(Sighting.objects.filter(run=run)))
    begun = time.perf_counter()
    working = timed(sending.send_due)
    sent = time.perf_counter() - begun
    receiver.close()
    assert Delivery.objects.filter(state="delivered").count() == len(receiver.accepted) == SIGHTINGS
    print(f"\ntelling of {SIGHTINGS}: {1000 * without:.1f} ms without a webhook, {told:.2f} s with one, ", end="")
    print(
        f"{again:.2f} s a second time; sent at {SIGHTINGS / sent:.0f} a second to a receiver in this process, ", end=""
    )
    print(f"which takes {1000 * working / SIGHTINGS:.1f} ms of work each, the receiver's with it")
