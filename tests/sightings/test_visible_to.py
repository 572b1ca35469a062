"""The one door: who sees whose rows."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from sightings.models import (
    Alert,
    Fleet,
    Observation,
    Plate,
    ProcessingRun,
    SavedSearch,
    Sighting,
    Trip,
    User,
    Vehicle,
    Video,
    WatchEntry,
    WatchKey,
    Watchlist,
)
from sightings.services.alerting import watch
from sightings.services.watchlists import add_entry, create_watchlist, delete_watchlist

pytestmark = pytest.mark.django_db
OWNED = [Fleet, Vehicle, Trip, Video, ProcessingRun, Plate, Sighting, Observation]


@pytest.mark.parametrize("model", OWNED)
def test_a_member_sees_the_rows_of_their_own_fleet(model: type, dora: User, sighting: Sighting) -> None:
    assert model.objects.visible_to(dora).count() == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", OWNED[1:])
def test_a_person_of_another_fleet_sees_nothing(model: type, charlie: User, sighting: Sighting) -> None:
    assert not model.objects.visible_to(charlie).exists()  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", OWNED)
def test_someone_not_logged_in_sees_nothing(model: type, sighting: Sighting) -> None:
    assert not model.objects.visible_to(AnonymousUser()).exists()  # type: ignore[attr-defined]


def test_a_saved_search_is_seen_by_the_person_who_saved_it_alone(dora: User, bob: User, northwind: Fleet) -> None:
    staff = User.objects.create_user("eve", is_staff=True)
    SavedSearch.objects.create(fleet=northwind, user=dora, name="Mine")
    assert SavedSearch.objects.visible_to(dora).count() == 1
    for other in (bob, staff, AnonymousUser()):
        assert not SavedSearch.objects.visible_to(other).exists()


@pytest.mark.parametrize("model", [Watchlist, WatchEntry, WatchKey, Alert])
def test_watchlists_and_alerts_are_seen_in_their_fleet_alone(
    model: type, dora: User, bob: User, charlie: User, sighting: Sighting
) -> None:
    watchlist = create_watchlist(user=bob, fleet=sighting.fleet, values={"name": "Stolen"})
    add_entry(watchlist=watchlist, user=bob, pattern=sighting.text)
    watch(Sighting.objects.all())
    seen = [model.objects.visible_to(person).count() for person in (dora, charlie, AnonymousUser())]  # type: ignore[attr-defined]
    assert seen == [1, 0, 0]


def test_a_deleted_watchlist_is_not_seen(bob: User, northwind: Fleet) -> None:
    delete_watchlist(watchlist=create_watchlist(user=bob, fleet=northwind, values={"name": "Stolen"}), user=bob)
    assert not Watchlist.objects.visible_to(bob).exists()


def test_staff_see_every_fleet(sighting: Sighting, southgate: Fleet) -> None:
    staff = User.objects.create_user("eve", is_staff=True)
    assert Fleet.objects.visible_to(staff).count() == 2
    assert Sighting.objects.visible_to(staff).count() == 1


def test_a_trip_that_was_merged_into_another_is_not_seen(dora: User, sighting: Sighting) -> None:
    Trip.objects.create(fleet=sighting.fleet, name="gone", merged_into=sighting.trip)
    assert list(Trip.objects.visible_to(dora)) == [sighting.trip]


def test_a_person_who_was_shut_out_sees_nothing(dora: User, sighting: Sighting) -> None:
    dora.is_active = False
    assert not Sighting.objects.visible_to(dora).exists()


def test_a_member_of_two_fleets_sees_each_row_once(dora: User, southgate: Fleet, sighting: Sighting) -> None:
    dora.memberships.create(fleet=southgate)
    assert Sighting.objects.visible_to(dora).count() == 1
    assert Fleet.objects.visible_to(dora).count() == 2
