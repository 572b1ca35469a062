"""A trip that people change by hand while workers still read it, and clips of it that are still to come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sightings.models import ProcessingRun, Segment, Sighting, Track, Trip, Upload, User, Video
from sightings.processing.inspect import inspect_upload
from sightings.processing.merge import merge_run
from sightings.processing.read import read_segment
from sightings.services import uploads
from sightings.services.trip_clock import shift_trip
from sightings.services.trip_parts import merge_trips
from sightings.services.trip_undo import undo_edit
from tests.factories import make_trip
from tests.flows.colored import CARS, draw_film
from tests.flows.gpx import LAT, LON, START, STEP, write_gpx

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(scope="session")
def next_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_film(tmp_path_factory.mktemp("next") / "next.mp4", seconds=5.0, cars=CARS[:1])


@pytest.fixture
def half_read(send: Any, bring_in: Any, film: Path, tmp_path: Path) -> Trip:
    """A film on a GPX track, with the first of its three segments read and merged."""
    bring_in(write_gpx(tmp_path / "drive.gpx", seconds=60), batch="b")
    upload = send(film, name="20260301_070005.mp4", batch="b")
    inspect_upload(str(upload.pk))
    read_one()
    return Trip.objects.get()


def read_one() -> None:
    segment = Segment.objects.filter(state="queued").earliest("index")
    read_segment(segment.pk)
    merge_run(segment.run_id)


def stamps() -> dict[str, Any]:
    """When and where each car was seen, against the second of the film at which it was."""
    return {row.plate_raw: (row.best_s, row.seen_at, row.lat, row.time_source) for row in Sighting.objects.all()}


def send_track(trip: Trip, user: User, path: Path) -> Upload:
    with path.open("rb") as stream:
        size = path.stat().st_size
        upload = uploads.send_track(trip=trip, user=user, filename=path.name, size=size, stream=stream)
    inspect_upload(str(upload.pk))
    upload.refresh_from_db()
    return upload


def test_sightings_that_arrive_after_a_shift_have_the_moved_clock(half_read: Trip, bob: User) -> None:
    early = set(stamps())
    shift_trip(trip=half_read, user=bob, seconds=10.0)
    read_one()
    read_one()
    assert early < set(stamps())
    for best_s, seen_at, lat, source in stamps().values():
        assert seen_at == START + timedelta(seconds=15 + best_s)
        assert lat == pytest.approx(LAT + STEP * (15 + best_s), abs=1e-6)
        assert source == "person"


def test_undo_takes_the_sightings_that_arrived_since_back_as_well(half_read: Trip, bob: User) -> None:
    before = stamps()
    edit = shift_trip(trip=half_read, user=bob, seconds=10.0)
    read_one()
    undo_edit(edit=edit, user=bob)
    read_one()
    assert set(before) < set(stamps())
    for best_s, seen_at, lat, source in stamps().values():
        assert seen_at == START + timedelta(seconds=5 + best_s)
        assert lat == pytest.approx(LAT + STEP * (5 + best_s), abs=1e-6)
        assert source == "file_name"


def test_sightings_that_arrive_after_a_merge_are_in_the_merged_trip(half_read: Trip, bob: User) -> None:
    whole = make_trip(half_read.fleet)
    merge_trips(trip=whole, other=half_read, user=bob)
    read_one()
    read_one()
    assert len(stamps()) == len(CARS)
    assert set(Sighting.objects.values_list("trip", flat=True)) == {whole.pk}
    whole.refresh_from_db()
    assert (whole.state, ProcessingRun.objects.get().state) == ("done", "done")


def test_a_clip_that_comes_after_a_shift_joins_the_trip_with_the_same_clock(
    half_read: Trip, bring_in: Any, next_film: Path, bob: User
) -> None:
    edit = shift_trip(trip=half_read, user=bob, seconds=3600.0, keep_positions=True)
    upload = bring_in(next_film, name="20260301_070030.mp4", batch="b")
    late = Video.objects.get(pk=upload.video_id)
    assert (late.trip, late.started_at, late.time_source) == (half_read, START + HOUR + timedelta(seconds=30), "person")
    undo_edit(edit=edit, user=bob)
    late.refresh_from_db()
    assert (late.started_at, late.time_source, late.clock_shift_s) == (START + timedelta(seconds=30), "file_name", 0.0)
    for row in Sighting.objects.filter(video=late):
        assert row.seen_at == START + timedelta(seconds=30 + row.best_s)


def test_a_track_that_a_person_sends_takes_the_place_of_the_one_there(
    half_read: Trip, tmp_path: Path, bob: User
) -> None:
    before = list(Track.objects.values())
    other = write_gpx(tmp_path / "phone.gpx", seconds=60)
    other.write_text(other.read_text().replace(f'lon="{LON}"', 'lon="27.5"'))
    upload = send_track(half_read, bob, other)
    assert (upload.state, upload.trip, upload.findings["gps"]["points"]) == ("done", half_read, 61)
    read_one()
    assert set(Sighting.objects.values_list("lon", flat=True)) == {27.5}
    undo_edit(edit=half_read.edits.get(pk=upload.findings["edit"]), user=bob)
    assert list(Track.objects.values()) == before
    assert set(Sighting.objects.values_list("lon", flat=True)) == {LON}


@pytest.mark.parametrize(
    ("content", "code"), [("no track at all", "telemetry_unreadable"), ("another day", "track_elsewhere")]
)
def test_a_track_that_cannot_be_laid_changes_nothing_and_says_why(
    content: str, code: str, half_read: Trip, tmp_path: Path, bob: User
) -> None:
    before = stamps(), list(Track.objects.values())
    path = tmp_path / "phone.gpx"
    if code == "track_elsewhere":
        write_gpx(path, start=START + timedelta(days=1))
    else:
        path.write_text(content)
    upload = send_track(half_read, bob, path)
    assert (upload.state, upload.error_code) == ("failed", code)
    assert upload.error
    assert (stamps(), list(Track.objects.values())) == before
