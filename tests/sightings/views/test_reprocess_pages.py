"""The pages on which trips are chosen to be read again, and on which people decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sightings.models import AuditEntry, Plate, ProcessingRun, Reprocess, Sighting, Trip, User
from sightings.services import reprocess
from sightings.services.compare import compare_video
from sightings.services.reprocess_decide import decide
from sightings.services.reviews import confirm_sighting
from tests.factories import make_run, make_sighting, make_trip, make_video

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]
ACTS = ("accept", "undo", "discard", "pause", "resume", "stop", "retry")


@pytest.fixture(autouse=True)
def sent(queued: list[Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(reprocess, "enqueue", lambda name, *, queue, **ids: queued.append((name, ids)))
    return queued


@pytest.fixture
def job(run: ProcessingRun, bob: User) -> Reprocess:
    make_sighting(run, "B02OLD", at=10.0)
    confirm_sighting(sighting=make_sighting(run, "B05SAID", at=40.0), user=bob)
    job = Reprocess.objects.create(fleet=run.video.fleet, state="ready", user=bob)
    fresh = make_run(run.video, is_current=False, reprocess=job, model_version="test@2")
    make_sighting(fresh, "", plate_raw="B02NEW", at=10.1)
    make_sighting(fresh, "", plate_raw="B06MORE", at=50.0)
    compare_video(run.video)
    return job


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_chosen_trips_are_read_again_with_the_chosen_model(page_as: PageAs, bob: User, run: ProcessingRun) -> None:
    page = page_as(bob)
    form = text_of(page, f"/reprocess/new/?trip={run.video.trip_id}")
    assert f'value="{run.video.trip_id}" checked' in form
    assert "test@1" in form
    answer = page.post("/reprocess/new/", {"trip": [run.video.trip_id], "networks": "detector-m+recognizer-m"})
    made = Reprocess.objects.get()
    assert answer["Location"] == f"/reprocess/{made.pk}/"
    assert (made.networks, made.user) == ("detector-m+recognizer-m", bob)
    assert "The trips are being read" in text_of(page, f"/reprocess/{made.pk}/")
    assert f'data-reprocess="{made.pk}"' in text_of(page, "/reprocess/")


def test_no_trip_chosen_is_explained(page_as: PageAs, bob: User, run: ProcessingRun) -> None:
    answer = page_as(bob).post("/reprocess/new/", {}, follow=True)
    assert "Choose at least one trip" in answer.content.decode()


def test_trips_can_be_narrowed_by_vehicle_and_day(page_as: PageAs, bob: User, trip: Trip) -> None:
    make_run(make_video(make_trip(trip.fleet, name="No car named")))
    Trip.objects.filter(pk=trip.pk).update(started_at="2026-05-01T22:30:00Z")  # already the second in Bucharest
    page = page_as(bob)
    assert "No car named" not in text_of(page, f"/reprocess/new/?vehicle={trip.vehicle_id}")
    assert trip.name in text_of(page, "/reprocess/new/?from=2026-05-02&to=2026-05-02")
    assert trip.name not in text_of(page, "/reprocess/new/?to=2026-05-01")
    assert "No trip to choose" in text_of(page, "/reprocess/new/?from=2030-01-01")


def test_old_and_new_stand_side_by_side_and_the_look_is_noted(page_as: PageAs, bob: User, job: Reprocess) -> None:
    page = text_of(page_as(bob), f"/reprocess/{job.pk}/")
    assert "Take the change from B02OLD to B02NEW" in page
    assert "the old reading had <b>1</b> right and the new one <b>0</b>" in page
    assert AuditEntry.objects.filter(action="reprocess.viewed", user=bob, target_id=str(job.pk)).exists()
    locked = text_of(page_as(bob), f"/reprocess/{job.pk}/?show=locked")
    assert "B05SAID" in locked
    assert "data-difference" not in locked


def test_accepting_and_switching_back_by_the_forms(page_as: PageAs, bob: User, job: Reprocess) -> None:
    page = page_as(bob)
    answer = page.post(f"/reprocess/{job.pk}/accept/", {"version": job.version}, follow=True).content.decode()
    assert "The new reading is being taken over" in answer
    assert not Sighting.objects.current().filter(plate_raw="B02NEW").exists()
    decide(job.pk)
    assert "Switch back" in text_of(page, f"/reprocess/{job.pk}/")
    assert Sighting.objects.current().filter(plate_raw="B02NEW").exists()
    page.post(f"/reprocess/{job.pk}/undo/")
    decide(job.pk)
    assert not Sighting.objects.current().filter(plate_raw="B02NEW").exists()
    page.post(f"/reprocess/{job.pk}/discard/")
    assert "Discarded by bob" in text_of(page, f"/reprocess/{job.pk}/")


@pytest.mark.parametrize("act", ACTS)
def test_a_viewer_looks_and_decides_nothing(act: str, page_as: PageAs, dora: User, job: Reprocess) -> None:
    page = page_as(dora)
    assert 'id="accept-form"' not in text_of(page, f"/reprocess/{job.pk}/")
    before = list(Sighting.objects.values()), list(Plate.objects.values()), Reprocess.objects.values().get()
    page.post(f"/reprocess/{job.pk}/{act}/")
    assert (list(Sighting.objects.values()), list(Plate.objects.values()), Reprocess.objects.values().get()) == before


@pytest.mark.parametrize("act", ["", *(f"{act}/" for act in ACTS)])
def test_another_fleets_readings_are_not_there(act: str, page_as: PageAs, charlie: User, job: Reprocess) -> None:
    page, address = page_as(charlie), f"/reprocess/{job.pk}/{act}"
    assert (page.post(address) if act else page.get(address)).status_code == 404
    assert f"/reprocess/{job.pk}/" not in text_of(page, "/reprocess/")


def test_trips_of_another_fleet_cannot_be_chosen(page_as: PageAs, charlie: User, run: ProcessingRun) -> None:
    page_as(charlie).post("/reprocess/new/", {"trip": [run.video.trip_id]})
    assert not Reprocess.objects.exists()


def test_the_page_asks_as_often_however_many_differences_there_are(
    page_as: PageAs, bob: User, job: Reprocess, django_assert_max_num_queries: Any
) -> None:
    fresh = job.runs.get()
    for place in range(20):
        make_sighting(fresh, "", plate_raw=f"CJ{place:02}AAA", at=100.0 + 10 * place)
    compare_video(fresh.video)
    page = page_as(bob)
    page.get(f"/reprocess/{job.pk}/?show=gained")
    with django_assert_max_num_queries(20):
        page.get(f"/reprocess/{job.pk}/?show=gained")
