from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recognition.types import VideoInfo
from sightings.models import TimeSource, Vehicle
from sightings.processing.clock import UPLOAD_UNCERTAINTY_S, from_name, start_of

BROUGHT_IN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEVEN = datetime(2026, 3, 1, 7, 0, 0, tzinfo=UTC)


def info(created_at: datetime | None = None, duration: float = 60.0) -> VideoInfo:
    return VideoInfo(duration, 30.0, 1920, 1080, 0, "h264", "mov,mp4", created_at)


@pytest.mark.parametrize(
    "name",
    ["20260301_070000.mp4", "2026-03-01_07-00-00_front.mp4", "2026_0301_070000_012F.MP4", "NO20260301-070000-001.mp4",
     "20260301070000.mov", "2026-03-01 07.00.00.mkv", "REC2026-03-01T07:00:00.ts"],
)  # fmt: skip
def test_the_time_in_a_file_s_name_is_read_however_cameras_write_it(name: str) -> None:
    assert from_name(name, None) == SEVEN


@pytest.mark.parametrize("name", ["drive.mp4", "20261301_070000.mp4", "120260301_0700001234.mp4", "IMG_2026.mp4"])
def test_other_digits_are_no_time(name: str) -> None:
    assert from_name(name, None) is None


def test_a_camera_s_clock_is_read_in_its_vehicle_s_zone_and_set_right_by_its_offset() -> None:
    van = Vehicle(name="Van", time_zone="Europe/Bucharest", clock_offset_s=-30)
    start = start_of(info(SEVEN), filename="a.mp4", vehicle=van, track=None, uploaded_at=BROUGHT_IN)
    assert start.at == datetime(2026, 3, 1, 4, 59, 30, tzinfo=UTC)
    assert start.source == TimeSource.CONTAINER


def test_a_container_s_time_may_be_the_end_and_then_the_name_tells() -> None:
    end = SEVEN + timedelta(seconds=60)
    start = start_of(info(end), filename="20260301_070000.mp4", vehicle=None, track=None, uploaded_at=BROUGHT_IN)
    assert (start.at, start.source) == (SEVEN, TimeSource.CONTAINER)
    assert start.uncertainty_s < 10


def test_a_container_s_time_alone_may_be_off_by_the_length_of_the_video() -> None:
    start = start_of(info(SEVEN), filename="a.mp4", vehicle=None, track=None, uploaded_at=BROUGHT_IN)
    assert start.uncertainty_s >= 60


def test_without_any_clock_the_upload_s_time_stands_in_and_says_how_little_it_knows() -> None:
    start = start_of(info(), filename="a.mp4", vehicle=None, track=None, uploaded_at=BROUGHT_IN)
    assert (start.at, start.source) == (BROUGHT_IN - timedelta(seconds=60), TimeSource.UPLOAD)
    assert start.uncertainty_s == UPLOAD_UNCERTAINTY_S
