"""Which positions belong to which video, whatever the order in which they arrive."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sightings.models import Track, Upload
from sightings.processing.inspect import inspect_upload
from tests.flows.colored import CARS, draw_film
from tests.flows.gpx import START, write_gpx

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_film(tmp_path_factory.mktemp("short") / "short.mp4", seconds=5.0, cars=CARS[:1])


@pytest.fixture(scope="session")
def other_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_film(tmp_path_factory.mktemp("other") / "other.mp4", seconds=5.0, cars=CARS[3:4])


def source_of(upload: Upload) -> str:
    track = Track.objects.filter(video=upload.video).first()
    return track.source_name if track else ""


def test_a_track_of_the_same_name_is_found_although_it_came_alone(
    bring_in: Any, short_film: Path, tmp_path: Path
) -> None:
    bring_in(write_gpx(tmp_path / "drive1.gpx"), batch="a")
    assert source_of(bring_in(short_film, name="drive1.mp4", batch="b")) == "drive1.gpx"


def test_a_later_drive_of_the_same_name_leaves_the_earlier_one_alone(
    bring_in: Any, short_film: Path, other_film: Path, tmp_path: Path
) -> None:
    bring_in(write_gpx(tmp_path / "drive.gpx"), batch="monday")
    monday = bring_in(short_film, name="drive.mp4", batch="monday")
    bring_in(write_gpx(tmp_path / "drive.gpx", start=START + timedelta(days=1)), batch="tuesday")
    tuesday = bring_in(other_film, name="drive.mp4", batch="tuesday")
    monday.video.refresh_from_db()
    assert monday.video.started_at == START
    assert tuesday.video.started_at == START + timedelta(days=1)


def test_a_track_claimed_by_another_drive_is_not_taken_again(
    bring_in: Any, short_film: Path, other_film: Path, tmp_path: Path
) -> None:
    bring_in(write_gpx(tmp_path / "drive.gpx"), batch="monday")
    bring_in(short_film, name="drive.mp4", batch="monday")
    assert source_of(bring_in(other_film, name="drive.mp4", batch="tuesday")) == ""


def test_one_track_serves_every_clip_of_its_batch_whose_clock_lies_in_it(
    bring_in: Any, short_film: Path, other_film: Path, tmp_path: Path
) -> None:
    bring_in(write_gpx(tmp_path / "drive.gpx", seconds=20), batch="b")
    first = bring_in(short_film, name="20260301_070001.mp4", batch="b")
    second = bring_in(other_film, name="20260301_070010.mp4", batch="b")
    assert source_of(first) == source_of(second) == "drive.gpx"
    assert second.video.started_at == START + timedelta(seconds=10)
    assert second.video.time_source == "file_name"


def test_a_track_of_one_clip_is_not_guessed_onto_another_that_has_no_clock(
    bring_in: Any, short_film: Path, other_film: Path, tmp_path: Path
) -> None:
    bring_in(write_gpx(tmp_path / "clip1.gpx"), batch="b")
    first = bring_in(short_film, name="clip1.mp4", batch="b")
    second = bring_in(other_film, name="clip2.mp4", batch="b")
    assert source_of(first) == "clip1.gpx"
    assert source_of(second) == ""


def test_a_track_from_another_day_is_not_laid_over_a_video_with_a_clock(
    bring_in: Any, short_film: Path, tmp_path: Path
) -> None:
    bring_in(write_gpx(tmp_path / "20250101_120000.gpx"), batch="a")
    upload = bring_in(short_film, name="20250101_120000.mp4", batch="b")
    assert source_of(upload) == ""
    assert upload.video.time_source == "file_name"


def test_clips_of_one_batch_that_follow_each_other_are_one_trip(
    bring_in: Any, short_film: Path, other_film: Path
) -> None:
    first = bring_in(short_film, name="20260301_070000.mp4", batch="b")
    second = bring_in(other_film, name="20260301_070100.mp4", batch="b")
    assert first.trip == second.trip
    second.trip.refresh_from_db()
    assert second.trip.started_at == START
    assert second.trip.ended_at == START + timedelta(seconds=65)


def test_a_trip_that_was_done_has_work_again_when_a_clip_joins_it(
    bring_in: Any, send: Any, short_film: Path, other_film: Path
) -> None:
    first = bring_in(short_film, name="20260301_070000.mp4", batch="b")
    assert first.trip.state == "done"
    inspect_upload(str(send(other_film, name="20260301_070100.mp4", batch="b").pk))
    first.trip.refresh_from_db()
    assert first.trip.state == "reading"


def test_clips_of_one_batch_that_are_hours_apart_are_two_trips(
    bring_in: Any, short_film: Path, other_film: Path
) -> None:
    first = bring_in(short_film, name="20260301_070000.mp4", batch="b")
    assert bring_in(other_film, name="20260301_090000.mp4", batch="b").trip != first.trip
