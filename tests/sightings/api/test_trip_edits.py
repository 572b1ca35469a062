"""Shift, replace the track, merge, split and undo over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from sightings.models import Trip, Upload, User, Video
from tests.factories import NOON, make_run, make_sighting, make_trip, make_video

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]
ACTS: dict[str, dict[str, Any]] = {
    "shift": {"seconds": 60},
    "merge": {"trip": 1},
    "split": {"at": "2026-05-01T12:01:00Z"},
}


@pytest.fixture
def two_clips(trip: Trip) -> Trip:
    for minute in range(2):
        video = make_video(trip, started_at=NOON + timedelta(minutes=minute))
        make_sighting(make_run(video), seen_at=NOON + timedelta(minutes=minute))
    return trip


def act(client: APIClient, drive: Trip, name: str, **words: Any) -> Any:
    return client.post(f"/api/v1/trips/{drive.pk}/{name}/", words, format="json")


def test_a_trip_is_shifted_and_the_shift_undone(api_as: ApiAs, bob: User, two_clips: Trip) -> None:
    bobs = api_as(bob)
    answer = act(bobs, two_clips, "shift", seconds=-3600, uncertainty_s=2)
    assert answer.status_code == 201
    edit = answer.json()
    assert (edit["kind"], edit["user"], edit["detail"]["seconds"]) == ("shift", "bob", -3600.0)
    detail = bobs.get(f"/api/v1/trips/{two_clips.pk}/").json()
    assert (detail["started_at"], detail["time_source"]) == ("2026-05-01T11:00:00.000Z", "person")
    assert detail["time_uncertainty_s"] == 2.0
    undone = act(bobs, two_clips, f"edits/{edit['id']}/undo")
    assert (undone.status_code, undone.json()["undone_by"]) == (200, "bob")
    assert Video.objects.earliest("pk").started_at == NOON
    assert act(bobs, two_clips, f"edits/{edit['id']}/undo").json()["code"] == "already_undone"
    assert [row["id"] for row in bobs.get(f"/api/v1/trips/{two_clips.pk}/edits/").json()] == [edit["id"]]


def test_a_trip_is_moved_to_a_start(api_as: ApiAs, bob: User, two_clips: Trip) -> None:
    assert act(api_as(bob), two_clips, "shift", started_at="2026-04-30T08:00:00Z").status_code == 201
    assert Trip.objects.get().started_at == NOON - timedelta(hours=28)


def test_a_shift_by_nothing_is_refused_in_plain_words(api_as: ApiAs, bob: User, two_clips: Trip) -> None:
    answer = act(api_as(bob), two_clips, "shift")
    assert (answer.status_code, answer.json()["code"]) == (400, "clock_unusable")
    assert act(api_as(bob), two_clips, "shift", seconds="soon").json()["code"] == "invalid"


def test_a_trip_is_split_and_merged_again(api_as: ApiAs, bob: User, two_clips: Trip) -> None:
    bobs = api_as(bob)
    split = act(bobs, two_clips, "split", at="2026-05-01T12:01:00Z")
    other = split.json()["other"]
    assert bobs.get(f"/api/v1/trips/{other}/").json()["video_count"] == 1
    assert act(bobs, two_clips, "merge", trip=other).status_code == 201
    assert bobs.get(f"/api/v1/trips/{other}/").status_code == 404
    assert bobs.get(f"/api/v1/trips/{two_clips.pk}/").json()["video_count"] == 2


def test_a_track_that_is_sent_waits_for_a_worker(api_as: ApiAs, bob: User, two_clips: Trip) -> None:
    file = SimpleUploadedFile("other.gpx", b"<gpx/>")
    answer = api_as(bob).post(f"/api/v1/trips/{two_clips.pk}/track/", {"file": file}, format="multipart")
    assert (answer.status_code, answer.json()["state"], answer.json()["kind"]) == (202, "received", "telemetry")
    assert Upload.objects.get().for_trip == two_clips


@pytest.mark.parametrize("name", ACTS)
def test_a_viewer_may_not_and_a_stranger_finds_no_trip(
    name: str, api_as: ApiAs, dora: User, charlie: User, two_clips: Trip
) -> None:
    other = make_trip(two_clips.fleet, vehicle=two_clips.vehicle)
    words = ACTS[name] | ({"trip": other.pk} if name == "merge" else {})
    assert act(api_as(dora), two_clips, name, **words).status_code == 403
    assert act(api_as(charlie), two_clips, name, **words).status_code == 404


def test_a_viewer_may_not_send_a_track_and_a_stranger_finds_no_trip(
    api_as: ApiAs, dora: User, charlie: User, two_clips: Trip
) -> None:
    for person, status in ((dora, 403), (charlie, 404)):
        file = SimpleUploadedFile("other.gpx", b"<gpx/>")
        answer = api_as(person).post(f"/api/v1/trips/{two_clips.pk}/track/", {"file": file}, format="multipart")
        assert answer.status_code == status
    assert not Upload.objects.exists()


def test_undo_is_for_reviewers_of_the_fleet(
    api_as: ApiAs, bob: User, dora: User, charlie: User, two_clips: Trip
) -> None:
    edit = act(api_as(bob), two_clips, "shift", seconds=1).json()["id"]
    assert act(api_as(dora), two_clips, f"edits/{edit}/undo").status_code == 403
    assert act(api_as(charlie), two_clips, f"edits/{edit}/undo").status_code == 404
    assert api_as(dora).get(f"/api/v1/trips/{two_clips.pk}/edits/").status_code == 200
    assert api_as(charlie).get(f"/api/v1/trips/{two_clips.pk}/edits/").status_code == 404


def test_a_trip_of_another_fleet_is_not_merged_in(api_as: ApiAs, bob: User, southgate: Any, two_clips: Trip) -> None:
    assert act(api_as(bob), two_clips, "merge", trip=make_trip(southgate).pk).status_code == 404


def test_a_key_needs_the_scope_for_writing_trips(api_as: ApiAs, bob: User, two_clips: Trip) -> None:
    assert act(api_as(bob, ["sightings:read"]), two_clips, "shift", seconds=1).json()["code"] == "scope_missing"
