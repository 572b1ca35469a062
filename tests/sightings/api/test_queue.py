"""Pausing, resuming, putting first and putting back, over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import AuditEntry, Segment, Trip, User
from sightings.processing import turns
from sightings.processing.states import refresh_trip
from tests.factories import make_run, make_trip, make_video

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]
Queued = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def waiting(trip: Trip, queued: Queued) -> Trip:
    """A trip of which one part was read and two wait."""
    return with_parts(trip)


def with_parts(trip: Trip) -> Trip:
    run = make_run(make_video(trip), state="reading", progress=0.0)
    for index, state in enumerate(["done", "queued", "queued"]):
        Segment.objects.create(run=run, index=index, start_s=60 * index, end_s=60 * index + 60, state=state)
    Trip.objects.filter(pk=trip.pk).update(state="reading")
    return trip


def test_a_trip_is_paused_and_resumed(api_as: ApiAs, bob: User, waiting: Trip, queued: Queued) -> None:
    bobs, where = api_as(bob), f"/api/v1/trips/{waiting.pk}"
    answer = bobs.post(f"{where}/pause/")
    assert (answer.status_code, answer.json()["paused"], answer.json()["eta_s"]) == (202, True, None)
    assert turns.next_segment() is None
    assert bobs.post(f"{where}/pause/").json()["code"] == "not_in_queue"
    assert bobs.post(f"{where}/resume/").json()["paused"] is False
    assert queued == [("read_next", {"queue": "read"})] * 2
    assert turns.next_segment() is not None
    assert bobs.post(f"{where}/resume/").json()["code"] == "not_paused"
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"trip.paused", "trip.resumed"}


def test_a_manager_puts_a_trip_first_and_back(api_as: ApiAs, alice: User, waiting: Trip) -> None:
    other = with_parts(make_trip(waiting.fleet))
    alices, first_part = api_as(alice), turns.next_segment()
    assert alices.post(f"/api/v1/trips/{other.pk}/put-first/").json()["priority"] == 1
    assert turns.next_segment() == Segment.objects.filter(run__video__trip=other, state="queued")[0].pk
    assert alices.post(f"/api/v1/trips/{waiting.pk}/put-first/").json()["priority"] == 2
    assert turns.next_segment() == first_part
    assert alices.post(f"/api/v1/trips/{waiting.pk}/put-back/").json()["priority"] == 0
    assert alices.post(f"/api/v1/trips/{waiting.pk}/put-back/").json()["code"] == "not_in_queue"


def test_only_a_manager_puts_first_and_only_what_waits(
    api_as: ApiAs, alice: User, bob: User, dora: User, charlie: User, waiting: Trip
) -> None:
    where = f"/api/v1/trips/{waiting.pk}"
    assert api_as(bob).post(f"{where}/put-first/").status_code == 403
    assert api_as(dora).post(f"{where}/pause/").status_code == 403
    assert api_as(charlie).post(f"{where}/pause/").status_code == 404
    Trip.objects.filter(pk=waiting.pk).update(state="done")
    assert api_as(alice).post(f"{where}/put-first/").json()["code"] == "not_in_queue"
    assert api_as(alice).post(f"{where}/pause/").json()["code"] == "not_in_queue"


def test_stopping_ends_a_pause_and_reading_again_begins_without_one(api_as: ApiAs, bob: User, waiting: Trip) -> None:
    bobs, where = api_as(bob), f"/api/v1/trips/{waiting.pk}"
    bobs.post(f"{where}/pause/")
    bobs.post(f"{where}/stop/")
    assert bobs.get(f"{where}/").json()["paused"] is False


def test_having_been_put_first_ends_with_the_reading(waiting: Trip, queued: Queued) -> None:
    Trip.objects.filter(pk=waiting.pk).update(priority=3)
    refresh_trip(waiting.pk)
    assert Trip.objects.get(pk=waiting.pk).priority == 3
    waiting.videos.get().runs.update(state="done")
    refresh_trip(waiting.pk)
    assert Trip.objects.get(pk=waiting.pk).priority == 0


def test_the_queue_is_told_to_whoever_may_read(api_as: ApiAs, dora: User, waiting: Trip) -> None:
    queue = api_as(dora).get("/api/v1/queue/").json()
    assert (queue["files"], queue["trips"], queue["paused"], queue["video_s"]) == (0, 1, 0, 120.0)
    assert (queue["eta_s"], queue["pace"], queue["readers"]) == (None, None, 1)
