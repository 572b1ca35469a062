"""Sightings as the rows that `ingest --wait` prints, of the same shape as `python -m recognition trip` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sightings.models import Sighting, Video


def sighting_rows(video: Video) -> Iterator[dict[str, Any]]:
    """The current reading of a video, in order of time."""
    found = Sighting.objects.current().filter(video=video).select_related("trip").order_by("first_seen_s", "key")
    return map(_row, found)


def _row(sighting: Sighting) -> dict[str, Any]:
    return {
        "id": sighting.pk,
        "trip": sighting.trip_id,
        "plate": sighting.text,
        "confidence": sighting.confidence,
        "first_seen": sighting.first_seen_s,
        "last_seen": sighting.last_seen_s,
        "best": {"seconds": sighting.best_s, "box": sighting.box, "corners": sighting.corners},
        "reads_count": sighting.reads_count,
        "candidates": sighting.candidates,
        "characters": sighting.characters,
        "region": {"code": sighting.region, "score": sighting.region_score} if sighting.region else None,
        "gps": _gps(sighting),
        "time": sighting.seen_at.isoformat().replace("+00:00", "Z") if sighting.seen_at else None,
        "time_source": sighting.time_source or None,
        "model_version": sighting.model_version,
    }


def _gps(sighting: Sighting) -> dict[str, Any] | None:
    if sighting.lat is None:
        return None
    return {
        "lat": sighting.lat,
        "lon": sighting.lon,
        "heading": sighting.heading,
        "speed": sighting.speed,
        "accuracy_m": sighting.accuracy_m,
        "source": sighting.gps_source,
    }
