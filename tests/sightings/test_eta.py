"""How long a trip takes, on the example of one reader that reads at twice the speed of the film."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sightings import selectors
from sightings.eta import Left, ReadingQueue
from sightings.models import Fleet, Segment, Trip, User
from tests.factories import make_run, make_trip, make_video

NORTH, SOUTH = 1, 2
ALICE, BOB = 11, 12


def trip(number: int, seconds: float, *, fleet: int = NORTH, user: int = ALICE, priority: int = 0) -> Left:
    return Left(number, fleet, user, priority, number, seconds, 0)


def eta(*left: Left, pace: float | None = 2.0) -> list[float | None]:
    queue = ReadingQueue(left, pace)
    return [queue.eta_s(item.trip) for item in left]


def test_trips_of_one_person_come_one_after_the_other() -> None:
    assert eta(trip(1, 100), trip(2, 60)) == [50, 80]


def test_what_was_put_first_is_waited_for() -> None:
    assert eta(trip(1, 100), trip(2, 60, user=BOB, priority=1)) == [80, 30]


def test_people_and_fleets_that_take_turns_share_the_reader_until_the_shorter_work_is_done() -> None:
    assert eta(trip(1, 100), trip(2, 60, user=BOB)) == [80, 60]
    assert eta(trip(1, 1000), trip(2, 60, fleet=SOUTH)) == [530, 60]


def test_the_last_to_end_ends_when_all_is_read() -> None:
    times = eta(trip(1, 300), trip(2, 200, user=BOB), trip(3, 400, fleet=SOUTH), trip(4, 50, user=BOB, priority=1))
    assert max(time for time in times if time is not None) == (300 + 200 + 400 + 50) / 2.0


def test_two_readers_take_half_as_long() -> None:
    both = Left(1, NORTH, ALICE, 0, 1, 100.0, 2)
    assert eta(both) == [25]


def test_before_there_is_a_pace_nobody_can_tell() -> None:
    assert eta(trip(1, 100), pace=None) == [None]
    assert ReadingQueue([], 2.0).eta_s(7) == 0.0  # nothing is left to read: its parts are being joined


def reading(fleet: Fleet, **fields: Any) -> Trip:
    """A trip of two minutes: one was read in half a minute, the other waits."""
    trip = make_trip(fleet, state="reading", **fields)
    run = make_run(make_video(trip), state="reading")
    now = timezone.now()
    times = {"started_at": now - timedelta(seconds=40), "finished_at": now - timedelta(seconds=10)}
    Segment.objects.create(run=run, index=0, start_s=0, end_s=60, state="done", progress=1.0, **times)
    Segment.objects.create(run=run, index=1, start_s=60, end_s=120)
    return trip


@pytest.mark.django_db
def test_the_pace_is_that_of_the_segments_read_lately(northwind: Fleet) -> None:
    trip = reading(northwind)
    queue = ReadingQueue.now()
    assert queue.pace == pytest.approx(2.0)
    assert queue.eta_s(trip.pk) == pytest.approx(30.0)


@pytest.mark.django_db
def test_the_queue_of_a_person_holds_what_they_may_see(
    northwind: Fleet, southgate: Fleet, alice: User, charlie: User
) -> None:
    reading(northwind)
    reading(northwind, paused=True)
    hers, his = selectors.queue_for(alice), selectors.queue_for(charlie)
    assert (hers["trips"], hers["paused"], hers["video_s"], hers["eta_s"]) == (1, 1, 60.0, pytest.approx(30.0))
    assert (his["trips"], his["video_s"], his["eta_s"]) == (0, 0.0, None)
