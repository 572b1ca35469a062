"""A camera that writes its way into the video: the trip has a map without any other file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sightings import said
from sightings.models import Sighting
from tests.flows.gpx import START, write_gpx
from tests.recognition.telemetry import cameras, containers

pytestmark = pytest.mark.django_db


def with_positions(film: Path, folder: Path, status: bytes = b"A") -> Path:
    """The film and behind it a block of the camera's a second; a camera has them between the pictures, which only
    moves the start."""
    path = folder / "inside.mp4"
    blocks = [containers.box(b"free", cameras.novatek_block(row, status=status + b"NE")) for row in range(18)]
    path.write_bytes(film.read_bytes() + b"".join(blocks))
    return path


def test_the_way_inside_a_video_gives_its_sightings_time_and_place(bring_in: Any, film: Path, tmp_path: Path) -> None:
    upload = bring_in(with_positions(film, tmp_path))
    assert upload.findings["gps"]["found"] is True
    assert "Novatek" in upload.findings["gps"]["name"]
    assert upload.video.time_source == "gps"
    placed = [row for row in Sighting.objects.filter(trip=upload.trip) if row.lat is not None]
    assert placed
    for row in placed:
        assert row.seen_at is not None
        assert row.lat == pytest.approx(cameras.LAT, abs=1e-4)
        second = (row.seen_at - containers.START).total_seconds()
        assert row.lon == pytest.approx(cameras.LON + cameras.STEP * second, abs=1e-4)


def test_a_camera_without_reception_is_named_as_that_and_not_as_a_failure(
    bring_in: Any, film: Path, tmp_path: Path
) -> None:
    upload = bring_in(with_positions(film, tmp_path, status=b"V"))
    assert upload.state == "done"
    assert upload.findings["gps"]["found"] is False
    assert "no reception" in said.say(upload.findings["gps"]["message"])


def test_a_track_uploaded_with_the_video_goes_before_the_one_inside(bring_in: Any, film: Path, tmp_path: Path) -> None:
    bring_in(write_gpx(tmp_path / "drive.gpx"), batch="b1")
    upload = bring_in(with_positions(film, tmp_path), batch="b1")
    assert upload.findings["gps"]["name"] == "drive.gpx"
    assert upload.video.started_at == START
