"""Trips, plates and vehicles over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import AuditEntry, Plate, ProcessingRun, Segment, Sighting, Trip, User
from sightings.processing import leases, read
from sightings.processing.merge import merge_run
from sightings.services import trips
from tests.factories import make_run, make_sighting, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def bobs(api_as: Callable[..., APIClient], bob: User) -> APIClient:
    return api_as(bob)


def test_a_trip_comes_with_its_counts_and_videos(bobs: APIClient, run: ProcessingRun) -> None:
    make_sighting(run)
    make_sighting(run, at=30.0)
    make_sighting(run, "CJ01ABC", confidence=0.2)
    make_sighting(run, "SIGN", review_state="rejected")
    make_sighting(make_run(run.video, is_current=False), "OLD1")
    row = bobs.get("/api/v1/trips/").json()["results"][0]
    assert (row["sightings_count"], row["plates_count"], row["doubtful_count"], row["video_count"]) == (3, 2, 1, 1)
    detail = bobs.get(f"/api/v1/trips/{run.video.trip_id}/").json()
    assert detail["videos"][0]["runs"][1]["state"] == "done"
    assert detail["vehicle"]["name"] == "Van 1"


def test_what_failed_is_read_again(bobs: APIClient, trip: Trip, queued: list[tuple[str, dict[str, Any]]]) -> None:
    run = make_run(make_video(trip), state="partial")
    Segment.objects.create(run=run, index=0, start_s=0, end_s=60, state="done")
    bad = Segment.objects.create(run=run, index=1, start_s=60, end_s=120, state="failed", attempts=3, error="boom")
    answer = bobs.post(f"/api/v1/trips/{trip.pk}/retry/")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.error) == ("queued", 0, "")
    assert queued == [("read_next", {"queue": "read"})]
    assert bobs.post(f"/api/v1/trips/{trip.pk}/retry/").json()["code"] == "not_retryable"


def test_a_run_that_failed_in_the_merge_is_merged_again(
    bobs: APIClient, trip: Trip, queued: list[tuple[str, dict[str, Any]]]
) -> None:
    run = make_run(make_video(trip), state="failed")
    Segment.objects.create(run=run, index=0, start_s=0, end_s=60, state="done")
    assert bobs.post(f"/api/v1/trips/{trip.pk}/retry/").status_code == 202
    assert queued == [("merge_run", {"queue": "light", "run_id": run.pk})]


def test_a_trip_that_is_stopped_keeps_what_was_read_and_can_be_read_on(
    bobs: APIClient, trip: Trip, queued: list[tuple[str, dict[str, Any]]]
) -> None:
    run = make_run(make_video(trip), state="reading")
    for index, state in enumerate(["done", "leased", "queued"]):
        Segment.objects.create(run=run, index=index, start_s=60 * index, end_s=60 * index + 60, state=state)
    assert bobs.post(f"/api/v1/trips/{trip.pk}/stop/").status_code == 202
    assert list(run.segments.values_list("state", flat=True)) == ["done", "cancelled", "cancelled"]
    assert queued == [("merge_run", {"queue": "light", "run_id": run.pk})]
    merge_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("partial", "stopped")
    assert bobs.post(f"/api/v1/trips/{trip.pk}/stop/").json()["code"] == "not_stoppable"
    assert bobs.post(f"/api/v1/trips/{trip.pk}/retry/").json()["state"] == "waiting"
    assert list(run.segments.values_list("state", flat=True)) == ["done", "queued", "queued"]


def test_a_worker_whose_part_was_stopped_writes_nothing(trip: Trip, bob: User) -> None:
    run = make_run(make_video(trip), state="reading")
    part = Segment.objects.create(run=run, index=0, start_s=0, end_s=60, state="queued")
    assert leases.take_segment(part.pk, "worker")
    trips.stop_trip(trip=trip, user=bob)
    with pytest.raises(leases.LeaseLost):
        read.end(part, "worker", state="done", progress=1.0, tracks=[])
    merge_run(run.pk)
    run.refresh_from_db()
    part.refresh_from_db()
    assert (part.state, run.state) == ("cancelled", "cancelled")


def test_a_viewer_may_not_retry_and_a_stranger_finds_no_trip(
    api_as: Callable[..., APIClient], dora: User, charlie: User, trip: Trip
) -> None:
    assert api_as(dora).post(f"/api/v1/trips/{trip.pk}/retry/").status_code == 403
    assert api_as(charlie).post(f"/api/v1/trips/{trip.pk}/retry/").status_code == 404


def test_a_trip_is_renamed(bobs: APIClient, trip: Trip) -> None:
    answer = bobs.patch(f"/api/v1/trips/{trip.pk}/", {"name": "To the coast"}, format="json")
    assert answer.json()["name"] == "To the coast"


def test_plates_with_their_history_and_notes(bobs: APIClient, sighting: Sighting) -> None:
    row = bobs.get("/api/v1/plates/").json()["results"][0]
    assert (row["plate"], row["sightings_count"]) == ("B99BNX", 1)
    where = f"/api/v1/plates/{row['id']}/"
    assert bobs.get(f"{where}history/").json()["results"][0]["id"] == sighting.pk
    noted = bobs.patch(where, {"notes": "a courier", "tags": ["van", " van "]}, format="json").json()
    assert (noted["notes"], noted["tags"], noted["plate"]) == ("a courier", ["van"], "B99BNX")
    assert Plate.objects.get().notes == "a courier"


def test_a_search_says_how_it_was_understood_and_why_each_plate_is_there(bobs: APIClient, sighting: Sighting) -> None:
    found = bobs.get("/api/v1/plates/search/", {"q": "899bnx"}).json()
    assert found["kind"] == "near"
    assert found["matches"][0]["plate"]["plate"] == "B99BNX"
    assert found["matches"][0]["why"] == "B instead of 8 at 1, which look alike"
    assert AuditEntry.objects.filter(action="plates.searched").count() == 1
    assert bobs.get("/api/v1/plates/search/").json()["code"] == "bad_query"


def test_a_stranger_sees_no_plate(api_as: Callable[..., APIClient], charlie: User, sighting: Sighting) -> None:
    theirs = api_as(charlie)
    assert theirs.get("/api/v1/plates/").json()["results"] == []
    assert theirs.get(f"/api/v1/plates/{sighting.plate_id}/").status_code == 404


def test_vehicles_are_listed(bobs: APIClient, trip: Trip) -> None:
    assert [row["name"] for row in bobs.get("/api/v1/vehicles/").json()["results"]] == ["Van 1"]


def test_runs_are_listed_over_all_trips_and_narrowed(
    api_as: Callable[..., APIClient], dora: User, charlie: User, run: ProcessingRun
) -> None:
    api = api_as(dora)
    [told] = api.get(f"/api/v1/runs/?trip={run.video.trip_id}&state=done").json()["results"]
    assert (told["id"], told["video"], told["trip"], told["is_current"]) == (
        run.pk, run.video_id, run.video.trip_id, True,
    )  # fmt: skip
    assert api.get("/api/v1/runs/?state=failed").json()["results"] == []
    assert api_as(charlie).get("/api/v1/runs/").json()["results"] == []
