"""When a recording began, by what there is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from recognition.telemetry import extract
from recognition.telemetry.clock import start_of
from recognition.telemetry.evidence import Evidence
from recognition.telemetry.filenames import PATTERNS, read_name
from recognition.telemetry.track import Track
from recognition.types import GpsPoint, VideoInfo
from tests.recognition.telemetry import cameras
from tests.recognition.telemetry.containers import START, mp4
from tests.recognition.telemetry.fixtures import FIXTURES

MINUTE = timedelta(minutes=1)


def test_positions_with_time_and_second_decide_before_everything_else() -> None:
    points = [GpsPoint(50.0, 30.0, START + timedelta(seconds=s), float(s)) for s in range(5, 60)]
    start = start_of(Track(tuple(points), "x"), Evidence(60, START + MINUTE))
    assert (start.at, start.source, start.uncertainty_s) == (START, "gps", 1.0)
    assert "the end of the recording" in start.why


def test_a_container_that_agrees_with_neither_end_is_said_to() -> None:
    points = [GpsPoint(50.0, 30.0, START + timedelta(seconds=s), float(s)) for s in range(60)]
    start = start_of(Track(tuple(points), "x"), Evidence(60, START + timedelta(minutes=7, seconds=20)))
    assert "neither" in start.why


def test_times_that_were_made_from_the_start_do_not_confirm_it(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(cameras.garmin())
    track = extract.read(path).track
    assert track is not None
    assert track.started_at == START
    info = VideoInfo(10.0, 30, 1280, 720, 0, "h264", "mp4", START)
    assert extract.align(track, info) == extract.align(None, info) == (START, "container", 12.0)


def test_a_file_that_was_renamed_is_read_by_what_its_camera_called_it(tmp_path: Path) -> None:
    path = tmp_path / "a7f3.part"
    path.write_bytes(mp4(b"vide", b"hev1", [b"x"] * 60, created=START + MINUTE))
    assert extract.read(path).start.uncertainty_s == 62
    start = extract.read(path, name="20260301_090000_NF.mp4").start
    assert (start.at, start.uncertainty_s) == (START, 4)


def test_a_cameras_own_clock_is_said_to_be_unconfirmed(tmp_path: Path) -> None:
    path = tmp_path / "clip.TS"
    path.write_bytes(FIXTURES["novatek.TS"])
    assert "nothing confirms" in extract.read(path).start.why
    path.write_bytes(FIXTURES["gopro_gps5.mp4"])
    assert "nothing confirms" not in extract.read(path).start.why


def test_disagreeing_positions_make_the_start_less_certain() -> None:
    points = [GpsPoint(50.0, 30.0, START + timedelta(seconds=s + 4 * (s % 3)), float(s)) for s in range(60)]
    assert start_of(Track(tuple(points), "x"), Evidence(60)).uncertainty_s > 5


@pytest.mark.parametrize("zone", [0, 2, -5, 5.75])
@pytest.mark.parametrize("at_end", [False, True])
def test_the_files_name_tells_whether_the_containers_time_is_the_start_or_the_end(zone: float, at_end: bool) -> None:
    created = START + (3 * MINUTE if at_end else timedelta(0))
    start = start_of(None, Evidence(180, created, START + timedelta(hours=zone)))
    assert (start.at, start.source) == (START, "container")
    assert start.uncertainty_s <= 4
    assert ("the end" in start.why) is at_end


def test_without_a_name_the_container_is_as_uncertain_as_the_recording_is_long() -> None:
    start = start_of(None, Evidence(180, START))
    assert (start.at, start.source, start.uncertainty_s) == (START, "container", 182.0)


def test_a_container_whose_clock_was_never_set_is_no_evidence() -> None:
    for year in (1970, 2000, 2015):
        start = start_of(None, Evidence(60, datetime(year, 1, 1, 0, 3, tzinfo=START.tzinfo), START))
        assert (start.at, start.source) == (START, "file_name")
        assert start.uncertainty_s >= 12 * 3600  # its zone is not known


def test_without_anything_nothing_is_claimed() -> None:
    start = start_of(None, Evidence())
    assert (start.at, start.source) == (None, "upload")


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.vendor)
def test_the_names_of_each_vendor_are_read(pattern: object) -> None:
    example = getattr(pattern, "example", "")
    named = read_name(example)
    assert named is not None
    assert (named.at, named.vendor) == (START, getattr(pattern, "vendor", ""))


@pytest.mark.parametrize(
    "name", ["GX010042.MP4", "20261399_070000.mp4", "19990101_000000.mp4", "clip.mp4", "12345678901234567890.mp4"]
)
def test_names_without_a_moment_give_none(name: str) -> None:
    assert read_name(name) is None
