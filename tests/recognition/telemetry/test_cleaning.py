"""What cameras write wrong, and what is done about it, under its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recognition.telemetry import extract
from recognition.telemetry.cleaning import clean
from recognition.telemetry.evidence import Evidence
from recognition.telemetry.extract import Telemetry
from recognition.telemetry.fix import Fix, no_fix
from recognition.telemetry.track import Track
from recognition.types import GpsPoint
from tests.recognition.telemetry.cameras import novatek_block, viofo_block
from tests.recognition.telemetry.containers import START, in_boxes, listed
from tests.recognition.telemetry.fixtures import FIXTURES

HOUR = timedelta(hours=1)


def at(seconds: float, start: datetime = START) -> datetime:
    return start + timedelta(seconds=seconds)


def east(seconds: list[int], start: datetime = START, lon: float = 30.0, **extra: float) -> list[GpsPoint]:
    return [Fix(50.0, lon + 0.00007 * s, at(s, start), **extra) for s in seconds]  # type: ignore[arg-type]


def done(track: Track) -> dict[str, int]:
    return {step.name: step.rows for step in track.steps}


def cleaned(points: Sequence[GpsPoint], **evidence: object) -> Track:
    return clean(Track(tuple(points), "x"), Evidence(**evidence))  # type: ignore[arg-type]


def read(tmp_path: Path, content: bytes, name: str = "clip.mp4") -> Telemetry:
    path = tmp_path / name
    path.write_bytes(content)
    return extract.read(path)


def steps(found: Telemetry) -> dict[str, int]:
    return {step.name: step.rows for step in found.steps}


def test_a_clean_track_has_no_steps() -> None:
    track = cleaned(east(list(range(10))))
    assert (len(track.points), track.removed, track.steps) == (10, 0, ())


def test_every_row_that_goes_is_counted_under_a_name() -> None:
    points = [no_fix(START), *east(list(range(20))), GpsPoint(0.0, 0.0, at(30)), GpsPoint(95.0, 0.0, at(31))]
    points += [GpsPoint(50.0, 30.0, at(5)), GpsPoint(51.0, 30.0, at(19.5)), GpsPoint(50.0, 30.0)]
    track = cleaned(points)
    assert done(track) == {"no_fix": 1, "off_globe": 2, "no_time": 1, "same_moment": 1, "jump": 1}
    assert track.removed == 6 == len(points) - len(track.points)


def test_a_spike_comes_back_and_a_jump_does_not() -> None:
    points = east(list(range(10)))
    points[4] = Fix(50.5, 30.0, at(4))
    assert done(cleaned(points)) == {"spike": 1}
    away = [*east(list(range(10))), *east([10, 11], lon=35.0)]
    assert done(cleaned(away)) == {"jump": 2}


def test_a_speed_that_no_car_has_goes_and_its_place_stays() -> None:
    points = east(list(range(5)), speed=5.0)
    points[2] = Fix(50.0, 30.00014, at(2), speed=9000.0)
    track = cleaned(points)
    assert done(track) == {"impossible_speed": 1}
    assert track.points[2].speed == pytest.approx(5.0, abs=0.1)


def test_stale_rows_go_by_the_recordings_length_where_there_is_nothing_better() -> None:
    stale = east([0, 1, 2], START - timedelta(hours=3))
    track = cleaned([*stale, *east(list(range(60)))], duration=60.0)
    assert done(track) == {"stale": 3}
    assert track.started_at == START


def test_stale_rows_of_the_minute_before_go_by_their_second_in_the_video() -> None:
    stale = [Fix(50.0, 30.0, at(s - 40), seconds=float(s)) for s in range(3)]
    true = [Fix(50.0, 30.0 + 0.00007 * s, at(s), seconds=float(s)) for s in range(3, 60)]
    assert done(cleaned([*stale, *true], duration=60.0)) == {"stale": 3}


def test_a_log_of_a_whole_day_loses_nothing_when_no_length_is_known() -> None:
    day = [*east([0, 1, 2]), *east([0, 1, 2], START + 5 * HOUR)]
    assert len(cleaned(day).points) == 6


def test_a_stale_ring_buffer_in_a_recording(tmp_path: Path) -> None:
    found = read(tmp_path, FIXTURES["fault_stale_buffer.mp4"])
    assert steps(found) == {"stale": 3}
    assert found.start.at == START


def test_rows_in_local_time_are_shifted_when_container_and_sun_agree(tmp_path: Path) -> None:
    found = read(tmp_path, FIXTURES["fault_local_clock.mp4"])
    assert steps(found) == {"zone_shift": 10}
    assert found.track is not None
    assert found.track.started_at == found.start.at == START
    assert "+2 h" in found.steps[0].note


def test_a_container_in_local_time_does_not_move_rows_that_bear_utc(tmp_path: Path) -> None:
    found = read(tmp_path, listed([novatek_block(row) for row in range(10)], created=START + 2 * HOUR))
    assert found.track is not None
    assert found.track.started_at == START
    assert "the rows bear UTC" in found.steps[0].note


def test_a_difference_that_the_longitude_does_not_explain_moves_nothing(tmp_path: Path) -> None:
    blocks = [novatek_block(row, start=START + 9 * HOUR) for row in range(10)]
    found = read(tmp_path, listed(blocks, created=START))
    assert found.track is not None
    assert found.track.started_at == START + 9 * HOUR
    assert "left as it is" in found.steps[0].note


def test_near_greenwich_an_hour_cannot_be_told_from_its_opposite(tmp_path: Path) -> None:
    points = [Fix(51.5, -0.1 + 0.00007 * s, at(s, START + HOUR), float(s)) for s in range(10)]
    track = cleaned(points, created_at=START, duration=10.0, own_clock=True)
    assert track.started_at == START + HOUR
    assert "left as it is" in track.steps[0].note


def test_rows_of_a_receiver_are_utc_whatever_the_container_says() -> None:
    track = cleaned(east(list(range(10))), created_at=START - 2 * HOUR, duration=10.0)
    assert (track.started_at, track.steps) == (START, ())


def test_a_clock_that_jumps_by_a_zone_at_the_first_fix(tmp_path: Path) -> None:
    found = read(tmp_path, FIXTURES["fault_cold_start.mp4"])
    assert steps(found) == {"no_fix": 4, "zone_shift": 8}
    assert found.start.at == START  # four seconds before the first fix
    utc_after = [viofo_block(row, b"V00", START + 2 * HOUR) for row in range(4)] + [viofo_block(r) for r in range(4, 9)]
    found = read(tmp_path, in_boxes(utc_after))
    assert found.start.at == START
    assert "zone_shift" not in steps(found)


@pytest.mark.parametrize("year", [1970, 1980, 2000, 2015])
def test_times_of_a_clock_that_was_never_set_go_and_the_containers_is_taken(tmp_path: Path, year: int) -> None:
    start = datetime(max(year, 2000), 1, 1, tzinfo=UTC)
    found = read(tmp_path, listed([novatek_block(row, start=start) for row in range(10)]))
    assert steps(found) == {"clock_reset": 10, "time_from_start": 10}
    assert found.start.source == "container"
    assert found.track is not None
    assert [point.time for point in found.track.points] == [at(s) for s in range(10)]


def test_a_few_rows_of_a_reset_clock_get_their_times_from_the_others() -> None:
    reset = [Fix(50.0, 30.0 + 0.00007 * s, at(s, datetime(1980, 1, 6, tzinfo=UTC)), seconds=float(s)) for s in range(3)]
    true = [Fix(50.0, 30.0 + 0.00007 * s, at(s), seconds=float(s)) for s in range(3, 20)]
    track = cleaned([*reset, *true])
    assert done(track) == {"clock_reset": 3, "time_from_video": 3}
    assert [point.time for point in track.points] == [at(s) for s in range(20)]


def test_a_receiver_whose_weeks_ran_over_is_set_right() -> None:
    track = cleaned(east(list(range(10)), START - timedelta(weeks=1024)), created_at=START)
    assert done(track) == {"clock_reset": 10}
    assert track.started_at == START


def test_a_camera_that_never_had_a_fix_says_so(tmp_path: Path) -> None:
    found = read(tmp_path, FIXTURES["fault_never_fixed.mp4"])
    assert (found.verdict, found.track, steps(found)) == ("no fix", None, {"no_fix": 10})


def test_a_recording_cut_off_before_its_index_still_gives_its_blocks(tmp_path: Path) -> None:
    found = read(tmp_path, FIXTURES["fault_cut_off.mp4"])
    assert found.track is not None
    assert len(found.track.points) == 10


def test_numbers_that_are_none_do_no_harm() -> None:
    nan, inf = float("nan"), float("inf")
    points = [Fix(nan, 1.0, START), Fix(50.0, 30.0, at(1), speed=nan, heading=inf), Fix(inf, inf, at(2))]
    track = cleaned([*points, *east([3, 4])])
    assert len(track.points) == 3
    assert all(point.heading is None or 0 <= point.heading < 360 for point in track.points)
