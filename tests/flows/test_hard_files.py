"""What people upload that is not a sound video: each ends in words that say what to do, and in a consistent log."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from sightings import said
from sightings.models import ProcessingRun, Sighting, Trip, Upload, UploadState, Video
from sightings.storage import upload_file
from tests.flows.gpx import write_empty_gpx, write_gpx

pytestmark = pytest.mark.django_db


def nothing_left_behind() -> bool:
    return not (Video.objects.exists() or Trip.objects.exists() or ProcessingRun.objects.exists())


def test_a_text_file_named_mp4_fails_kindly_and_leaves_nothing_behind(bring_in: Any, tmp_path: Path) -> None:
    path = tmp_path / "holiday.mp4"
    path.write_text("Dear diary, today I drove to the sea. " * 50)
    upload = bring_in(path)
    assert (upload.state, upload.error_code) == (UploadState.FAILED, "not_a_video")
    assert "holiday.mp4 is not a video" in said.say(upload.error)
    assert upload.path == ""
    assert not list(upload_file("x").parent.iterdir())
    assert nothing_left_behind()


def test_a_video_whose_index_was_cut_off_fails_kindly_and_can_be_tried_again(
    bring_in: Any, film: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    upload = bring_in(path)
    assert (upload.state, upload.error_code) == (UploadState.FAILED, "video_damaged")
    assert "cut.mp4 was cut off" in said.say(upload.error)
    assert upload.path != ""
    assert nothing_left_behind()


def test_a_video_with_a_cut_off_end_is_read_as_far_as_it_goes(bring_in: Any, film: Path, tmp_path: Path) -> None:
    import av

    path = tmp_path / "early.mp4"
    with av.open(str(film)) as source, av.open(str(path), "w", options={"movflags": "faststart"}) as copy:
        stream = copy.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    upload = bring_in(path)
    assert upload.state == UploadState.DONE
    assert upload.findings["probe"]["truncated"] is True
    (warning,) = upload.video.warnings
    assert warning["code"] == "cut_off"
    assert said.say(warning["message"]).startswith(
        "early.mp4 ends too early: its last 7 s are missing. What is there is read."
    )
    assert upload.findings["notes"] == [warning["message"]]
    assert Sighting.objects.filter(plate_raw="RED1001").exists()
    assert upload.trip.state == "done"


def test_an_empty_track_is_said_to_be_empty_and_its_video_goes_on_without(
    bring_in: Any, film: Path, tmp_path: Path
) -> None:
    track = bring_in(write_empty_gpx(tmp_path / "drive.gpx"), batch="b1")
    assert (track.state, track.error_code) == (UploadState.FAILED, "no_positions")
    assert "There are no positions in drive.gpx" in said.say(track.error)
    upload = bring_in(film, batch="b1")
    assert upload.state == UploadState.DONE
    assert upload.findings["gps"]["found"] is False
    assert upload.trip.state == "done"


def test_a_log_of_the_shock_sensor_is_no_failure(bring_in: Any, tmp_path: Path) -> None:
    """BlackVue writes one beside every clip, so every folder that is dropped has some."""
    path = tmp_path / "20260301_070000_N.3gf"
    path.write_bytes(b"".join(struct.pack(">Ihhh", 100 * i, 3, -128, 4) for i in range(60)))
    upload = bring_in(path)
    assert upload.state == UploadState.DONE
    assert said.say_all(upload.findings["notes"]) == [
        "20260301_070000_N.3gf is a log of the shock sensor, which holds no positions. Its .gps file has them."
    ]
    assert upload.path == ""


def test_a_second_upload_of_the_same_file_is_linked_not_doubled(bring_in: Any, film: Path) -> None:
    first = bring_in(film)
    again = bring_in(film, name="copy of drive.mp4")
    assert again.state == UploadState.DUPLICATE
    assert (again.video, again.trip) == (first.video, first.trip)
    assert again.findings["duplicate_of"] == "drive.mp4"
    assert again.path == ""
    assert Video.objects.count() == Trip.objects.count() == ProcessingRun.objects.count() == 1


def test_a_second_upload_of_the_same_track_has_nothing_new(bring_in: Any, film: Path, tmp_path: Path) -> None:
    gpx = write_gpx(tmp_path / "drive.gpx")
    bring_in(gpx, batch="b1")
    video = bring_in(film, batch="b1")
    again = bring_in(gpx, batch="b2", name="copy of drive.gpx")
    assert (again.state, again.error, again.trip) == (UploadState.DUPLICATE, "", video.trip)
    assert again.findings["duplicate_of"] == "drive.gpx"


def test_the_same_track_again_serves_a_film_that_came_without_it(bring_in: Any, film: Path, tmp_path: Path) -> None:
    gpx = write_gpx(tmp_path / "drive.gpx")
    bring_in(gpx, batch="b1")
    video = bring_in(film, batch="b2", name="front.mp4")
    assert video.findings["gps"]["found"] is False
    again = bring_in(gpx, batch="b2")
    assert (again.state, again.findings["attached_to"]) == (UploadState.DONE, ["front.mp4"])


def test_the_same_track_again_serves_a_film_that_comes_after_it(bring_in: Any, film: Path, tmp_path: Path) -> None:
    gpx = write_gpx(tmp_path / "drive.gpx")
    bring_in(gpx, batch="b1")
    again = bring_in(gpx, batch="b2")
    assert again.state == UploadState.DUPLICATE
    video = bring_in(film, batch="b2", name="front.mp4")
    assert video.findings["gps"]["found"] is True
    again.refresh_from_db()
    assert (again.state, again.findings["attached_to"]) == (UploadState.DONE, ["front.mp4"])
    assert "duplicate_of" not in again.findings


def test_an_upload_whose_bytes_are_gone_says_so(send: Any, film: Path) -> None:
    from sightings.processing.inspect import inspect_upload

    upload = send(film)
    upload_file(upload.path).unlink()
    inspect_upload(str(upload.pk))
    upload.refresh_from_db()
    assert (upload.state, upload.error_code) == (UploadState.FAILED, "bytes_gone")


def test_a_file_with_a_strange_name_is_told_apart_by_its_content(bring_in: Any, film: Path) -> None:
    assert bring_in(film, name="20260301_070000.bin").state == UploadState.DONE
    upload = Upload.objects.get()
    assert upload.findings["start"]["source"] == "file_name"
    assert upload.findings["start"]["at"] == "2026-03-01T07:00:00+00:00"
