from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from recognition.telemetry.cleaning import clean
from recognition.telemetry.track import Track, distance_m
from recognition.types import GpsPoint

START = datetime(2026, 3, 1, 7, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def eastward(seconds: Sequence[float], step: float = 0.0001) -> list[GpsPoint]:
    """On the equator, 11.1 m a second to the east."""
    return [GpsPoint(0.0, 10 + step * s, after(s)) for s in seconds]


def track_of(points: Sequence[GpsPoint]) -> Track:
    return clean(Track(tuple(points), "gpx"))


def test_between_two_points_the_position_is_interpolated() -> None:
    position = track_of(eastward(range(10))).at(after(4.25))
    assert position is not None
    assert position.lon == pytest.approx(10.000425)
    assert position.speed == pytest.approx(11.12, abs=0.01)
    assert position.heading == pytest.approx(90)


def test_in_a_long_gap_no_position_is_invented() -> None:
    track = track_of(eastward([0, 1, 2, 40, 41]))
    assert track.at(after(20)) is None
    assert track.at(after(2)) is not None


def test_in_a_short_gap_the_uncertainty_grows_towards_its_middle() -> None:
    track = track_of(eastward([0, 1, 21, 22]))
    positions = [track.at(after(s)) for s in (1, 4, 11, 20)]
    accuracy = [position.accuracy_m for position in positions if position is not None]
    assert accuracy == pytest.approx([5, 11, 25, 7])


def test_before_and_after_the_track_there_is_no_position_for_long() -> None:
    track = track_of(eastward(range(5)))
    assert track.at(after(-1)) is not None
    assert track.at(after(5.5)) is not None
    assert track.at(after(-3)) is None
    assert track.at(after(8)) is None


def test_a_spike_is_taken_out_and_counted() -> None:
    points = eastward(range(10))
    points[4] = GpsPoint(1.0, 10.0, after(4))
    track = track_of(points)
    assert track.removed == 1
    assert track.length_m == pytest.approx(9 * 11.12, rel=0.01)


def test_stale_points_before_the_true_ones_are_taken_out() -> None:
    stale = [GpsPoint(50.0, 8.0, after(s)) for s in range(3)]
    track = track_of([*stale, *eastward(range(3, 20))])
    assert track.removed == 3
    assert track.started_at == after(3)


def test_doubles_disorder_and_impossible_points_are_cleaned() -> None:
    points = [*eastward([3, 1, 2, 2]), GpsPoint(0.0, 0.0, after(4)), GpsPoint(99.0, 10.0, after(5))]
    points += [GpsPoint(float("nan"), 10.0, after(6)), GpsPoint(0.0, 10.0, None)]
    track = track_of(points)
    assert [point.time for point in track.points] == [after(1), after(2), after(3)]
    assert track.removed == 5


def test_a_track_without_times_keeps_its_line_and_answers_no_moment() -> None:
    track = track_of([GpsPoint(0.0, 10.0), GpsPoint(0.0, 10.001)])
    assert track.length_m == pytest.approx(111.2, abs=0.1)
    assert track.started_at is None
    assert track.at(START) is None


def test_a_standing_car_keeps_its_heading() -> None:
    points = [*eastward(range(5)), *(GpsPoint(0.000001 * (s % 2), 10.0004, after(s)) for s in range(5, 10))]
    position = track_of(points).at(after(8.5))
    assert position is not None
    assert position.heading == pytest.approx(90, abs=1)


def test_headings_turn_the_short_way_round() -> None:
    points = [
        GpsPoint(0.0, 10.0, after(0), heading=350, speed=5),
        GpsPoint(0.0, 10.0001, after(2), heading=10, speed=7),
    ]
    position = track_of(points).at(after(1))
    assert position is not None
    assert position.heading == pytest.approx(0)
    assert position.speed == pytest.approx(6)


def test_the_antimeridian_is_crossed_the_short_way() -> None:
    points = [GpsPoint(0.0, 179.9999, after(0)), GpsPoint(0.0, -179.9999, after(1))]
    position = track_of(points).at(after(0.5))
    assert position is not None
    assert abs(position.lon) == pytest.approx(180)


def test_a_degree_of_longitude_at_the_equator_is_111_km() -> None:
    assert distance_m(GpsPoint(0, 0), GpsPoint(0, 1)) == pytest.approx(111_195, rel=1e-4)
