"""Moving a trip's clock, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from recognition.telemetry.track import Track as Positions
from recognition.types import GpsPoint
from sightings.errors import (
    AlreadyUndone,
    ClockUnusable,
    NotAllowed,
    TrackElsewhere,
    UndoLaterFirst,
)
from sightings.models import AuditEntry, Plate, Sighting, Track, Trip, TripEdit, Upload, User, Video
from sightings.services import tracks
from sightings.services.places import refresh_trip_span, restamp
from sightings.services.plates import refresh_spans
from sightings.services.trip_clock import replace_track, shift_trip
from sightings.services.trip_undo import undo_edit
from tests.factories import NOON, make_run, make_sighting, make_video

pytestmark = pytest.mark.django_db
LAT, LON, STEP = 44.4, 26.1, 0.0001  # due north, STEP degrees a second


def northward(*, first: int = -600, last: int = 600, lon: float = LON) -> Positions:
    """A drive with one point a second, that is at LAT at noon."""
    points = (GpsPoint(LAT + STEP * s, lon, NOON + timedelta(seconds=s)) for s in range(first, last + 1))
    return Positions(tuple(points), "gpx")


@pytest.fixture
def sidecar(trip: Trip, alice: User) -> Upload:
    return Upload.objects.create(
        fleet=trip.fleet, user=alice, filename="drive.gpx", size=0, kind="telemetry", state="done"
    )


@pytest.fixture
def seen(trip: Trip) -> Sighting:
    """Two clips of a minute, each with a sighting; the first one's is returned."""
    sightings = []
    for minute in range(2):
        video = make_video(trip, started_at=NOON + timedelta(minutes=minute), time_source="container")
        sightings.append(make_sighting(make_run(video), f"B0{minute}AAA"))
        restamp(video)
    refresh_trip_span(trip)
    return Sighting.objects.get(pk=sightings[0].pk)


@pytest.fixture
def on_track(seen: Sighting, sidecar: Upload) -> Sighting:
    """The same, with the positions of a GPX file laid over both."""
    tracks.keep(sidecar, northward())
    for video in Video.objects.all():
        tracks.lay(video, northward(), "drive.gpx", sidecar)
        restamp(video)
    refresh_trip_span(seen.trip)
    return again(seen)


def again(sighting: Sighting) -> Sighting:
    return Sighting.objects.get(pk=sighting.pk)


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Everything that a trip's time and place is made of, but for when rows were last touched."""
    kinds: tuple[Any, ...] = (Trip, Video, Track, Sighting, Plate)
    rows = {kind.__name__: list(kind._default_manager.order_by("pk").values()) for kind in kinds}
    for row in (row for kind in rows.values() for row in kind):
        row.pop("updated_at", None)
    return rows


def test_a_shift_moves_the_trip_its_videos_and_its_sightings(seen: Sighting, bob: User) -> None:
    shift_trip(trip=seen.trip, user=bob, seconds=3600.0)
    hour = timedelta(hours=1)
    trip = Trip.objects.get()
    assert (trip.started_at, trip.ended_at) == (NOON + hour, NOON + hour + timedelta(minutes=2))
    assert [video.started_at for video in Video.objects.order_by("pk")] == [NOON + hour, NOON + hour * 61 / 60]
    assert again(seen).seen_at == NOON + hour + timedelta(seconds=12)
    for rows in (Trip.objects, Video.objects, Sighting.objects):
        assert set(rows.values_list("time_source", flat=True)) == {"person"}
    assert Plate.objects.get(text="B00AAA").first_seen == NOON + hour + timedelta(seconds=12)
    assert AuditEntry.objects.get(action="trip.shifted").detail["seconds"] == 3600.0


def test_a_shift_keeps_the_uncertainty_unless_one_is_given(seen: Sighting, bob: User) -> None:
    Video.objects.update(time_uncertainty_s=4.0)
    shift_trip(trip=seen.trip, user=bob, seconds=-7200.0)
    assert again(seen).time_uncertainty_s == 4.0
    shift_trip(trip=seen.trip, user=bob, seconds=1.5, uncertainty_s=0.5)
    assert again(seen).time_uncertainty_s == Trip.objects.get().time_uncertainty_s == 0.5


def test_a_start_that_a_person_types_is_not_a_day_off(seen: Sighting, bob: User) -> None:
    Video.objects.update(time_uncertainty_s=86_400.0, time_source="upload")
    shift_trip(trip=seen.trip, user=bob, start=NOON - timedelta(days=3))
    assert again(seen).seen_at == NOON - timedelta(days=3) + timedelta(seconds=12)
    assert again(seen).time_uncertainty_s == 60.0


def test_positions_of_a_file_with_its_own_clock_are_laid_anew(on_track: Sighting, bob: User) -> None:
    assert on_track.lat == pytest.approx(LAT + 12 * STEP)
    shift_trip(trip=on_track.trip, user=bob, seconds=30.0)
    moved = again(on_track)
    assert moved.lat == pytest.approx(LAT + 42 * STEP)
    assert moved.h3_r9 != on_track.h3_r9
    assert moved.gps_source == "gpx"


def test_positions_stay_with_the_picture_if_that_is_asked_for(on_track: Sighting, bob: User) -> None:
    shift_trip(trip=on_track.trip, user=bob, seconds=3600.0, keep_positions=True)
    shift_trip(trip=on_track.trip, user=bob, seconds=30.0)
    assert again(on_track).lat == on_track.lat
    assert Track.objects.first().started_at == NOON + timedelta(seconds=3625)  # type: ignore[union-attr]


def test_positions_that_the_camera_recorded_stay_with_the_picture(on_track: Sighting, bob: User) -> None:
    Track.objects.update(sidecar=None)
    shift_trip(trip=on_track.trip, user=bob, seconds=30.0)
    assert again(on_track).lat == on_track.lat


def test_a_shift_that_would_leave_no_position_is_refused_and_changes_nothing(on_track: Sighting, bob: User) -> None:
    before = all_rows()
    with pytest.raises(TrackElsewhere, match="Keep the positions"):
        shift_trip(trip=on_track.trip, user=bob, seconds=7200.0)
    assert all_rows() == before


EARLIER = NOON - timedelta(minutes=6)


@pytest.mark.parametrize("how", [{"seconds": 90.25}, {"seconds": -5.0, "uncertainty_s": 1.0}, {"start": EARLIER}])
def test_undo_brings_back_every_bit(how: dict[str, Any], on_track: Sighting, bob: User) -> None:
    Trip.objects.update(started_at=NOON + timedelta(microseconds=123_457))  # as something odd left it
    Video.objects.update(started_at=NOON + timedelta(microseconds=7))
    Sighting.objects.filter(pk=on_track.pk).update(lat=44.123456789012345, seen_at=NOON, accuracy_m=0.1 + 0.2)
    refresh_spans(Plate.objects.values_list("pk", flat=True))
    before = all_rows()
    edit = shift_trip(trip=on_track.trip, user=bob, **how)
    assert all_rows() != before
    undo_edit(edit=edit, user=bob)
    assert all_rows() == before


def test_the_latest_act_is_undone_first_and_each_once(seen: Sighting, bob: User) -> None:
    before = all_rows()
    first, second = (shift_trip(trip=seen.trip, user=bob, seconds=60.0) for _ in range(2))
    with pytest.raises(UndoLaterFirst):
        undo_edit(edit=first, user=bob)
    undo_edit(edit=second, user=bob)
    with pytest.raises(AlreadyUndone):
        undo_edit(edit=second, user=bob)
    undo_edit(edit=first, user=bob)
    assert all_rows() == before


@pytest.mark.parametrize(
    "how",
    [{}, {"seconds": 0.0}, {"seconds": 5e9}, {"seconds": 1.0, "start": NOON}, {"seconds": 1.0, "uncertainty_s": -1.0}],
)
def test_a_shift_that_says_nothing_or_too_much_is_refused(how: dict[str, Any], seen: Sighting, bob: User) -> None:
    with pytest.raises(ClockUnusable):
        shift_trip(trip=seen.trip, user=bob, **how)


def test_a_viewer_neither_shifts_nor_undoes(seen: Sighting, bob: User, dora: User) -> None:
    edit = shift_trip(trip=seen.trip, user=bob, seconds=1.0)
    with pytest.raises(NotAllowed):
        shift_trip(trip=seen.trip, user=dora, seconds=1.0)
    with pytest.raises(NotAllowed):
        undo_edit(edit=edit, user=dora)


def test_another_track_is_laid_over_all_videos_by_their_clocks(on_track: Sighting, sidecar: Upload, bob: User) -> None:
    before = all_rows()
    edit = replace_track(trip=on_track.trip, user=bob, sidecar=sidecar, positions=northward(lon=27.0))
    assert {row.lon for row in Sighting.objects.all()} == {27.0}
    assert again(on_track).seen_at == on_track.seen_at
    assert edit.detail == {"name": "drive.gpx", "videos": 2, "points": 1201}
    undo_edit(edit=edit, user=bob)
    assert all_rows() == before


def test_a_track_that_covers_one_clip_leaves_the_other_without_a_place(
    on_track: Sighting, sidecar: Upload, bob: User
) -> None:
    before = all_rows()
    edit = replace_track(trip=on_track.trip, user=bob, sidecar=sidecar, positions=northward(last=40, lon=27.0))
    assert [row.lon for row in Sighting.objects.order_by("pk")] == [27.0, None]
    undo_edit(edit=edit, user=bob)
    assert all_rows() == before


def test_a_track_from_another_day_is_refused_with_both_times(on_track: Sighting, sidecar: Upload, bob: User) -> None:
    before = all_rows()
    with pytest.raises(TrackElsewhere, match=r"12:16:40.*2026-05-01 12:00:00"):
        replace_track(trip=on_track.trip, user=bob, sidecar=sidecar, positions=northward(first=1000, last=1100))
    assert all_rows() == before
    assert not TripEdit.objects.exists()
