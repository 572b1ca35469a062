"""Vehicles over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from sightings.models import Trip, User, Vehicle
from sightings.services import vehicles

pytestmark = pytest.mark.django_db
URL = "/api/v1/vehicles/"
ApiAs = Callable[..., APIClient]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    monkeypatch.setattr(vehicles, "enqueue", lambda name, **_: sent.append(name))
    return sent


def test_a_manager_adds_a_vehicle_and_changes_it(api_as: ApiAs, alice: User, queued: list[str]) -> None:
    api = api_as(alice)
    made = api.post(URL, {"name": "Van 7", "field_of_view_deg": 120, "clock_offset_s": -2.5})
    assert made.status_code == 201, made.content
    assert made.json() | {"id": 0} == {
        "id": 0, "name": "Van 7", "camera_model": "", "field_of_view_deg": 120.0, "lens": "rectilinear",
        "rear_field_of_view_deg": None, "rear_lens": "rectilinear", "clock_offset_s": -2.5,
        "time_zone": "Europe/Bucharest",
    }  # fmt: skip
    where = f"{URL}{made.json()['id']}/"
    assert api.patch(where, {"lens": "equidistant"}).json()["lens"] == "equidistant"
    assert queued == ["place_cars"]
    assert api.patch(where, {"time_zone": "Europe/Paris"}).json()["time_zone"] == "Europe/Paris"
    assert queued == ["place_cars"]  # how cameras look has not changed


def test_what_was_changed_over_the_api_is_told_on_the_page_and_undone_there(
    api_as: ApiAs, page_as: Callable[[User], Client], alice: User, trip: Trip, queued: list[str]
) -> None:
    where = f"/vehicles/{trip.vehicle_id}/"
    api_as(alice).patch(f"/api/v1{where}", {"name": "Bus", "clock_offset_s": 3})
    page = page_as(alice)
    text = page.get(where).content.decode()
    assert "Bus" in text
    entry = text.partition('name="entry" value="')[2].partition('"')[0]
    page.post(f"{where}undo/", {"entry": entry})
    assert Vehicle.objects.get().name == "Van 1"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "Van 1"}, 409, "name_taken"),
        ({"name": "Van 8", "time_zone": "Mars/Olympus"}, 400, "bad_query"),
        ({"name": "Van 8", "field_of_view_deg": 180}, 400, "view_impossible"),
        ({"name": "Van 8", "lens": "bent"}, 400, "invalid"),
        ({"name": ""}, 400, "invalid"),
    ],
)
def test_what_cannot_be_is_refused(
    api_as: ApiAs, alice: User, trip: Trip, body: dict[str, Any], status: int, code: str
) -> None:
    refused = api_as(alice).post(URL, body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert Vehicle.objects.count() == 1
