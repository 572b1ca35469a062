from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recognition.errors import NoPositions, TelemetryUnreadable
from recognition.telemetry.extract import align, read_sidecar
from recognition.telemetry.track import Track
from recognition.types import GpsPoint, VideoInfo

START = datetime(2026, 3, 1, 7, tzinfo=UTC)


def video(created: datetime | None, duration: float = 60.0) -> VideoInfo:
    return VideoInfo(duration, 30, 1280, 720, 0, "h264", "mp4", created)


def track(first: float, last: float) -> Track:
    seconds = [first + i for i in range(int(last - first) + 1)]
    return Track(tuple(GpsPoint(44, 26 + s * 1e-5, START + timedelta(seconds=s)) for s in seconds), "gpx")


def test_a_creation_time_at_the_tracks_start_is_the_start_of_the_recording() -> None:
    assert align(track(0, 60), video(START + timedelta(seconds=1)))[:2] == (START + timedelta(seconds=1), "container")


def test_a_creation_time_at_the_tracks_end_is_the_end_of_the_recording() -> None:
    assert align(track(0, 60), video(START + timedelta(seconds=60)))[:2] == (START, "container")


def test_within_a_long_track_the_creation_time_is_taken_for_the_start_with_a_wide_uncertainty() -> None:
    started, source, uncertainty = align(track(-600, 600), video(START))
    assert (started, source) == (START, "container")
    assert uncertainty >= 60


def test_a_clock_that_is_hours_off_gives_way_to_the_track() -> None:
    assert align(track(0, 60), video(START + timedelta(hours=2))) == (START, "gps", 1.0)


def test_without_a_creation_time_the_tracks_first_point_is_the_start() -> None:
    assert align(track(0, 61), video(None)) == (START, "gps", 1.0)
    assert align(track(0, 300), video(None)) == (START, "gps", 30.0)


def test_without_a_track_the_creation_time_may_be_start_or_end() -> None:
    started, source, uncertainty = align(None, video(START))
    assert (started, source) == (START, "container")
    assert uncertainty >= 60


def test_without_anything_the_start_is_unknown() -> None:
    assert align(None, video(None))[:2] == (None, "upload")
    assert align(Track((GpsPoint(44, 26),), "gpx"), video(None))[0] is None


def test_sidecars_are_told_apart_by_content(tmp_path: Path) -> None:
    path = tmp_path / "odd.name"
    path.write_text('<gpx><trk><trkseg><trkpt lat="44" lon="26"/></trkseg></trk></gpx>')
    assert read_sidecar(path).source == "gpx"
    path.write_text("$GPRMC,070000,A,4424.0,N,02603.0,E,1,1,010326,,,A")
    assert read_sidecar(path).source == "nmea"


def test_anything_else_is_refused_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "x.gpx"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(TelemetryUnreadable, match="Export the track as GPX"):
        read_sidecar(path)


def test_points_that_are_not_on_the_globe_are_no_positions(tmp_path: Path) -> None:
    path = tmp_path / "x.gpx"
    path.write_text('<gpx><trk><trkseg><trkpt lat="0" lon="0"/><trkpt lat="100" lon="0"/></trkseg></trk></gpx>')
    with pytest.raises(NoPositions, match="on the globe"):
        read_sidecar(path)
