"""From the film to the receiver: reading out of order, joining over cuts, and reading again."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from sightings.models import Fleet, ProcessingRun, Segment, Sighting, User
from sightings.processing.inspect import inspect_upload
from sightings.processing.merge import merge_run
from sightings.processing.read import read_segment
from sightings.services import sending, webhooks
from tests.flows.test_words_survive import read_anew
from tests.receiver import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(northwind: Fleet, alice: User, settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    made = Receiver()
    events = ["sighting.created", "sighting.changed", "trip.read"]
    values = {"name": "Ours", "url": made.url, "events": events, "reveal": True}
    webhooks.create_webhook(user=alice, fleet=northwind, values=values)
    yield made
    made.close()


def created(receiver: Receiver) -> list[str]:
    return sorted(got.plate for got in receiver.got if got.said["type"] == "sighting.created")


def test_every_sighting_of_a_trip_is_told_once_though_parts_come_in_any_order_and_twice(
    send: Any, film: Path, receiver: Receiver
) -> None:
    inspect_upload(str(send(film).pk))
    segments = list(Segment.objects.order_by("index"))
    for index in (1, 0, 2):
        read_segment(segments[index].pk)
        merge_run(segments[index].run_id)
        sending.send_due()
        merge_run(segments[index].run_id)
    sending.send_due()
    assert created(receiver) == sorted(row.text for row in Sighting.objects.all() if row.text.strip("?"))
    assert [got.said["type"] for got in receiver.got].count("trip.read") == 1
    assert not [got for got in receiver.got if got.said["data"].get("change") == "gone"]


def test_reading_a_video_anew_announces_nothing_again(bring_in: Any, film: Path, receiver: Receiver) -> None:
    upload = bring_in(film)
    sending.send_due()
    before = len(receiver.got)
    assert len(created(receiver)) == before - 1
    read_anew(ProcessingRun.objects.get(video=upload.video))
    sending.send_due()
    assert [got.said["type"] for got in receiver.got[before:]] == ["trip.read"]
