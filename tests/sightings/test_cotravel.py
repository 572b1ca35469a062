"""Whether two plates travel together, or merely share the roads that the fleet drives."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from sightings.cotravel import Passing, Rates, Together, joint_trips, travel_together, upper_tail
from tests.factories import NOON

PLATE, OTHER, SOMEONE = 1, 2, 3


def passing(trip: int, plate: int, *, cell: int = 0, seconds: float = 0.0) -> Passing:
    """On the day of its trip, at noon; each cell lies in an area of its own number."""
    return Passing(trip, 9000 + cell, 7000 + cell, NOON + timedelta(days=trip, seconds=seconds), plate)


def judged(met: list[Passing], others: list[Passing], log: list[Passing], trips: int) -> list[Together]:
    rates = Rates(ZoneInfo("UTC"), trips)
    rates.add([*met, *others, *log])
    rates.trips_of = {OTHER: len({one.trip for one in others})}
    joint = joint_trips(met, others, 120.0)
    return travel_together(met, others, joint, rates, len(joint))


def test_two_that_are_met_together_in_ever_new_places_travel_together() -> None:
    met = [passing(trip, PLATE, cell=trip) for trip in range(5)]
    others = [passing(trip, OTHER, cell=trip, seconds=20.0) for trip in range(5)]
    log = [passing(trip, SOMEONE, cell=cell) for trip in range(60) for cell in range(5)]
    (found,) = judged(met, others, log, trips=60)
    assert (found.plate, found.trips) == (OTHER, 5)
    assert found.expected < 0.2


def test_two_that_park_beside_each_other_on_a_road_that_is_often_driven_do_not() -> None:
    met = [passing(trip, PLATE) for trip in range(5)]
    others = [passing(trip, OTHER, seconds=5.0) for trip in range(5)]
    assert judged(met, others, [], trips=60) == []


def test_two_that_live_on_the_same_busy_road_do_not() -> None:
    met = [passing(trip, PLATE) for trip in range(0, 60, 3)]
    others = [passing(trip, OTHER, seconds=30.0) for trip in range(0, 60, 2)]
    log = [passing(trip, SOMEONE) for trip in range(60)]
    assert judged(met, others, log, trips=60) == []


def test_a_single_trip_says_nothing() -> None:
    met = [passing(1, PLATE, cell=cell) for cell in range(6)]
    others = [passing(1, OTHER, cell=cell) for cell in range(6)]
    assert judged(met, others, [passing(trip, SOMEONE) for trip in range(60)], trips=60) == []


def test_only_what_was_met_within_two_minutes_was_met_together() -> None:
    near, far = passing(1, OTHER, seconds=119.0), passing(1, SOMEONE, seconds=121.0)
    assert joint_trips([passing(1, PLATE)], [near, far, passing(2, OTHER)], 120.0) == {OTHER: {1}}


def test_the_tail_is_that_of_unequal_chances() -> None:
    assert upper_tail([0.5, 0.5], 1) == pytest.approx(0.75)
    assert upper_tail([0.1, 0.2, 0.5], 3) == pytest.approx(0.01)
    assert upper_tail([0.3] * 10, 0) == pytest.approx(1.0)
    assert upper_tail([], 1) == 0.0
