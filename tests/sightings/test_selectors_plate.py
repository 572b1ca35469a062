"""What the page of a plate is told: hours, variants that may be it, and what travels with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import h3
import pytest

from sightings import selectors_plate
from sightings.models import Plate, ProcessingRun, Sighting, User
from sightings.selectors_pages import plate_for_page
from sightings.services.reviews import confirm_sighting
from tests.factories import NOON, make_run, make_sighting, make_trip, make_video

pytestmark = pytest.mark.django_db
LAT, LON = 44.43, 26.1


def seen(run: ProcessingRun, plate: str, *, at: float = 10.0, lat: float = LAT, **fields: Any) -> Sighting:
    cells = {f"h3_r{size}": h3.str_to_int(h3.latlng_to_cell(lat, LON, size)) for size in (7, 9)}
    when = (run.video.started_at or NOON) + timedelta(seconds=at)
    return make_sighting(run, plate, at=at, lat=lat, seen_at=when, **cells, **fields)


def plate_of(person: User, text: str) -> Plate:
    plate = plate_for_page(person, Plate.objects.get(text=text).pk)
    assert plate is not None
    return plate


def texts(person: User, text: str) -> list[str]:
    return [one.plate.text for one in selectors_plate.variants(person, plate_of(person, text))]


def test_hours_are_those_of_the_asked_for_zone(alice: User, run: ProcessingRun) -> None:
    late = make_run(make_video(run.video.trip, started_at=NOON.replace(hour=22, minute=30)))  # a Friday in UTC
    seen(run, "B99BNX")
    seen(late, "B99BNX")
    rows = dict(selectors_plate.hours(alice, plate_of(alice, "B99BNX"), ZoneInfo("Europe/Bucharest")).rows)
    assert (rows["Friday"][15], rows["Saturday"][1], sum(map(sum, rows.values()))) == (1, 1, 2)


def test_a_look_alike_met_in_the_same_passage_comes_before_another_character(alice: User, run: ProcessingRun) -> None:
    seen(run, "B99BNX")
    seen(run, "B99BNK", at=400.0)
    seen(run, "899BNX", at=30.0)
    first, second = selectors_plate.variants(alice, plate_of(alice, "B99BNX"))
    assert (first.plate.text, first.same_passage, first.free) == ("899BNX", 1, 1)
    assert "look alike" in first.why
    assert second.plate.text == "B99BNK"


def test_two_seen_at_once_in_one_film_are_two_cars(alice: User, run: ProcessingRun) -> None:
    seen(run, "B99BNX", at=10.0)
    seen(run, "B99BNK", at=12.0)
    assert texts(alice, "B99BNX") == []


def test_two_that_no_car_could_have_driven_between_are_two_cars(alice: User, run: ProcessingRun) -> None:
    seen(run, "B99BNX", at=10.0)
    seen(run, "B99BNX", at=900.0, lat=44.5)
    seen(run, "B99BNK", at=40.0, lat=44.5)
    assert texts(alice, "B99BNX") == []


def test_a_like_plate_of_another_town_is_not_offered(alice: User, run: ProcessingRun) -> None:
    seen(run, "B99BNX")
    other = make_run(make_video(make_trip(run.video.fleet), started_at=NOON + timedelta(days=3)))
    seen(other, "B99BNK", lat=47.0)
    assert texts(alice, "B99BNX") == []


def test_another_fleets_plates_are_never_offered(alice: User, southgate: Any, run: ProcessingRun) -> None:
    seen(run, "B99BNX")
    seen(make_run(make_video(make_trip(southgate))), "B99BNK", at=300.0)
    assert texts(alice, "B99BNX") == []


def test_what_people_confirmed_is_not_counted_among_what_a_merge_corrects(alice: User, run: ProcessingRun) -> None:
    seen(run, "B99BNX")
    confirm_sighting(sighting=seen(run, "B99BNK", at=300.0), user=alice)
    (one,) = selectors_plate.variants(alice, plate_of(alice, "B99BNX"))
    assert (one.sightings, one.free) == (1, 0)


def test_a_plate_that_comes_along_is_told_with_its_evidence(alice: User, run: ProcessingRun) -> None:
    fleet = run.video.fleet
    for day in range(12):
        trip = make_trip(fleet, name=f"day {day}", started_at=NOON + timedelta(days=day))
        drive = make_run(make_video(trip, started_at=NOON + timedelta(days=day)))
        for stop in range(4):
            seen(drive, f"B{day:02}{stop:02}ZZZ", at=10.0 * stop, lat=LAT + 0.05 * stop)
        if day < 4:
            seen(drive, "B99BNX", at=10.0 * day, lat=LAT + 0.05 * day)
            seen(drive, "CJ01TWO", at=10.0 * day + 6.0, lat=LAT + 0.05 * day)
    (one,) = selectors_plate.companions(alice, plate_of(alice, "B99BNX"))
    assert (one.plate.text, one.found.trips) == ("CJ01TWO", 4)
    assert [row.trip.name for row in one.meetings] == ["day 3", "day 2", "day 1", "day 0"]


def test_a_neighbor_that_is_always_parked_there_does_not_travel_along(alice: User, run: ProcessingRun) -> None:
    for day in range(6):
        trip = make_trip(run.video.fleet, started_at=NOON + timedelta(days=day))
        drive = make_run(make_video(trip, started_at=NOON + timedelta(days=day)))
        seen(drive, "B99BNX", at=10.0)
        seen(drive, "CJ01TWO", at=12.0)
    assert selectors_plate.companions(alice, plate_of(alice, "B99BNX")) == []
