"""What the command line prints: one dictionary per picture and per plate that passed, ready for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from recognition.telemetry.track import Track
from recognition.types import Character, Detection, PlateTrack, Reading, Region, TimeSource

Row = dict[str, Any]


def plate_row(detection: Detection, reading: Reading) -> Row:
    """One plate of a picture."""
    return {**_where(detection), **_reading(reading)}


def sighting_row(
    track: PlateTrack, positions: Track | None, started: datetime | None, source: TimeSource, uncertainty: float
) -> Row:
    """What is printed for one plate that passed. Times in seconds are from the first frame."""
    best = track.best
    moment = started + timedelta(seconds=best.seconds) if started is not None else None
    where = _where(best.detection)
    return {
        "plate": track.plate,
        "confidence": round(track.confidence, 4),
        "first_seen": round(track.first_seen, 3),
        "last_seen": round(track.last_seen, 3),
        "best": {"seconds": round(best.seconds, 3), "box": where["box"], "corners": where["corners"]},
        "reads_count": len(track.observations),
        "candidates": [{"plate": item.plate, "score": round(item.score, 4)} for item in track.candidates],
        "characters": _characters(track.characters),
        "region": _region(track.region),
        "gps": _gps(positions, moment, uncertainty) if positions is not None and moment is not None else None,
        "time": iso(moment) if moment is not None else None,
        "time_source": source if moment is not None else None,
    }


def _gps(positions: Track, moment: datetime, uncertainty: float) -> Row | None:
    """Where the camera was; not knowing the moment better than `uncertainty` adds to not knowing the place."""
    position = positions.at(moment)
    if position is None:
        return None
    return {
        "lat": round(position.lat, 6),
        "lon": round(position.lon, 6),
        "heading": None if position.heading is None else round(position.heading, 1),
        "speed": None if position.speed is None else round(position.speed, 2),
        "accuracy_m": round(math.hypot(position.accuracy_m, (position.speed or 0.0) * uncertainty), 1),
        "source": positions.source,
    }


def _where(detection: Detection) -> Row:
    corners = [[round(x, 1), round(y, 1)] for x, y in detection.corners]
    return {"box": detection.box.as_list(), "corners": corners, "score": round(detection.score, 4)}


def _reading(reading: Reading) -> Row:
    return {
        "plate": reading.plate,
        "confidence": round(reading.confidence, 4),
        "characters": _characters(reading.characters),
        "candidates": [{"plate": item.plate, "score": round(item.score, 4)} for item in reading.candidates],
        "region": _region(reading.region),
        "raw": reading.raw,
    }


def _characters(characters: Iterable[Character]) -> list[Row]:
    return [{"text": item.text, "confidence": round(item.confidence, 4)} for item in characters]


def _region(region: Region | None) -> Row | None:
    return None if region is None else {"code": region.code, "score": round(region.score, 4)}


def iso(moment: datetime) -> str:
    """UTC with milliseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
