"""Recordings of real cameras, where ../shared/data is at hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from recognition.telemetry import extract
from tests.recognition.telemetry.fixtures import SHARED

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/telemetry is not here")

# name -> format, rows found, points left
EXPECTED = {
    "70mai_a810.txt": ("70mai", 50, 50),
    "blackvue.gps": ("blackvue", 9, 9),
    "garmin_pndm_synthetic.mp4": ("garmin", 5, 5),
    "gopro_hero5_gpmf.mp4": ("gopro", 36, 36),
    "gopro_karma_gpmf.mp4": ("gopro", 47, 47),
    "juscar.TS": ("ligo", 4, 0),
    "mivue.NMEA": ("nmea", 7, 7),
    "novatek_2e_drive_730.mp4": ("novatek", 3, 3),
    "thinkware_fseries_synthetic.mp4": ("thinkware", 10, 7),
    "vantrue_n2x.mp4": ("vantrue", 3, 3),
    "viofo_a119_mini2_coldstart.mp4": ("viofo", 8, 2),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_cameras_rows_are_found(name: str) -> None:
    found = extract.read(SHARED / name, beside=False)
    assert (found.format, found.rows, len(found.track.points) if found.track else 0) == EXPECTED[name]


@pytest.mark.parametrize("name", ["no_gps_h264.mp4", "no_gps_hevc_hev1.mp4"])
def test_a_clip_without_gps_ends_as_no_gps_found(name: str) -> None:
    found = extract.read(SHARED / name)
    assert (found.verdict, found.notes) == ("no GPS found", ())


def test_gopros_own_drone_film_begins_when_its_container_says() -> None:
    found = extract.read(SHARED / "gopro_karma_gpmf.mp4")
    assert found.start.source == "gps"
    assert found.start.at is not None
    assert abs((found.start.at - datetime(2017, 4, 17, 19, 27, 57, tzinfo=UTC)).total_seconds()) < 1


def test_viofos_local_rows_are_brought_to_the_utc_of_its_cold_start() -> None:
    found = extract.read(SHARED / "viofo_a119_mini2_coldstart.mp4")
    assert [(step.name, step.rows) for step in found.steps][:2] == [("no_fix", 4), ("zone_shift", 4)]
    assert found.track is not None
    assert found.track.started_at == datetime(2026, 4, 6, 11, 22, 5, tzinfo=UTC)


def test_70mais_rows_agree_with_the_name_of_their_video_in_central_europe() -> None:
    found = extract.read(SHARED / "70mai_a810.txt")
    assert found.track is not None
    local = datetime(2026, 7, 12, 19, 55, 4, tzinfo=UTC)  # in the name, at 9° E in summer: UTC + 2
    assert found.track.started_at is not None
    assert 0 <= (local - found.track.started_at).total_seconds() - 2 * 3600 + 60 <= 60
