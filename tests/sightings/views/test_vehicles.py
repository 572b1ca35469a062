"""The vehicle's page: who may say how its cameras look, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from recognition.cameras import known_cameras
from sightings.models import AuditEntry, Trip, User, Vehicle
from sightings.services import vehicles

PageAs = Callable[[User], Client]
FORM = {
    "camera_model": "", "field_of_view_deg": "120", "lens": "equidistant",
    "rear_field_of_view_deg": "", "rear_lens": "rectilinear",
}  # fmt: skip


@pytest.fixture
def vehicle(trip: Trip) -> Vehicle:
    assert trip.vehicle is not None
    return trip.vehicle


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(vehicles, "enqueue", lambda name, *, queue, **ids: sent.append((name, ids)))
    return sent


def test_a_manager_says_how_the_camera_looks_and_the_cars_are_placed_anew(
    vehicle: Vehicle, alice: User, page_as: PageAs, queued: list[Any]
) -> None:
    page = page_as(alice)
    assert f"/vehicles/{vehicle.pk}/" in page.get("/vehicles/").content.decode()
    assert page.post(f"/vehicles/{vehicle.pk}/", FORM).status_code == 302
    vehicle.refresh_from_db()
    assert (vehicle.field_of_view_deg, vehicle.lens) == (120.0, "equidistant")
    assert vehicle.cars_stale_since is not None
    assert queued == [("place_cars", {"vehicle_id": vehicle.pk})]


def test_saving_what_stands_there_changes_nothing(
    vehicle: Vehicle, alice: User, page_as: PageAs, queued: list[Any]
) -> None:
    for _ in range(2):
        page_as(alice).post(f"/vehicles/{vehicle.pk}/", FORM)
    assert len(queued) == 1
    assert AuditEntry.objects.filter(action="vehicle.changed").count() == 1


def test_a_known_camera_fills_in_how_it_looks(
    vehicle: Vehicle, alice: User, page_as: PageAs, queued: list[Any]
) -> None:
    model = next(model for model in known_cameras() if model.rear)
    page_as(alice).post(f"/vehicles/{vehicle.pk}/", FORM | {"camera_model": model.name, "field_of_view_deg": ""})
    vehicle.refresh_from_db()
    assert vehicle.field_of_view_deg == model.front.field_of_view_deg
    assert model.rear is not None
    assert (vehicle.rear_field_of_view_deg, vehicle.rear_lens) == (model.rear.field_of_view_deg, model.rear.lens)


def test_a_change_can_be_undone_and_the_undoing_too(
    vehicle: Vehicle, alice: User, page_as: PageAs, queued: list[Any]
) -> None:
    page = page_as(alice)
    page.post(f"/vehicles/{vehicle.pk}/", FORM)
    for expected in (None, 120.0):
        latest = AuditEntry.objects.filter(action="vehicle.changed").latest("pk")
        page.post(f"/vehicles/{vehicle.pk}/undo/", {"entry": latest.pk})
        vehicle.refresh_from_db()
        assert vehicle.field_of_view_deg == expected
    assert "Undo" in page.get(f"/vehicles/{vehicle.pk}/").content.decode()


def test_a_field_of_view_that_a_lens_cannot_have_is_refused(
    vehicle: Vehicle, alice: User, page_as: PageAs, queued: list[Any]
) -> None:
    wide = FORM | {"field_of_view_deg": "180", "lens": "rectilinear"}
    assert "shows less than 179°" in page_as(alice).post(f"/vehicles/{vehicle.pk}/", wide).content.decode()
    vehicle.refresh_from_db()
    assert vehicle.field_of_view_deg is None


def test_a_reviewer_may_look_but_not_change(vehicle: Vehicle, bob: User, page_as: PageAs, queued: list[Any]) -> None:
    page = page_as(bob)
    assert "You may look but not change" in page.get(f"/vehicles/{vehicle.pk}/").content.decode()
    page.post(f"/vehicles/{vehicle.pk}/", FORM)
    vehicle.refresh_from_db()
    assert vehicle.field_of_view_deg is None


def test_another_fleet_s_vehicle_is_not_there(vehicle: Vehicle, charlie: User, page_as: PageAs) -> None:
    page = page_as(charlie)
    assert page.get(f"/vehicles/{vehicle.pk}/").status_code == 404
    assert page.post(f"/vehicles/{vehicle.pk}/undo/", {"entry": "1"}).status_code == 404
    assert f"/vehicles/{vehicle.pk}/" not in page.get("/vehicles/").content.decode()
