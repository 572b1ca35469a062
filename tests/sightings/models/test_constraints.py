"""What the database itself refuses, whoever writes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from sightings.models import Fleet, Plate, ProcessingRun, Segment, Sighting, Trip, Upload, Video
from tests.factories import make_run, make_sighting, make_video

pytestmark = pytest.mark.django_db


def test_the_same_content_exists_once_per_fleet(trip: Trip) -> None:
    first = make_video(trip)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_video(trip, sha256=first.sha256)


def test_another_fleet_may_hold_the_same_content(trip: Trip, southgate: Fleet) -> None:
    first = make_video(trip)
    theirs = Trip.objects.create(fleet=southgate, name="Theirs")
    make_video(theirs, sha256=first.sha256)
    assert Video.objects.filter(sha256=first.sha256).count() == 2


def test_a_plate_exists_once_per_fleet(northwind: Fleet) -> None:
    Plate.objects.create(fleet=northwind, text="B99BNX")
    with pytest.raises(IntegrityError), transaction.atomic():
        Plate.objects.create(fleet=northwind, text="B99BNX")


def test_a_video_has_one_current_run(run: ProcessingRun) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_run(run.video)
    assert make_run(run.video, is_current=False).pk


def test_a_sighting_key_is_unique_within_its_run(sighting: Sighting) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_sighting(sighting.run, key=sighting.key)


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidence": 1.2},
        {"dscore": -0.1},
        {"lat": 91.0},
        {"lon": None},
        {"best_s": 99.0},
        {"review_state": "perhaps"},
        {"region_score": 7.0},
    ],
)
def test_a_sighting_that_cannot_be_is_refused(run: ProcessingRun, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_sighting(run, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": 11},
        {"offset": -1},
        {"state": "lost"},
        {"state": "received", "offset": 9},
    ],
)
def test_an_upload_that_cannot_be_is_refused(northwind: Fleet, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.create(**{"fleet": northwind, "filename": "a.mp4", "size": 10, "offset": 0, **wrong})


def test_a_segment_has_its_place_in_the_run_to_itself(run: ProcessingRun) -> None:
    Segment.objects.create(run=run, index=0, start_s=0.0, end_s=60.0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Segment.objects.create(run=run, index=0, start_s=60.0, end_s=90.0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Segment.objects.create(run=run, index=1, start_s=60.0, end_s=30.0)
