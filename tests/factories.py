"""Rows for tests: each maker fills in what the test does not care about."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sightings.models import (
    Fleet,
    Member,
    Observation,
    ProcessingRun,
    Role,
    RunState,
    Sighting,
    Trip,
    TripState,
    User,
    Vehicle,
    Video,
)
from sightings.services.plates import plate_for

PASSWORD = "a long enough password"
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
_count = itertools.count(1)


def make_person(username: str, fleet: Fleet | None = None, role: Role = Role.VIEWER) -> User:
    person = User.objects.create_user(username, password=PASSWORD)
    if fleet is not None:
        Member.objects.create(fleet=fleet, user=person, role=role)
    return person


def make_vehicle(fleet: Fleet, name: str = "Van 1") -> Vehicle:
    return Vehicle.objects.create(fleet=fleet, name=name, time_zone="Europe/Bucharest")


def make_trip(fleet: Fleet, **fields: Any) -> Trip:
    return Trip.objects.create(fleet=fleet, **{"name": "Morning drive", "state": TripState.DONE, **fields})


def make_video(trip: Trip, **fields: Any) -> Video:
    content = uuid4().bytes  # browser tests make videos of one site from several processes
    given = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "file": "videos/none.mp4",
        "original_name": "front.mp4",
        "duration_s": 60.0,
        "width": 1280,
        "height": 720,
        "started_at": NOON,
        "time_source": "gps",
    }
    return Video.objects.create(fleet=trip.fleet, trip=trip, vehicle=trip.vehicle, **{**given, **fields})


def make_run(video: Video, **fields: Any) -> ProcessingRun:
    given = {"model_version": "test@1", "state": RunState.DONE, "progress": 1.0, "is_current": True}
    return ProcessingRun.objects.create(video=video, **{**given, **fields})


def make_sighting(run: ProcessingRun, plate: str = "B99BNX", **fields: Any) -> Sighting:
    """A sighting five seconds long with one observation, read as `plate`."""
    video = run.video
    start = fields.pop("at", 10.0)
    given = {
        "key": f"0000:{next(_count):05d}",
        "current": run.is_current,
        "plate": plate_for(fleet=video.fleet, text=plate) if plate else None,
        "plate_raw": plate,
        "confidence": 0.95,
        "dscore": 0.9,
        "first_seen_s": start,
        "last_seen_s": start + 5.0,
        "best_s": start + 2.0,
        "seen_at": NOON,
        "time_source": "gps",
        "lat": 44.43,
        "lon": 26.1,
        "gps_source": "gpx",
        "box": [100.0, 200.0, 180.0, 220.0],
        "candidates": [{"plate": plate, "score": 0.9}],
        "reads_count": 1,
    }
    sighting = Sighting.objects.create(fleet=video.fleet, trip=video.trip, video=video, run=run, **{**given, **fields})
    Observation.objects.create(
        sighting=sighting,
        seconds=sighting.best_s,
        box=sighting.box,
        dscore=0.9,
        text=plate,
        confidence=0.95,
        weight=1.0,
    )
    return sighting
