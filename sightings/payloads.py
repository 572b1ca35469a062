"""What an event says, in the words of each shape.

Plate Recognizer, OpenALPR and Frigate have words for a plate that was seen, and for nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from sightings import shapes
from sightings.models import Alert, Announced, EventKind, Fleet, ReviewState, Shape, Sighting, Trip
from sightings.progress import trip_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, once; `id` is the same for everybody who is told of it, however often."""

    kind: EventKind
    id: str
    fleet: Fleet
    subject: str  # what it is about: events of one subject are told in order
    plate: str = ""  # and so are those of one plate
    sighting: Sighting | None = None
    change: str = ""  # of a sighting: what people say of it now, else reread, gone, back
    before: Announced | None = None  # of a changed sighting: what was told last
    alert: Alert | None = None
    trip: Trip | None = None


def written(event: Event, shape: str, reveal: bool, url: str) -> str | None:
    """The body for a webhook with this address; None where the shape has no words for it."""
    if shape == Shape.NATIVE or event.kind == EventKind.PING:
        return _json(_native(event, reveal))
    row = event.sighting
    if row is None or row.review_state == ReviewState.REJECTED:
        return None
    if shape == Shape.OPENALPR:
        return _json(shapes.openalpr(row, reveal))
    if shape == Shape.FRIGATE:
        return _json(shapes.frigate(row, reveal))
    data = shapes.platerec(row, reveal)
    hook = {"target": url, "id": data["camera_id"], "event": "recognition", "filename": data["filename"]}
    return _json({"hook": hook, "data": data | {"timestamp_local": shapes.local(row.seen_at, row.fleet.time_zone)}})


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _native(event: Event, reveal: bool) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": str(event.kind),
        "timestamp": shapes.utc(timezone.now()),
        "fleet": event.fleet.slug,
        "data": _data(event, reveal),
    }


def _data(event: Event, reveal: bool) -> dict[str, Any]:
    if event.trip is not None:
        return {"trip": _trip(event.trip)}
    if event.kind == EventKind.PING:
        return {"message": "If you can read this, the webhook works."}
    told: dict[str, Any] = {}
    if event.alert is not None:
        told["alert"] = _alert(event.alert, reveal)
    if event.change:
        told["change"] = event.change
    if event.before is not None:
        plate = event.before.text if reveal else shapes.HIDDEN
        told["before"] = {"plate": plate, "review_state": event.before.review_state}
    if event.sighting is not None:
        told["sighting"] = shapes.native(event.sighting, reveal, settings.SITE_URL)
    elif event.before is not None:
        told["sighting"] = _gone(event.before, reveal)
    return told


def _gone(before: Announced, reveal: bool) -> dict[str, Any]:
    """What is left to say of a sighting whose row is there no more."""
    return {
        "id": before.sighting_key,
        "plate": before.text if reveal else shapes.HIDDEN,
        "review_state": before.review_state,
        "position_sec": before.seconds,
        "trip": before.video.trip_id,
        "video": before.video_id,
    }


def _alert(alert: Alert, reveal: bool) -> dict[str, Any]:
    return {
        "id": alert.pk,
        "watchlist": alert.watchlist_id,
        "watchlist_name": alert.watchlist.name,
        "entry": alert.entry_id,
        "pattern": alert.entry.pattern if reveal else shapes.HIDDEN,
        "reason": alert.entry.reason if reveal else "",
        "plate": alert.text if reveal else shapes.HIDDEN,
        "timestamp": shapes.utc(alert.seen_at),
        "url": f"{settings.SITE_URL}/alerts/?alert={alert.pk}",
    }


def _trip(trip: Trip) -> dict[str, Any]:
    counts = trip_message(trip)["trip"]
    return {
        "id": trip.pk,
        "name": trip.name,
        "state": trip.state,
        "vehicle": {"id": trip.vehicle.pk, "name": trip.vehicle.name} if trip.vehicle else None,
        "started_at": shapes.utc(trip.started_at),
        "ended_at": shapes.utc(trip.ended_at),
        "sightings": counts["sightings"],
        "doubtful": counts["doubtful"],
        "url": f"{settings.SITE_URL}/trips/{trip.pk}/",
    }
