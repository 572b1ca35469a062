"""The first page: one thing for an empty fleet, and for others all that matters in as many queries each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sightings.models import Fleet, Reprocess, Trip, Upload, User
from sightings.services import demo_trip
from tests.factories import make_run, make_sighting, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]


def fill(fleet: Fleet, count: int) -> None:
    """So many vehicles with two trips each and one being read, readings that wait and that go on."""
    for place in range(count):
        van = make_vehicle(fleet, f"Van {fleet.vehicles.count() + 1}")
        for hours in (2, 30):
            start = timezone.now() - timedelta(hours=hours)
            trip = make_trip(fleet, vehicle=van, name=f"{van.name} {hours}", started_at=start, state="partial")
            make_sighting(make_run(make_video(trip, started_at=start)), f"B{place:02}AAA", confidence=0.3)
        make_trip(fleet, vehicle=van, state="reading")
        for state in ("ready", "reading"):
            Reprocess.objects.create(fleet=fleet, state=state)


def test_an_empty_fleet_sees_a_drop_zone_and_the_demo(page_as: PageAs, bob: User, dora: User) -> None:
    page = page_as(bob).get("/").content.decode()
    assert 'id="dropzone"' in page
    assert "Or try the demo trip" in page
    assert "Plates per hour" not in page
    assert "Or try the demo trip" not in page_as(dora).get("/").content.decode()


def test_the_demo_is_drawn_by_a_worker_and_asked_for_once(
    page_as: PageAs, bob: User, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(demo_trip, "enqueue", lambda name, *, queue, **ids: sent.append((name, queue)))
    page = page_as(bob)
    assert "The demo trip is being drawn" in page.post("/demo/", follow=True).content.decode()
    assert "Or try the demo trip" not in page.get("/").content.decode()
    page_as(dora).post("/demo/")
    assert sent == [("bring_demo", "ingest")]


def test_what_was_drawn_comes_in_like_any_upload(bob: User, northwind: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(command: list[str], **options: Any) -> None:
        for name in demo_trip.FILES:
            Path(command[-1], name).write_bytes(name.encode())

    monkeypatch.setattr("sightings.services.demo_trip.subprocess.run", draw)
    demo_trip.bring_demo(northwind.pk, bob.pk)
    rows = list(Upload.objects.order_by("created_at"))
    assert [(row.filename, row.state) for row in rows] == [("drive.gpx", "received"), ("drive.mp4", "received")]
    assert len({(row.batch, row.vehicle_id, row.user_id) for row in rows}) == 1


def test_the_page_tells_what_waits_and_what_changed(page_as: PageAs, bob: User, northwind: Fleet) -> None:
    page = page_as(bob)
    fill(northwind, 1)
    with time_machine.travel(timezone.now() - timedelta(days=2), tick=False):
        page.get("/")
    shown = page.get("/").content.decode()
    assert "3 trips came in, with 2 plates" in shown
    assert "Another reading of some trips waits to be looked at" in shown
    assert "was not read to its end" in shown
    assert "Plates per hour driven" in shown
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert "3 trips came in" in page.get("/").content.decode()  # still the same visit
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        assert "Since you were here" not in page.get("/").content.decode()


def test_the_page_asks_as_often_however_much_there_is(page_as: PageAs, bob: User, northwind: Fleet) -> None:
    page, asked = page_as(bob), []
    for count in (2, 3, 4):
        fill(northwind, count)
        page.get("/")
        with CaptureQueriesContext(connection) as queries:
            assert page.get("/").status_code == 200
        asked.append(len(queries))
    assert asked[1] == asked[2]
    assert Trip.objects.count() == 27
