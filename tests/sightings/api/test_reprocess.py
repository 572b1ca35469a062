"""Reading trips again, over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import Plate, ProcessingRun, Reprocess, Sighting, User
from sightings.services import reprocess
from sightings.services.compare import compare_video
from sightings.services.reprocess_decide import decide
from tests.factories import make_run, make_sighting

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]
BASE = "/api/v1/reprocess/"


@pytest.fixture(autouse=True)
def sent(queued: list[Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(reprocess, "enqueue", lambda name, *, queue, **ids: queued.append((name, ids)))
    return queued


@pytest.fixture
def job(run: ProcessingRun) -> Reprocess:
    make_sighting(run, "B02OLD", at=10.0)
    job = Reprocess.objects.create(fleet=run.video.fleet, state="ready")
    fresh = make_run(run.video, is_current=False, reprocess=job, model_version="test@2")
    make_sighting(fresh, "", plate_raw="B02NEW", at=10.1)
    compare_video(run.video)
    return job


def test_a_program_starts_pauses_and_stops_one(api_as: ApiAs, bob: User, run: ProcessingRun) -> None:
    api = api_as(bob)
    made = api.post(BASE, {"trips": [run.video.trip_id], "networks": "detector-s+recognizer-s"})
    assert (made.status_code, made.json()["state"], made.json()["trip_count"]) == (202, "waiting", 1)
    address = f"{BASE}{made.json()['id']}/"
    assert api.post(f"{address}pause/").json()["paused"]
    assert not api.post(f"{address}resume/").json()["paused"]
    assert api.post(f"{address}stop/").status_code == 202
    assert api.post(f"{address}stop/").json()["code"] == "not_stoppable"


def test_what_cannot_be_read_again_is_said(api_as: ApiAs, bob: User, run: ProcessingRun) -> None:
    api = api_as(bob)
    assert api.post(BASE, {"trips": [run.video.trip_id], "networks": "none"}).json()["code"] == "model_unknown"
    assert api.post(BASE, {"trips": [run.video.trip_id + 1000]}).json()["code"] == "nothing_to_reread"


def test_differences_are_listed_chosen_accepted_and_undone(api_as: ApiAs, bob: User, job: Reprocess) -> None:
    api = api_as(bob)
    (row,) = api.get(f"{BASE}{job.pk}/differences/?kind=changed").json()["results"]
    assert (row["old"]["plate"], row["new"]["plate"], row["taken"]) == ("B02OLD", "B02NEW", True)
    answer = api.post(f"{BASE}{job.pk}/choose/", {"differences": [row["id"]], "take": False}).json()
    assert (answer["summary"]["accepted"], answer["version"]) == (0, 2)
    assert api.post(f"{BASE}{job.pk}/accept/", {"version": 1}).json()["code"] == "version_clash"
    api.post(f"{BASE}{job.pk}/choose/", {"take": True})
    accepted = api.post(f"{BASE}{job.pk}/accept/", {})
    assert (accepted.status_code, accepted.json()["state"]) == (202, "accepting")
    decide(job.pk)
    assert api.get(f"{BASE}{job.pk}/").json()["state"] == "accepted"
    assert Sighting.objects.current().get().plate_raw == "B02NEW"
    assert api.post(f"{BASE}{job.pk}/undo/").json()["state"] == "undoing"
    decide(job.pk)
    assert api.get(f"{BASE}{job.pk}/").json()["state"] == "ready"
    assert api.delete(f"{BASE}{job.pk}/").status_code == 204
    assert api.get(f"{BASE}{job.pk}/").json()["state"] == "discarded"


def test_plates_are_shown_to_those_who_may_see_them(api_as: ApiAs, bob: User, job: Reprocess) -> None:
    narrow = api_as(bob, scopes=["sightings:read"])
    (row,) = narrow.get(f"{BASE}{job.pk}/differences/").json()["results"]
    assert (row["old"]["plate"], row["new"]["plate"], row["old"]["crop_url"]) == ("•••", "•••", None)
    assert narrow.post(f"{BASE}{job.pk}/accept/", {}).status_code == 403


def test_another_fleets_are_not_there(api_as: ApiAs, charlie: User, job: Reprocess) -> None:
    api = api_as(charlie)
    assert api.get(BASE).json()["results"] == []
    assert api.get(f"{BASE}{job.pk}/differences/").status_code == 404
    assert api.post(f"{BASE}{job.pk}/accept/", {}).status_code == 404
    assert Plate.objects.filter(text="B02OLD").exists()
