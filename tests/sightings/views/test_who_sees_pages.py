"""Every page: its fleet's people see it, strangers find nothing, the anonymous are asked to log in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sightings.models import AuditEntry, Plate, Sighting, User

PageAs = Callable[[User], Client]

OWN = ["/", "/trips/", "/upload/", "/search/", "/search/?q=B99*", "/search/explain/?q=B99*"]
OF_A_ROW = ["/trips/{trip}/", "/trips/{trip}/data/", "/sightings/{sighting}/", "/plates/{plate}/"]
CHANGES = ["/trips/{trip}/retry/", "/trips/{trip}/rename/", "/sightings/{sighting}/say/", "/sightings/{sighting}/flag/"]


def filled(address: str, sighting: Sighting) -> str:
    return address.format(trip=sighting.trip_id, sighting=sighting.pk, plate=sighting.plate_id)


@pytest.mark.parametrize("address", OWN + OF_A_ROW)
def test_a_viewer_of_the_fleet_sees_it(address: str, sighting: Sighting, dora: User, page_as: PageAs) -> None:
    assert page_as(dora).get(filled(address, sighting)).status_code == 200


@pytest.mark.parametrize("address", OF_A_ROW)
def test_a_stranger_finds_nothing(address: str, sighting: Sighting, charlie: User, page_as: PageAs) -> None:
    assert page_as(charlie).get(filled(address, sighting)).status_code == 404


@pytest.mark.parametrize("address", OWN + OF_A_ROW)
def test_the_anonymous_are_asked_to_log_in(address: str, sighting: Sighting) -> None:
    response = Client().get(filled(address, sighting))
    assert response.status_code in (302, 401)
    assert response.status_code == 401 or response["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("address", CHANGES)
def test_a_viewer_changes_nothing(address: str, sighting: Sighting, dora: User, page_as: PageAs) -> None:
    before = Sighting.objects.values().get()
    page_as(dora).post(filled(address, sighting), {"action": "reject", "text": "X1", "name": "x", "reason": "other"})
    assert Sighting.objects.values().get() == before
    assert sighting.trip.name == type(sighting.trip).objects.get().name


@pytest.mark.parametrize("address", CHANGES)
def test_a_stranger_cannot_change_what_they_cannot_see(
    address: str, sighting: Sighting, charlie: User, page_as: PageAs
) -> None:
    assert page_as(charlie).post(filled(address, sighting), {"action": "confirm"}).status_code == 404


def test_a_search_shows_only_the_own_fleets_plates(sighting: Sighting, charlie: User, page_as: PageAs) -> None:
    assert Plate.objects.filter(text="B99BNX").exists()
    assert b"B99BNX</" not in page_as(charlie).get("/search/?q=B99*").content


def test_looks_at_plates_can_be_audited(sighting: Sighting, dora: User, page_as: PageAs) -> None:
    client = page_as(dora)
    client.get("/search/?q=B99*")
    client.get(f"/sightings/{sighting.pk}/")
    assert {"plates.searched", "sighting.viewed"} <= set(
        AuditEntry.objects.filter(user=dora).values_list("action", flat=True)
    )
