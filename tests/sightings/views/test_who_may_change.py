"""Forms change nothing for those who may only look, and are not there for strangers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sightings.models import Sighting, Trip, User, Video

PageAs = Callable[[User], Client]

CHANGES = [
    "/trips/{trip}/retry/",
    "/trips/{trip}/stop/",
    "/trips/{trip}/pause/",
    "/trips/{trip}/resume/",
    "/trips/{trip}/put-first/",
    "/trips/{trip}/put-back/",
    "/trips/{trip}/rename/",
    "/videos/{video}/camera/",
    "/sightings/{sighting}/say/",
    "/sightings/{sighting}/flag/",
]
FORM = {"action": "reject", "text": "X1", "name": "another name", "reason": "other", "camera": "rear"}


def address_of(address: str, sighting: Sighting) -> str:
    return address.format(trip=sighting.trip_id, sighting=sighting.pk, video=sighting.video_id)


@pytest.mark.parametrize("address", CHANGES)
def test_a_viewer_changes_nothing(address: str, sighting: Sighting, dora: User, page_as: PageAs) -> None:
    before = Sighting.objects.values().get(), Trip.objects.values().get(), Video.objects.values().get()
    page_as(dora).post(address_of(address, sighting), FORM)
    assert (Sighting.objects.values().get(), Trip.objects.values().get(), Video.objects.values().get()) == before


@pytest.mark.parametrize("address", CHANGES)
def test_a_stranger_cannot_change_what_they_cannot_see(
    address: str, sighting: Sighting, charlie: User, page_as: PageAs
) -> None:
    response = page_as(charlie).post(address_of(address, sighting), FORM)
    assert response.status_code == 404


def test_a_search_shows_only_the_own_fleets_plates(sighting: Sighting, charlie: User, page_as: PageAs) -> None:
    assert f"/sightings/{sighting.pk}/" not in page_as(charlie).get("/search/?q=B99*").content.decode()
