"""A trip is read again with another model, beside what people see; the reading is accepted, undone and discarded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from sightings import selectors, selectors_reprocess
from sightings.models import Plate, Reprocess, Sighting, Trip, User
from sightings.processing import inline
from sightings.processing.merge import merge_run
from sightings.services import reprocess
from sightings.services.reprocess_accept import accept_reprocess, undo_accept
from sightings.services.reviews import correct_sighting
from tests.flows.colored import CARS, VERSION

pytestmark = pytest.mark.django_db
OLD = sorted(car.text for car in CARS)
NEW = sorted(car.text.replace("0", "O") for car in CARS)


@pytest.fixture
def job(bring_in: Any, film: Path, bob: User) -> Reprocess:
    """The film, read once as usual, and then by a recognizer that takes zeros for O."""
    trip = bring_in(film).video.trip
    correct_sighting(sighting=Sighting.objects.get(plate_raw="RED1001"), user=bob, text="RED1007")
    job = reprocess.start_reprocess(trips=[trip], user=bob, networks="detector-s+recognizer-s")
    inline.read_runs(job.runs.all())
    job.refresh_from_db()
    return job


def read(user: User) -> list[str]:
    return sorted(row.plate_raw for row in selectors.sightings_for(user))


def test_the_chosen_model_reads_and_nobody_sees_it_yet(job: Reprocess, bob: User) -> None:
    run = job.runs.get()
    assert (run.model_version, run.state, run.progress) == ("detector-s@1+recognizer-s@1", "done", 1.0)
    assert (job.state, job.progress) == ("ready", 1.0)
    assert read(bob) == OLD
    assert sorted(Sighting.objects.filter(run=run).values_list("plate_raw", flat=True)) == NEW
    assert not Plate.objects.filter(text__in=NEW).exists()
    assert Trip.objects.get().state == "done"


def test_every_car_is_found_again_though_it_reads_otherwise(job: Reprocess) -> None:
    told = selectors_reprocess.summary(job)
    assert told.counts == {"changed": 4, "gained": 0, "lost": 0, "locked": 1, "same": 0}


def test_merging_once_more_after_a_crash_doubles_nothing(job: Reprocess, bob: User) -> None:
    merge_run(job.runs.get().pk)
    assert Sighting.objects.count() == 10
    assert job.differences.count() == 5


def test_accepted_it_is_what_people_see_and_undone_it_is_not(job: Reprocess, bob: User) -> None:
    accept_reprocess(job=job, user=bob)
    assert read(bob) == NEW
    assert selectors.sightings_for(bob).get(plate_raw="RED1OO1").text == "RED1007"
    undo_accept(job=job, user=bob)
    assert read(bob) == OLD
    assert selectors.sightings_for(bob).get(plate_raw="RED1001").text == "RED1007"
    assert {row.model_version for row in selectors.sightings_for(bob)} == {VERSION}


def test_discarded_nothing_is_left_of_it(job: Reprocess, bob: User) -> None:
    fresh = job.runs.get()
    crops = list(Sighting.objects.filter(run=fresh).values_list("crop", flat=True))
    kept = list(selectors.sightings_for(bob).values_list("crop", flat=True))
    assert all(default_storage.exists(crop) for crop in [*crops, *kept])
    reprocess.discard_reprocess(job=job, user=bob)
    reprocess.drop_runs(job.pk)
    assert not any(default_storage.exists(crop) for crop in crops)
    assert all(default_storage.exists(crop) for crop in kept)
    assert read(bob) == OLD
