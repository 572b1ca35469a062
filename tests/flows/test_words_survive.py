"""People's words on a trip that is still being read, or is read again, stay with the plate they were said of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sightings.models import Fleet, Plate, ProcessingRun, Segment, Sighting, User
from sightings.processing.inspect import inspect_upload
from sightings.processing.merge import merge_run
from sightings.processing.read import read_segment
from sightings.services.aliases import make_alias
from sightings.services.reviews import correct_sighting, undo_correction

pytestmark = pytest.mark.django_db


def test_a_correction_survives_when_its_sighting_becomes_part_of_a_longer_one(send: Any, film: Path, bob: User) -> None:
    """The second segment is read first: the car that crosses into it is at first a sighting of its own."""
    upload = send(film)
    inspect_upload(str(upload.pk))
    segments = list(Segment.objects.order_by("index"))
    read_segment(segments[1].pk)
    merge_run(segments[1].run_id)
    early = Sighting.objects.get(plate_raw="MAG5005")
    assert early.key.startswith("0001:")
    correct_sighting(sighting=early, user=bob, text="MAG 5006")
    for segment in (segments[0], segments[2]):
        read_segment(segment.pk)
        merge_run(segment.run_id)
    whole = Sighting.objects.get(plate_raw="MAG5005")
    assert whole.key.startswith("0000:")
    assert (whole.text, whole.review_state) == ("MAG5006", "corrected")
    assert whole.corrections.count() == 1
    assert not Plate.objects.filter(text="MAG5005").exists()


def read_anew(run: ProcessingRun) -> None:
    Segment.objects.filter(run=run).update(state="queued", attempts=0)
    ProcessingRun.objects.filter(pk=run.pk).update(state="reading")
    for segment in Segment.objects.filter(run=run):
        read_segment(segment.pk)
        merge_run(run.pk)


def test_reading_a_video_anew_keeps_what_people_said(bring_in: Any, film: Path, bob: User) -> None:
    upload = bring_in(film)
    correct_sighting(sighting=Sighting.objects.get(plate_raw="RED1001"), user=bob, text="RED1007")
    read_anew(ProcessingRun.objects.get(video=upload.video))
    assert Sighting.objects.get(plate_raw="RED1001").text == "RED1007"
    assert Sighting.objects.count() == 5


def test_an_alias_corrects_a_new_trip_once_and_stays_taken_back(
    bring_in: Any, film: Path, bob: User, northwind: Fleet
) -> None:
    make_alias(user=bob, fleet=northwind, misread="RED1001", text="RED1007")
    run = ProcessingRun.objects.get(video=bring_in(film).video)
    read_anew(run)
    red = Sighting.objects.get(plate_raw="RED1001")
    assert (red.text, red.plate_source, red.corrections.count()) == ("RED1007", "alias", 1)
    undo_correction(correction=red.corrections.get(), user=bob)
    read_anew(run)
    assert Sighting.objects.get(plate_raw="RED1001").text == "RED1001"
