"""Two trips become one, one becomes two, and both are taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sightings.errors import NotAllowed, NotMergeable, NotSplittable, TripGone
from sightings.models import AuditEntry, Correction, Flag, Sighting, Trip, TripEdit, Upload, User, Video
from sightings.processing.states import refresh_trip
from sightings.services.places import refresh_trip_span, restamp
from sightings.services.reviews import correct_sighting, flag_sighting
from sightings.services.trip_clock import shift_trip
from sightings.services.trip_parts import merge_trips, split_trip
from sightings.services.trip_undo import undo_edit
from tests.factories import NOON, make_run, make_sighting, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
KINDS: tuple[Any, ...] = (Trip, Video, Sighting, Correction, Flag, Upload)


def fill(trip: Trip, user: User, *, minutes: range) -> Trip:
    """A clip a minute, each with a sighting on which people said something, and the upload it came by."""
    for minute in minutes:
        video = make_video(trip, started_at=NOON + minute * MINUTE)
        sighting = make_sighting(make_run(video), f"B{10 + minute}AAA")
        restamp(video)
        Upload.objects.create(
            fleet=trip.fleet, user=user, filename="a.mp4", size=0, state="done", video=video, trip=trip
        )
        correct_sighting(sighting=sighting, user=user, text=f"B{10 + minute}AAB")
        flag_sighting(sighting=sighting, user=user, reason="other")
    refresh_trip_span(trip)
    return trip


@pytest.fixture
def first(trip: Trip, bob: User) -> Trip:
    return fill(trip, bob, minutes=range(2))


@pytest.fixture
def second(first: Trip, bob: User) -> Trip:
    return fill(make_trip(first.fleet, vehicle=first.vehicle, name="Later"), bob, minutes=range(10, 12))


def all_rows() -> dict[str, list[dict[str, Any]]]:
    rows = {kind.__name__: list(kind._default_manager.order_by("pk").values()) for kind in KINDS}
    for row in (row for kind in rows.values() for row in kind):
        row.pop("updated_at", None)
    return rows


def trips_of(kind: type[Any]) -> set[int]:
    return set(kind.objects.values_list("trip", flat=True))


def test_a_merged_trip_holds_all_that_hung_on_the_other(first: Trip, second: Trip, bob: User) -> None:
    merge_trips(trip=first, other=second, user=bob)
    assert all(trips_of(kind) == {first.pk} for kind in KINDS[1:])
    first.refresh_from_db()
    assert (first.name, first.started_at, first.ended_at) == ("Morning drive", NOON, NOON + 12 * MINUTE)
    assert list(Trip.objects.visible_to(bob)) == [first]
    assert AuditEntry.objects.get(action="trip.merged").detail["other"] == second.pk


def test_undoing_a_merge_gives_each_trip_its_own_back(first: Trip, second: Trip, bob: User) -> None:
    before = all_rows()
    undo_edit(edit=merge_trips(trip=first, other=second, user=bob), user=bob)
    assert all_rows() == before


def test_a_trip_that_is_still_read_is_no_running_job_any_more_once_it_is_merged(
    first: Trip, second: Trip, bob: User
) -> None:
    Trip.objects.filter(pk=second.pk).update(state="reading")
    edit = merge_trips(trip=first, other=Trip.objects.get(pk=second.pk), user=bob)
    second.refresh_from_db()
    assert second.state == "done"
    undo_edit(edit=edit, user=bob)
    second.refresh_from_db()
    assert second.state == "reading"


def test_a_clip_that_came_after_the_merge_stays_where_it_came_to(first: Trip, second: Trip, bob: User) -> None:
    edit = merge_trips(trip=first, other=second, user=bob)
    late = make_video(first, started_at=NOON + 30 * MINUTE)
    undo_edit(edit=edit, user=bob)
    late.refresh_from_db()
    first.refresh_from_db()
    assert (late.trip_id, first.ended_at) == (first.pk, NOON + 31 * MINUTE)
    assert second.videos.count() == 2


def test_trips_of_two_vehicles_or_fleets_and_a_trip_with_itself_are_not_merged(
    first: Trip, second: Trip, southgate: Any, bob: User
) -> None:
    Trip.objects.filter(pk=second.pk).update(vehicle=make_vehicle(first.fleet, "Van 2"))
    for other in (Trip.objects.get(pk=second.pk), make_trip(southgate), first):
        with pytest.raises(NotMergeable):
            merge_trips(trip=first, other=other, user=bob)


def test_a_trip_that_was_merged_is_not_merged_again(first: Trip, second: Trip, bob: User) -> None:
    third = make_trip(first.fleet, vehicle=first.vehicle)
    merge_trips(trip=first, other=second, user=bob)
    with pytest.raises(TripGone):
        merge_trips(trip=third, other=second, user=bob)


def test_a_split_takes_the_later_clips_with_all_that_hangs_on_them(first: Trip, bob: User) -> None:
    edit = split_trip(trip=first, user=bob, at=NOON + MINUTE)
    other = edit.other
    assert other is not None
    first.refresh_from_db()
    assert (other.name, other.vehicle, other.started_at, other.ended_at) == (
        "Morning drive, part 2", first.vehicle, NOON + MINUTE, NOON + 2 * MINUTE,
    )  # fmt: skip
    assert first.ended_at == NOON + MINUTE
    for kind in KINDS[1:]:
        assert kind._default_manager.filter(trip=first).count() == kind._default_manager.filter(trip=other).count() == 1


def test_a_rear_clip_that_begins_a_moment_earlier_goes_with_its_front_clip(first: Trip, bob: User) -> None:
    rear = make_video(first, started_at=NOON + MINUTE - timedelta(seconds=1.5), camera="rear")
    edit = split_trip(trip=first, user=bob, at=NOON + MINUTE)
    rear.refresh_from_db()
    assert rear.trip_id == edit.other_id


def test_undoing_a_split_makes_one_trip_of_it_again(first: Trip, bob: User) -> None:
    before = all_rows()
    edit = split_trip(trip=first, user=bob, at=NOON + MINUTE)
    undo_edit(edit=edit, user=bob)
    after = all_rows()
    assert after["Trip"].pop()["merged_into_id"] == first.pk
    assert after == before
    assert list(Trip.objects.visible_to(bob)) == [first]


def test_what_was_done_to_a_part_is_undone_before_the_split(first: Trip, bob: User) -> None:
    before = all_rows()
    split = split_trip(trip=first, user=bob, at=NOON + MINUTE)
    assert split.other is not None
    shift = shift_trip(trip=split.other, user=bob, seconds=5.0)
    for edit in (shift, split):
        undo_edit(edit=edit, user=bob)
    assert all_rows()["Sighting"] == before["Sighting"]


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_split_that_would_leave_one_part_empty_is_refused(minutes: int, first: Trip, bob: User) -> None:
    with pytest.raises(NotSplittable):
        split_trip(trip=first, user=bob, at=NOON + minutes * MINUTE)


def test_each_part_is_as_far_as_its_own_videos_are(first: Trip, bob: User) -> None:
    Video.objects.get(started_at=NOON + MINUTE).runs.update(state="failed")
    edit = split_trip(trip=first, user=bob, at=NOON + MINUTE)
    assert edit.other is not None
    for trip in (first, edit.other):
        refresh_trip(trip.pk)
    assert list(Trip.objects.order_by("pk").values_list("state", flat=True)) == ["done", "failed"]


def test_a_viewer_neither_merges_nor_splits(first: Trip, second: Trip, dora: User) -> None:
    with pytest.raises(NotAllowed):
        merge_trips(trip=first, other=second, user=dora)
    with pytest.raises(NotAllowed):
        split_trip(trip=first, user=dora, at=NOON + MINUTE)
    assert not TripEdit.objects.exists()
