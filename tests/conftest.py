"""People and rows that most tests need.

Three people of the fleet Northwind, one of each role, and one of another fleet, so that a test of permission costs
three lines: alice manages Northwind, bob reviews in it, dora only looks; charlie manages Southgate.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from sightings.models import Fleet, ProcessingRun, Role, Sighting, Trip, User
from sightings.services.tokens import create_token
from tests.factories import make_person, make_run, make_sighting, make_trip, make_vehicle, make_video


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `postgresql` run where DATABASE_URL names such a server, and say so where it does not."""
    if connection.vendor == "postgresql":
        return
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: DATABASE_URL names no such server"))


@pytest.fixture(autouse=True)
def quick_and_apart(settings: Any, tmp_path: Path) -> None:
    """Passwords hash fast, every file a test writes lands in its own folder, and live messages stay in the process."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA_DIR = tmp_path / "data"
    settings.UPLOAD_DIR = tmp_path / "data" / "uploads"
    settings.MEDIA_ROOT = str(tmp_path / "data" / "media")
    here = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {"default": here, "shared": {**here, "LOCATION": str(tmp_path)}}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture
def northwind(db: None) -> Fleet:
    return Fleet.objects.create(name="Northwind", slug="northwind", time_zone="Europe/Bucharest")


@pytest.fixture
def southgate(db: None) -> Fleet:
    return Fleet.objects.create(name="Southgate", slug="southgate")


@pytest.fixture
def alice(northwind: Fleet) -> User:
    return make_person("alice", northwind, Role.MANAGER)


@pytest.fixture
def bob(northwind: Fleet) -> User:
    return make_person("bob", northwind, Role.REVIEWER)


@pytest.fixture
def dora(northwind: Fleet) -> User:
    return make_person("dora", northwind, Role.VIEWER)


@pytest.fixture
def charlie(southgate: Fleet) -> User:
    return make_person("charlie", southgate, Role.MANAGER)


@pytest.fixture
def trip(northwind: Fleet) -> Trip:
    return make_trip(northwind, vehicle=make_vehicle(northwind))


@pytest.fixture
def run(trip: Trip) -> ProcessingRun:
    return make_run(make_video(trip))


@pytest.fixture
def sighting(run: ProcessingRun) -> Sighting:
    return make_sighting(run)


@pytest.fixture
def page_as() -> Callable[[User], Client]:
    """A browser in which the person is logged in; forgery protection is on, as in real life."""

    def log_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return log_in


@pytest.fixture
def api_as() -> Callable[..., APIClient]:
    """A program with a token of the person's; `scopes` narrows it."""

    def authenticate(person: User, scopes: list[str] | None = None) -> APIClient:
        _, secret = create_token(user=person, name="test", scopes=scopes)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
        return client

    return authenticate


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What services hand to the queue, as (task name, arguments), instead of it being sent."""
    sent: list[tuple[str, dict[str, Any]]] = []

    def note(name: str, *, queue: str, **ids: Any) -> None:
        sent.append((name, {"queue": queue, **ids}))

    monkeypatch.setattr("sightings.services.uploads.enqueue", note)
    monkeypatch.setattr("sightings.services.trips.enqueue", note)
    monkeypatch.setattr("sightings.services.queueing.enqueue", note)
    return sent
