"""Front or rear: what the name says stands until a person says otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from sightings.models import AuditEntry, Track, Trip, User, Video
from tests.factories import make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def video(trip: Trip) -> Video:
    video = make_video(trip)
    Track.objects.create(video=video, source="gpx", distance_m=900.0)
    return video


def test_a_camera_is_set_over_the_api_and_can_be_set_back(
    api_as: Callable[..., APIClient], bob: User, video: Video
) -> None:
    api = api_as(bob)
    answer = api.patch(f"/api/v1/videos/{video.pk}/", {"camera": "rear"}, format="json")
    assert (answer.status_code, answer.json()["camera"]) == (200, "rear")
    entry = AuditEntry.objects.get(action="video.camera_set")
    assert (entry.user, entry.detail) == (bob, {"from": "front", "to": "rear"})
    api.patch(f"/api/v1/videos/{video.pk}/", {"camera": "front"}, format="json")
    assert api.get(f"/api/v1/videos/{video.pk}/").json()["camera"] == "front"


def test_a_rear_camera_beside_a_front_one_drives_no_road_of_its_own(
    api_as: Callable[..., APIClient], bob: User, video: Video, trip: Trip
) -> None:
    Track.objects.create(video=make_video(trip), source="gpx", distance_m=800.0)
    api_as(bob).patch(f"/api/v1/videos/{video.pk}/", {"camera": "rear"}, format="json")
    trip.refresh_from_db()
    assert trip.distance_m == 800.0


@pytest.mark.parametrize("camera", ["", "roof", None])
def test_a_camera_that_there_is_not_is_refused(
    api_as: Callable[..., APIClient], bob: User, video: Video, camera: str | None
) -> None:
    assert api_as(bob).patch(f"/api/v1/videos/{video.pk}/", {"camera": camera}, format="json").status_code == 400


def test_those_who_may_only_look_cannot_set_it_and_strangers_do_not_see_it(
    api_as: Callable[..., APIClient], dora: User, charlie: User, video: Video
) -> None:
    assert api_as(dora).patch(f"/api/v1/videos/{video.pk}/", {"camera": "rear"}, format="json").status_code == 403
    assert api_as(charlie).patch(f"/api/v1/videos/{video.pk}/", {"camera": "rear"}, format="json").status_code == 404
    assert api_as(charlie).get(f"/api/v1/videos/{video.pk}/").status_code == 404


def test_a_camera_is_set_on_the_trip_page(client: Client, bob: User, video: Video) -> None:
    client.force_login(bob)
    page = client.post(f"/videos/{video.pk}/camera/", {"camera": "rear"}, follow=True)
    assert "The camera was set." in page.content.decode()
    assert '<option value="rear" selected>' in page.content.decode()
    video.refresh_from_db()
    assert video.camera == "rear"


def test_what_is_to_be_known_of_a_video_stands_on_the_trip_page_and_in_the_api(
    client: Client, api_as: Callable[..., APIClient], dora: User, video: Video
) -> None:
    warning = {"code": "cut_off", "message": "drive.mp4 ends too early: its last 7 s are missing."}
    Video.objects.filter(pk=video.pk).update(warnings=[warning])
    client.force_login(dora)
    assert warning["message"] in client.get(f"/trips/{video.trip_id}/").content.decode()
    assert api_as(dora).get(f"/api/v1/trips/{video.trip_id}/").json()["videos"][0]["warnings"] == [warning]
