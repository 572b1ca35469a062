"""Plates, their keys and what people write on them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sightings.errors import NotAllowed
from sightings.models import Fleet, Plate, ProcessingRun, User
from sightings.services import plates
from tests.factories import NOON, make_run, make_sighting

pytestmark = pytest.mark.django_db


def test_a_plate_is_made_once_with_its_keys(northwind: Fleet) -> None:
    first = plates.plate_for(fleet=northwind, text="ab-1", region="ro")
    assert plates.plate_for(fleet=northwind, text="AB1") == first
    assert set(first.keys.values_list("key", flat=True)) == {"AB1", "B1", "A1", "AB"}
    assert first.region == "ro"


def test_each_fleet_has_its_own_plates(northwind: Fleet, southgate: Fleet) -> None:
    assert plates.plate_for(fleet=northwind, text="AB1") != plates.plate_for(fleet=southgate, text="AB1")


def test_an_unreadable_character_stays_where_it_is() -> None:
    assert plates.text_of("b-?9 bnx") == "B?9BNX"


def test_the_span_is_that_of_current_readings(run: ProcessingRun) -> None:
    make_sighting(run, seen_at=NOON)
    make_sighting(run, at=30.0, seen_at=NOON + timedelta(hours=1))
    old = make_run(run.video, is_current=False)
    plate = make_sighting(old, seen_at=NOON + timedelta(days=9)).plate
    plates.tidy_plate(plate)
    plate = Plate.objects.get()
    assert (plate.first_seen, plate.last_seen) == (NOON, NOON + timedelta(hours=1))


def test_a_viewer_may_not_write_notes(dora: User, northwind: Fleet) -> None:
    plate = plates.plate_for(fleet=northwind, text="AB1")
    with pytest.raises(NotAllowed):
        plates.annotate_plate(plate=plate, user=dora, notes="mine")
