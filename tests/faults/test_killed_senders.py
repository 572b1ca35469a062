"""A worker killed with SIGKILL while a receiver keeps it waiting: the delivery comes again, with the same id."""

from __future__ import annotations

import subprocess

import pytest

from tests.faults.site import Site
from tests.receiver import Receiver

pytestmark = pytest.mark.faults

MAKE = """
from sightings.models import EventKind, Fleet, User
from sightings.payloads import Event
from sightings.services import outbox, webhooks
user, fleet = User.objects.get(), Fleet.objects.get()
values = {{"name": "Ours", "url": "{url}", "events": ["trip.read"]}}
webhook, _ = webhooks.create_webhook(user=user, fleet=fleet, values=values)
event = Event(kind=EventKind.TRIP_READ, id="trip-1-x", fleet=fleet, subject="trip-1", trip=None)
outbox.write([event])
"""


def test_a_delivery_under_way_when_its_worker_is_killed_is_sent_again(site: Site) -> None:
    receiver = Receiver(lambda _: 60.0)
    site.run("manage.py", "shell", "-v", "0", "-c", MAKE.format(url=receiver.url))
    site.wait(lambda: receiver.got, "the first attempt")
    worker = site.workers["ingest"].process
    assert worker is not None
    child = int(subprocess.check_output(["pgrep", "--parent", str(worker.pid)], text=True))
    receiver.behavior = lambda _: 200
    site.kill("ingest", child)
    site.wait(lambda: receiver.accepted, "the attempt of the next worker")
    assert [got.id for got in receiver.got] == ["trip-1-x"] * 2
    state = "SELECT state, attempts FROM sightings_delivery"
    site.wait(lambda: site.ask(state) == [("delivered", 2)], "the note of it")
    receiver.close()
