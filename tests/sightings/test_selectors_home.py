"""How each vehicle does, and what seems to keep it from more; what waits, and what changed since someone was here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from sightings import selectors_home
from sightings.models import AuditEntry, Fleet, Sighting, Track, Trip, Upload, User, Vehicle, Video
from sightings.services import audit
from sightings.services.reviews import confirm_sighting
from tests.factories import make_run, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def van(northwind: Fleet) -> Vehicle:
    return make_vehicle(northwind, "Van 7")


def drive(van: Vehicle, day: int, *, plates: int = 0, confidence: float = 0.95, **fields: Any) -> Video:
    """A trip of an hour, so many days ago."""
    start = timezone.now() - timedelta(days=day)
    trip = make_trip(van.fleet, vehicle=van, started_at=start)
    video = make_video(trip, started_at=start, duration_s=3600.0, **fields)
    make_run(video)
    Sighting.objects.bulk_create(
        Sighting(
            fleet=van.fleet, trip=trip, video=video, run=video.runs.get(), key=f"k{place}", plate_raw="B99BNX",
            confidence=confidence, dscore=0.9, first_seen_s=1.0, last_seen_s=2.0, best_s=1.5,
        )
        for place in range(plates)
    )  # fmt: skip
    return video


def reasons(person: User) -> list[str]:
    (row,) = selectors_home.yields(person)
    return [line.kind for line in row.reasons]


def test_vehicles_stand_by_the_plates_they_meet_in_an_hour(alice: User, van: Vehicle) -> None:
    drive(van, 1, plates=20)
    drive(make_vehicle(van.fleet, "Van 8"), 1, plates=80)
    rows = selectors_home.yields(alice)
    assert [(row.name, row.per_hour, row.share) for row in rows] == [("Van 8", 80.0, 1.0), ("Van 7", 20.0, 0.25)]
    assert [row.reasons for row in rows] == [[], []]


def test_a_falling_share_of_clear_reads_asks_for_the_lens(alice: User, van: Vehicle) -> None:
    for day in range(1, 6):
        drive(van, day, plates=20, confidence=0.6)
    for day in range(6, 12):
        drive(van, day, plates=20)
    assert reasons(alice) == ["lens"]


def test_a_vehicle_that_was_always_read_badly_has_no_dirty_lens(alice: User, van: Vehicle) -> None:
    for day in range(1, 12):
        drive(van, day, plates=20, confidence=0.6)
    assert reasons(alice) == []


def test_a_gps_that_is_found_late_is_told(alice: User, van: Vehicle) -> None:
    for day in range(1, 4):
        video = drive(van, day)
        assert video.started_at is not None
        Track.objects.create(video=video, source="gpx", started_at=video.started_at + timedelta(seconds=50))
    assert reasons(alice) == ["fix"]


def named(van: Vehicle, day: int, off_s: float) -> None:
    """A clip whose name bears the camera's clock: two hours of zone, and so many seconds besides."""
    video = drive(van, day)
    assert video.started_at is not None
    clock: datetime = video.started_at + timedelta(hours=2, seconds=off_s)
    Video.objects.filter(pk=video.pk).update(original_name=f"{clock:%Y%m%d_%H%M%S}_NF.mp4")


@pytest.mark.parametrize(("off_s", "told"), [(12.0, ["clock_fast"]), (-12.0, ["clock_slow"]), (2.0, [])])
def test_a_clock_that_is_off_beside_its_zone_is_told(alice: User, van: Vehicle, off_s: float, told: list[str]) -> None:
    for day in range(1, 4):
        named(van, day, off_s)
    assert reasons(alice) == told


def test_minutes_that_are_missing_between_clips_lead_to_the_worst_trip(alice: User, van: Vehicle) -> None:
    for day, gap in ((1, 20.0), (2, 70.0)):
        video = drive(van, day)
        assert video.started_at is not None
        later = video.started_at + timedelta(seconds=3600.0 + gap)
        make_run(make_video(video.trip, started_at=later, duration_s=60.0))
    (row,) = selectors_home.yields(alice)
    worst = Trip.objects.order_by("started_at").first()
    assert worst is not None
    assert [(line.kind, line.link, line.values["seconds"]) for line in row.reasons] == [
        ("gaps", f"/trips/{worst.pk}/", pytest.approx(90.0))
    ]


def test_another_fleets_vehicles_are_not_told_of(charlie: User, van: Vehicle) -> None:
    drive(van, 1, plates=5)
    assert selectors_home.yields(charlie) == []


def test_since_one_was_here_means_before_this_visit(bob: User, northwind: Fleet) -> None:
    assert selectors_home.last_seen(bob) is None
    for minutes in (600, 5):
        entry = audit.record(action="trip.viewed", user=bob, fleet=northwind)
        AuditEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - timedelta(minutes=minutes))
    seen = selectors_home.last_seen(bob)
    assert seen is not None
    assert timezone.now() - seen > timedelta(hours=9)


def test_what_others_did_is_told_and_what_one_did_oneself_is_not(
    alice: User, bob: User, charlie: User, sighting: Sighting
) -> None:
    before = timezone.now() - timedelta(hours=1)
    confirm_sighting(sighting=sighting, user=alice)
    assert [line.kind for line in selectors_home.changes(alice, before)] == ["trips"]
    told = {line.kind: line.values for line in selectors_home.changes(bob, before)}
    assert told == {"trips": {"count": 1, "plates": 1}, "said": {"count": 1}}
    assert selectors_home.changes(bob, timezone.now()) == []
    assert selectors_home.changes(charlie, before) == []
    assert selectors_home.changes(bob, None) == []


def test_failures_of_the_last_days_wait_for_a_person(bob: User, northwind: Fleet) -> None:
    make_trip(northwind, name="Broken", state="partial")
    Upload.objects.create(fleet=northwind, user=bob, filename="a.mp4", size=1, state="failed")
    assert [line.kind for line in selectors_home.to_do(bob)] == ["uploads", "trip"]
