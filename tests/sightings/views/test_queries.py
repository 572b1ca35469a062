"""No page asks the database more often because there is more to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from sightings.models import Plate, ProcessingRun, Reprocess, Sighting, Track, Trip, Upload, User
from sightings.services import aliases, batches, plate_merge, reviews, trip_clock, watchlists
from sightings.services.alerting import watch
from sightings.services.compare import compare_video
from sightings.urls import urlpatterns
from tests.factories import NOON, make_run, make_sighting, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]
MORE = ("/search/?q=B*", "/search/?view=crops", "/search/?view=map", "/search/?view=time", "/review/batch/?text=B99BNX")
# Files and live documents are no pages; a request for one object's crop needs a file.
NO_PAGES = ("files", "api", "v1", "login", "words.js")


@pytest.fixture(autouse=True)
def nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sightings.queue.send", lambda *message: True)


class World:
    """A fleet of which there can always be more: on its first trip, plate, watchlist and job, and beside them."""

    def __init__(self, run: ProcessingRun, who: User) -> None:
        self.run, self.who, self.fleet = run, who, run.video.fleet
        self.number = count()
        self.watchlist = watchlists.create_watchlist(user=who, fleet=self.fleet, values={"name": "First"})
        self.job = Reprocess.objects.create(fleet=self.fleet, state="ready", user=who)
        self.first = make_sighting(run, "B99BNX")
        self.batch = self.corrected()
        self.keys: dict[str, Any] = {
            "trips": run.video.trip_id,
            "videos": run.video_id,
            "sightings": self.first.pk,
            "plates": self.first.plate_id,
            "vehicles": run.video.vehicle_id,
            "watchlists": self.watchlist.pk,
            "reprocess": self.job.pk,
            "review": self.batch,
        }

    def corrected(self) -> int:
        seen = [make_sighting(self.run, "B98BNX", at=70.0 + next(self.number)) for _ in range(3)]
        return batches.correct_batch(
            user=self.who, fleet=self.fleet, sightings=[row.pk for row in seen], text="B99BNX"
        ).pk

    def grow(self) -> None:
        n = next(self.number)
        name = f"B{n:02d}XYZ"
        vehicle = make_vehicle(self.fleet, f"Van {n}x")
        trip = make_trip(self.fleet, vehicle=vehicle, started_at=NOON + timedelta(hours=n))
        trip_run = make_run(make_video(trip, started_at=NOON + timedelta(hours=n)))
        Track.objects.create(video=trip_run.video, source="gpx", points=[[0.0, 44.0, 26.0], [9.0, 44.1, 26.1]])
        for run in (self.run, trip_run):
            make_sighting(run, "B99BNX", at=20.0 + n, confidence=0.3)
            other = make_sighting(run, name, at=20.0 + n, confidence=0.3)
            reviews.flag_sighting(sighting=other, user=self.who, reason="look")
        make_video(self.run.video.trip, started_at=NOON + timedelta(minutes=n))
        reviews.flag_sighting(sighting=self.first, user=self.who, reason="look", note=name)
        reviews.correct_sighting(sighting=self.first, user=self.who, text="B99BNX", note=name)
        twin = make_sighting(trip_run, f"B99BN{n % 10}", at=50.0).plate
        assert twin is not None
        plate_merge.merge_plates(plate=Plate.objects.get(pk=self.keys["plates"]), other=twin, user=self.who)
        aliases.make_alias(user=self.who, fleet=self.fleet, misread=f"QQ{n:03d}", text="B99BNX")
        trip_clock.shift_trip(trip=Trip.objects.get(pk=self.keys["trips"]), user=self.who, seconds=1.0)
        Upload.objects.create(fleet=self.fleet, user=self.who, filename=name, size=9, offset=9, state="done")
        made = watchlists.create_watchlist(user=self.who, fleet=self.fleet, values={"name": name})
        for watchlist in (made, self.watchlist):
            watchlists.add_entry(watchlist=watchlist, user=self.who, pattern=name)
        watch(Sighting.objects.current())
        self._reread(trip_run, self.job)
        other_run = make_run(make_video(trip, started_at=NOON + timedelta(hours=n, minutes=9)))
        self._reread(other_run, Reprocess.objects.create(fleet=self.fleet, state="ready", user=self.who))

    def _reread(self, run: ProcessingRun, job: Reprocess) -> None:
        fresh = make_run(run.video, is_current=False, reprocess=job, model_version="test@2")
        make_sighting(fresh, "", plate_raw="B06MORE", at=50.0)
        compare_video(run.video)


def addresses(keys: dict[str, Any]) -> Iterator[str]:
    """Every address that is asked for without a body; new pages are among them by themselves."""
    for pattern in urlpatterns:
        if not isinstance(pattern, URLPattern):
            continue
        route = str(pattern.pattern)
        kind = route.partition("/")[0]
        if kind in NO_PAGES:
            continue
        if "<" in route:
            if kind not in keys:
                continue
            route = route.replace("<int:pk>", str(keys[kind]))
        yield f"/{route}"
    yield from MORE


def asked_by(page: Client, keys: dict[str, Any]) -> dict[str, int]:
    asked = {}
    for address in addresses(keys):
        if page.get(address).status_code != 200:  # the first time some things are remembered
            continue
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page.get(address)
        asked[address] = len(queries)
    return asked


def test_no_page_asks_more_often_for_more(page_as: PageAs, bob: User, run: ProcessingRun) -> None:
    world, page = World(run, bob), page_as(bob)
    for _ in range(2):
        world.grow()
    few = asked_by(page, world.keys)
    for _ in range(5):
        world.grow()
    many = asked_by(page, world.keys)
    assert len(few) > 20
    more = {address: (few[address], asked) for address, asked in many.items() if asked > few[address]}
    assert not more
    assert max(many.values()) <= 45, max(many.items(), key=lambda one: one[1])
