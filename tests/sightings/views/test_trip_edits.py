"""What the page of a trip offers for the whole trip, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from sightings.models import Trip, User
from sightings.services.places import refresh_trip_span
from sightings.services.trip_clock import shift_trip
from sightings.services.trip_parts import merge_trips
from sightings.services.trip_undo import undo_edit
from tests.factories import NOON, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]


@pytest.fixture
def drive(trip: Trip) -> Trip:
    for minute in range(3):
        for camera, early in (("front", 0.0), ("rear", 0.5)):
            at = NOON + timedelta(minutes=minute, seconds=-early)
            make_video(trip, started_at=at, camera=camera, original_name=f"{camera}{minute}.mp4")
    refresh_trip_span(trip)
    return trip


def shown(client: Client, trip: Trip) -> str:
    return client.get(f"/trips/{trip.pk}/").content.decode()


def test_a_trip_can_be_split_where_a_clip_begins_but_not_between_front_and_rear(
    drive: Trip, bob: User, page_as: PageAs
) -> None:
    page = shown(page_as(bob), drive)
    assert page.count('<option value="2026-05-01T12:0') + page.count('<option value="2026-05-01T11:59') == 2
    assert "rear1.mp4</option>" in page
    assert "front1.mp4</option>" not in page


def test_only_trips_of_the_same_vehicle_are_offered_for_a_merge(drive: Trip, bob: User, page_as: PageAs) -> None:
    same = make_trip(drive.fleet, vehicle=drive.vehicle, name="same van", started_at=NOON, ended_at=NOON)
    make_trip(drive.fleet, vehicle=make_vehicle(drive.fleet, "Van 2"), name="other van", started_at=NOON)
    page = shown(page_as(bob), drive)
    assert f'<option value="{same.pk}">' in page
    assert "other van</option>" not in page


def test_the_history_tells_what_was_done_and_offers_to_undo_the_latest(drive: Trip, bob: User, page_as: PageAs) -> None:
    shift_trip(trip=drive, user=bob, seconds=-3661.5)
    edit = shift_trip(trip=drive, user=bob, seconds=7200.0)
    page = shown(page_as(bob), drive)
    assert "−1 h 1 min 1.5 s" in page
    assert page.count("data-undo=") == 1
    assert f'data-undo="{edit.pk}"' in page
    undo_edit(edit=edit, user=bob)
    assert "undone by bob" in shown(page_as(bob), drive)


def test_a_viewer_sees_the_history_and_no_controls(drive: Trip, bob: User, dora: User, page_as: PageAs) -> None:
    shift_trip(trip=drive, user=bob, seconds=1.0)
    page = shown(page_as(dora), drive)
    assert "+1 s" in page
    assert "data-undo" not in page
    assert "shift-dialog" not in page


def test_the_address_of_a_merged_trip_leads_to_where_its_videos_are(
    drive: Trip, bob: User, charlie: User, page_as: PageAs
) -> None:
    whole = make_trip(drive.fleet, vehicle=drive.vehicle)
    merge_trips(trip=whole, other=drive, user=bob)
    answer = page_as(bob).get(f"/trips/{drive.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/trips/{whole.pk}/")
    assert page_as(charlie).get(f"/trips/{drive.pk}/").status_code == 404
