"""Plates in the shapes that other programs already parse: Plate Recognizer's, OpenALPR's and Frigate's; CSV;
GeoJSON; and in our own, as the list has them.

Each maker takes a sighting and whether its plate may be shown, and needs no serializer: a million of them are written
in one answer, and webhooks write them where there is no request.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sightings.models import Sighting
from sightings.tables import harmless
from sightings.zones import zone_or_utc

HIDDEN = "•••"  # stands for a plate that the reader may not see

COLUMNS = (
    "id", "timestamp", "timestamp_local", "plate", "plate_raw", "score", "region", "review_state", "flagged", "lat",
    "lon", "heading", "speed", "accuracy_m", "camera_id", "trip", "video", "position_sec", "reads_count",
    "model_version",
)  # fmt: skip


def utc(moment: datetime | None) -> str | None:
    """`2026-05-01T12:00:00.000Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(moment: datetime | None, zone: str) -> str | None:
    """The same moment on the clock of a time zone, with its offset; UTC where the zone is unknown."""
    if moment is None:
        return None
    return moment.astimezone(zone_or_utc(zone)).isoformat(timespec="milliseconds")


def box_of(numbers: Sequence[float]) -> dict[str, float] | None:
    """[x1, y1, x2, y2] by name; None where there is no box."""
    return dict(zip(("xmin", "ymin", "xmax", "ymax"), numbers, strict=True)) if len(numbers) == 4 else None


def camera_of(row: Sighting) -> str:
    """`Van 1/front`; the camera alone where the vehicle is not known."""
    vehicle = row.trip.vehicle
    return f"{vehicle.name}/{row.video.camera}" if vehicle else row.video.camera


def native(row: Sighting, reveal: bool, site: str = "") -> dict[str, Any]:
    """As the API tells of it; `site` stands before the addresses."""
    vehicle, known = row.trip.vehicle, row.lat is not None and row.lon is not None
    gps = {name: getattr(row, name) for name in ("lat", "lon", "heading", "speed", "accuracy_m")}
    return {
        "id": row.pk,
        "plate": shown(row.text, reveal),
        "score": row.confidence,
        "dscore": row.dscore,
        "region": {"code": row.region or "unknown", "score": row.region_score},
        "candidates": list(row.candidates) if reveal else [],
        "box": box_of(row.box),
        "vehicle": {"id": vehicle.pk, "name": vehicle.name} if vehicle else None,
        "camera_id": camera_of(row),
        "timestamp": utc(row.seen_at),
        "timestamp_local": local(row.seen_at, row.fleet.time_zone),
        "source_url": site + source_path(row),
        "position_sec": row.best_s,
        "first_seen_sec": row.first_seen_s,
        "last_seen_sec": row.last_seen_s,
        "plate_id": row.plate_id,
        "plate_raw": shown(row.plate_raw, reveal),
        "plate_corrected": shown(row.plate_corrected, reveal),
        "plate_source": str(row.plate_source),
        "review_state": row.review_state,
        "flagged": row.flagged,
        "reads_count": row.reads_count,
        "gps": gps | {"source": row.gps_source} if known else None,
        "car": row.car,
        "time_source": row.time_source,
        "time_uncertainty_s": row.time_uncertainty_s,
        "track_id": row.key,
        "model_version": row.model_version,
        "trip": row.trip_id,
        "video": row.video_id,
        "crop_url": f"{site}/files/crops/{quote(row.crop)}" if reveal and row.crop else None,
        "version": row.version,
        "created_at": utc(row.created_at),
        "updated_at": utc(row.updated_at),
    }


def platerec_result(
    plate: str,
    score: float,
    dscore: float,
    region: str,
    region_score: float | None,
    box: Sequence[float],
    candidates: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """One plate of a Snapshot answer; vehicles are not looked at, and so theirs is empty."""
    return {
        "box": {name: round(value) for name, value in (box_of(box) or {}).items()},
        "plate": plate.lower(),
        "region": {"code": region or "unknown", "score": round(region_score or 0.0, 3)},
        "score": round(score, 3),
        "candidates": [{"score": round(one["score"], 3), "plate": one["plate"].lower()} for one in candidates],
        "dscore": round(dscore, 3),
        "vehicle": {},
    }


def platerec(row: Sighting, reveal: bool) -> dict[str, Any]:
    """A Snapshot answer to one picture with one plate in it."""
    result = platerec_result(
        shown(row.text, reveal),
        row.confidence,
        row.dscore,
        row.region,
        row.region_score,
        row.box,
        row.candidates if reveal else [],
    )
    return {
        "processing_time": 0.0,
        "results": [result],
        "filename": row.video.original_name,
        "version": 1,
        "camera_id": camera_of(row),
        "timestamp": utc(row.seen_at),
    }


def openalpr(row: Sighting, reveal: bool) -> dict[str, Any]:
    """`alpr_results` of one picture: confidence 0–100, milliseconds since 1970, corners clockwise from the top left."""
    plate = shown(row.text, reveal)
    candidates = [_openalpr_text(one["plate"], one["score"]) for one in (row.candidates if reveal else [])]
    result = {
        **_openalpr_text(plate, row.confidence),
        "plate_index": 0,
        "processing_time_ms": 0.0,
        "region": row.region,
        "region_confidence": round(100 * (row.region_score or 0.0), 1),
        "requested_topn": len(candidates),
        "coordinates": [{"x": round(x), "y": round(y)} for x, y in _corners(row)],
        "candidates": candidates,
    }
    return {
        "version": 2,
        "data_type": "alpr_results",
        "uuid": f"sighting-{row.pk}",
        "camera_id": camera_of(row),
        "epoch_time": round(1000 * row.seen_at.timestamp()) if row.seen_at else None,
        "img_width": row.video.width,
        "img_height": row.video.height,
        "processing_time_ms": 0.0,
        "regions_of_interest": [],
        "results": [result],
    }


def frigate(row: Sighting, reveal: bool) -> dict[str, Any]:
    """What Frigate publishes under `frigate/tracked_object_update` when it has read a plate."""
    return {
        "type": "lpr",
        "id": str(row.pk),
        "name": None,
        "plate": shown(row.text, reveal),
        "score": round(row.confidence, 3),
        "camera": camera_of(row),
        "timestamp": row.seen_at.timestamp() if row.seen_at else None,
        "plate_box": [round(value) for value in row.box],
    }


def geojson(row: Sighting, reveal: bool) -> dict[str, Any]:
    """A point where the camera was; no geometry where that is unknown."""
    known = row.lat is not None and row.lon is not None
    words = zip(COLUMNS, values(row, reveal), strict=True)
    return {
        "type": "Feature",
        "id": row.pk,
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]} if known else None,
        "properties": {name: value for name, value in words if name not in ("id", "lat", "lon")},
    }


def source_path(row: Sighting) -> str:
    """The video, at the moment of the best read."""
    return f"/files/videos/{row.video_id}/#t={row.best_s:.3f}"


def cells(row: Sighting, reveal: bool) -> list[Any]:
    """A line of the table, of which a spreadsheet works nothing out."""
    return [harmless(one) if isinstance(one, str) else one for one in values(row, reveal)]


def values(row: Sighting, reveal: bool) -> list[Any]:
    """In the order of COLUMNS."""
    return [
        row.pk,
        utc(row.seen_at),
        local(row.seen_at, row.fleet.time_zone),
        shown(row.text, reveal),
        shown(row.plate_raw, reveal),
        round(row.confidence, 4),
        row.region,
        row.review_state,
        row.flagged,
        row.lat,
        row.lon,
        row.heading,
        row.speed,
        row.accuracy_m,
        camera_of(row),
        row.trip_id,
        row.video_id,
        round(row.best_s, 3),
        row.reads_count,
        row.model_version,
    ]


def shown(text: str, reveal: bool) -> str:
    """A plate, or what stands for one."""
    return text if reveal or not text else HIDDEN


def _openalpr_text(plate: str, score: float) -> dict[str, Any]:
    return {"plate": plate, "confidence": round(100 * score, 2), "matches_template": 0}


def _corners(row: Sighting) -> list[tuple[float, float]]:
    if len(row.corners) == 4:
        return [(x, y) for x, y in row.corners]
    if len(row.box) != 4:
        return []
    x1, y1, x2, y2 = row.box
    return [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]
