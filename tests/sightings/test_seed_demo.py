"""A made-up log: the same for the same seed, whole, and visible to the fleet's people."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from sightings import selectors
from sightings.models import (
    Alert,
    AlertState,
    Correction,
    Fleet,
    Member,
    Observation,
    Plate,
    PlateKey,
    Sighting,
    Trip,
    User,
)
from tests.factories import make_trip

pytestmark = pytest.mark.django_db
FIELDS = ("plate_raw", "plate_corrected", "seen_at", "lat", "lon", "confidence", "review_state", "flagged", "best_s")


def seed(**options: Any) -> str:
    out = StringIO()
    given = {"trips": 6, "sightings": 120, "crops": 3, "until": "2026-05-04", **options}
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    call_command("seed_demo", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def log_of(slug: str) -> list[tuple[Any, ...]]:
    return list(Sighting.objects.filter(fleet__slug=slug).order_by("pk").values_list(*FIELDS))


def test_the_log_holds_what_was_asked_for() -> None:
    told = seed()
    assert (Trip.objects.count(), Sighting.objects.count()) == (6, 120)
    assert told.startswith("6 trips, 120 sightings")


def test_the_same_seed_gives_the_same_log_and_another_seed_another() -> None:
    seed(fleet="one", seed=5)
    seed(fleet="two", seed=5)
    seed(fleet="three", seed=6)
    assert log_of("one") == log_of("two")
    assert log_of("one") != log_of("three")


def test_every_sighting_is_seen_by_the_fleets_people_and_by_nobody_else(charlie: User) -> None:
    seed()
    viewer = User.objects.get(username="demo-viewer")
    assert selectors.sightings_for(viewer).count() == 120
    assert sum(selectors.trip_sightings(viewer, trip).count() for trip in selectors.trips_for(viewer)) == 120
    assert selectors.sightings_for(charlie).count() == 0


def test_every_plate_is_found_by_its_text_and_knows_when_it_was_seen() -> None:
    seed()
    viewer = User.objects.get(username="demo-viewer")
    for plate in Plate.objects.all():
        if "?" not in plate.text:
            assert selectors.search(viewer, f"={plate.text}").plate_ids == [plate.pk]
        assert plate.first_seen is not None
        assert PlateKey.objects.filter(plate=plate, key=plate.text).exists()


def test_plates_are_met_again() -> None:
    seed(sightings=400)
    assert max(plate.sightings.count() for plate in Plate.objects.all()) >= 3


def test_doubtful_sightings_carry_the_words_that_people_said_on_them() -> None:
    seed(sightings=600)
    said = set(Correction.objects.values_list("action", flat=True))
    assert said == {"correct", "confirm", "reject"}
    for word in Correction.objects.filter(action="correct"):
        assert word.sighting is not None
        assert word.sighting.text == word.text_after
        assert word.sighting.review_state == "corrected"


def test_a_sighting_with_a_crop_shows_its_own_plate_from_storage() -> None:
    seed()
    pictures: dict[str, set[str]] = {}
    for sighting in Sighting.objects.exclude(crop=""):
        assert default_storage.exists(sighting.crop)
        pictures.setdefault(sighting.crop, set()).add(sighting.region)
    assert len(pictures) == 3
    assert all(len(regions) == 1 for regions in pictures.values())


def test_the_reads_of_frames_can_be_left_out() -> None:
    call_command("seed_demo", "--trips=2", "--sightings=10", "--crops=0", "--without-reads", stderr=StringIO())
    assert not Observation.objects.exists()


def test_a_fleet_with_trips_is_refused_unless_told(northwind: Fleet) -> None:
    make_trip(northwind)
    with pytest.raises(CommandError, match="already holds trips"):
        seed(fleet="northwind")
    assert not Sighting.objects.exists()
    call_command(
        "seed_demo", "--trips=1", "--sightings=5", "--crops=0", "--fleet=northwind", "--add", stderr=StringIO()
    )
    assert Sighting.objects.count() == 5


def test_a_second_log_is_mixed_into_the_first() -> None:
    seed(fleet="demo")
    call_command(
        "seed_demo", "--trips=6", "--sightings=120", "--crops=3", "--until=2026-05-04", "--add", stderr=StringIO()
    )
    assert Sighting.objects.count() == 240
    assert Plate.objects.filter(fleet__slug="demo").count() == Plate.objects.values("text").distinct().count()


def test_demo_people_cannot_log_in_without_a_password() -> None:
    seed()
    assert not User.objects.get(username="demo-manager").has_usable_password()
    assert {member.role for member in Member.objects.all()} == {"manager", "reviewer", "viewer"}


def test_some_plates_are_watched_for_and_what_was_met_of_them_is_told_once() -> None:
    seed()
    raised = Alert.objects.count()
    assert 5 <= raised <= 15
    assert 0 < Alert.objects.filter(state=AlertState.ACKNOWLEDGED).count() < raised
    assert set(Alert.objects.values_list("fleet__slug", flat=True)) == {"demo"}
