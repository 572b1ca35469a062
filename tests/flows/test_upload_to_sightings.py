from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from sightings import said
from sightings.models import ProcessingRun, Segment, Sighting, UploadState
from sightings.storage import upload_file
from tests.flows.colored import CARS
from tests.flows.gpx import LAT, START, STEP, write_gpx

pytestmark = pytest.mark.django_db


def test_every_car_of_a_film_becomes_one_sighting_though_cuts_cross_them(bring_in: Any, film: Path) -> None:
    upload = bring_in(film)
    assert upload.state == UploadState.DONE
    seen = list(Sighting.objects.filter(trip=upload.trip).order_by("plate_raw"))
    assert [row.plate_raw for row in seen] == sorted(car.text for car in CARS)
    for row in seen:
        car = next(car for car in CARS if car.text == row.plate_raw)
        assert row.first_seen_s == pytest.approx(car.start, abs=0.2)
        assert row.last_seen_s == pytest.approx(car.end, abs=0.2)
        assert row.reads_count == row.observations.count() > 5
        assert default_storage.exists(row.crop)
        assert default_storage.exists(row.context)
        assert row.plate is not None
        assert row.plate.text == row.plate_raw


def test_the_run_and_the_trip_end_as_done(bring_in: Any, film: Path) -> None:
    upload = bring_in(film)
    run = ProcessingRun.objects.get(video=upload.video)
    assert (run.state, run.progress, run.is_current, run.model_version) == ("done", 1.0, True, "colors@1")
    assert run.started_at is not None
    assert run.finished_at is not None
    assert run.timings["detect"] > 0
    assert [segment.index for segment in Segment.objects.filter(run=run, state="done")] == [0, 1, 2]
    assert upload.trip.state == "done"


def test_the_video_and_its_picture_are_kept_and_the_uploaded_bytes_are_not(bring_in: Any, film: Path) -> None:
    upload = bring_in(film, name="front.mp4")
    assert upload.path == ""
    assert not list(upload_file("x").parent.iterdir())
    assert Path(upload.video.file.path).read_bytes() == film.read_bytes()
    assert default_storage.exists(str(upload.video.poster))


def test_findings_say_what_the_file_is(bring_in: Any, film: Path) -> None:
    findings = bring_in(film).findings
    assert findings["probe"]["width"] == 480
    assert findings["probe"]["codec"] == "h264"
    assert findings["segments"] == 3
    assert findings["start"]["source"] in ("container", "upload")
    assert findings["gps"]["found"] is False
    assert "No GPS found" in said.say(findings["gps"]["message"])


def test_sightings_get_time_and_place_from_a_track_uploaded_with_the_video(
    bring_in: Any, send: Any, film: Path, tmp_path: Path
) -> None:
    track = bring_in(write_gpx(tmp_path / "drive.gpx"), batch="b1")
    assert "will be used when one arrives" in said.say(track.findings["notes"][0])
    upload = bring_in(film, batch="b1")
    track.refresh_from_db()
    assert track.findings["attached_to"] == ["drive.mp4"]
    assert "notes" not in track.findings
    assert upload.findings["gps"] == {"found": True, "points": 19, "source": "gpx", "name": "drive.gpx"}
    assert upload.video.started_at == START
    assert upload.video.time_source == "gps"
    for row in Sighting.objects.filter(trip=upload.trip):
        assert row.seen_at is not None
        assert (row.seen_at - START).total_seconds() == pytest.approx(row.best_s, abs=0.001)
        assert row.lat == pytest.approx(LAT + STEP * row.best_s, abs=1e-6)
        assert row.gps_source == "gpx"
        assert row.h3_r7 is not None
        assert row.h3_r9 is not None
    assert upload.trip.distance_m == pytest.approx(18 * STEP * 111_195, rel=0.01)


def test_a_track_that_comes_after_its_video_stamps_the_sightings_anew(
    bring_in: Any, film: Path, tmp_path: Path
) -> None:
    upload = bring_in(film, batch="b1")
    assert not Sighting.objects.exclude(lat=None).exists()
    late = bring_in(write_gpx(tmp_path / "positions.gpx"), batch="b1")
    assert late.video == upload.video
    assert late.findings["attached_to"] == ["drive.mp4"]
    assert not Sighting.objects.filter(lat=None).exists()
    upload.refresh_from_db()
    assert upload.findings["gps"]["found"] is True
    assert upload.video.started_at == START
    assert upload.trip.started_at == START


def test_reading_it_all_again_changes_nothing(bring_in: Any, film: Path) -> None:
    from sightings.processing.merge import merge_run

    upload = bring_in(film)
    before = list(Sighting.objects.order_by("key").values())
    run = ProcessingRun.objects.get(video=upload.video)
    ProcessingRun.objects.filter(pk=run.pk).update(state="merging")
    merge_run(run.pk)
    assert list(Sighting.objects.order_by("key").values()) == before
