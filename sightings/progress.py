"""What the live pages are told: typed payloads, sent to a fleet's group after commit.

Each message carries the whole stored state of one thing, so that a lost or doubled message does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, TypedDict

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.apps import apps
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

ACTIVE_TRIPS = ("waiting", "reading")
ACTIVE_UPLOADS = ("receiving", "received", "inspecting")


class TripPayload(TypedDict):
    id: int
    name: str
    state: str
    progress: float  # 0–1 over all videos, by their length
    eta_s: float | None
    sightings: int
    doubtful: int
    stage: str  # waiting, reading, merging, or the state a trip ended in
    error: str


class UploadPayload(TypedDict):
    id: str
    filename: str
    state: str
    offset: int
    size: int
    sha256: str
    error_code: str
    error: str
    findings: dict[str, Any]
    trip_id: int | None


class SightingPayload(TypedDict):
    id: int
    trip_id: int
    video_id: int
    plate: str
    confidence: float
    first_seen_s: float
    best_s: float
    seen_at: str | None
    lat: float | None
    lon: float | None
    crop: str
    review_state: str


class TripMessage(TypedDict):
    type: Literal["trip"]
    trip: TripPayload


class UploadMessage(TypedDict):
    type: Literal["upload"]
    upload: UploadPayload


class SightingMessage(TypedDict):
    type: Literal["sighting"]
    sighting: SightingPayload


Message = TripMessage | UploadMessage | SightingMessage


def group_of(fleet_id: int) -> str:
    return f"fleet.{fleet_id}"


def publish_trip(trip_id: int) -> None:
    """Tell the fleet how a trip stands, once the transaction has committed."""
    transaction.on_commit(partial(_send_trip, trip_id))


def publish_upload(upload_id: str) -> None:
    transaction.on_commit(partial(_send_upload, upload_id))


def publish_sighting(sighting_id: int) -> None:
    transaction.on_commit(partial(_send_sighting, sighting_id))


def trip_message(trip: Any) -> TripMessage:
    """A Trip as its row and its runs say at this moment."""
    runs = _latest_runs(trip.pk)
    current = apps.get_model("sightings", "Sighting").objects.filter(trip=trip.pk, run__is_current=True)
    seen = current.exclude(review_state="rejected")
    progress = _progress(runs)
    return {
        "type": "trip",
        "trip": {
            "id": trip.pk,
            "name": trip.name,
            "state": trip.state,
            "progress": progress,
            "eta_s": _eta_s(runs, progress) if trip.state in ACTIVE_TRIPS else None,
            "sightings": seen.count(),
            "doubtful": seen.doubtful().count(),
            "stage": _stage(trip.state, runs),
            "error": next((run.error for run in runs if run.error), ""),
        },
    }


def upload_message(upload: Any) -> UploadMessage:
    return {
        "type": "upload",
        "upload": {
            "id": str(upload.pk),
            "filename": upload.filename,
            "state": upload.state,
            "offset": upload.offset,
            "size": upload.size,
            "sha256": upload.sha256,
            "error_code": upload.error_code,
            "error": upload.error,
            "findings": upload.findings,
            "trip_id": upload.trip_id,
        },
    }


def sighting_message(sighting: Any) -> SightingMessage:
    return {
        "type": "sighting",
        "sighting": {
            "id": sighting.pk,
            "trip_id": sighting.trip_id,
            "video_id": sighting.video_id,
            "plate": sighting.text,
            "confidence": sighting.confidence,
            "first_seen_s": sighting.first_seen_s,
            "best_s": sighting.best_s,
            "seen_at": sighting.seen_at.isoformat() if sighting.seen_at else None,
            "lat": sighting.lat,
            "lon": sighting.lon,
            "crop": sighting.crop,
            "review_state": sighting.review_state,
        },
    }


def _latest_runs(trip_id: int) -> list[Any]:
    """The newest run of each video, with the number of its segments that are being read."""
    leased = Count("segments", filter=Q(segments__state="leased"))
    runs = apps.get_model("sightings", "ProcessingRun").objects.filter(video__trip=trip_id).select_related("video")
    newest = {run.video_id: run for run in runs.annotate(leased=leased).order_by("pk")}
    return list(newest.values())


def _progress(runs: list[Any]) -> float:
    total: float = sum(run.video.duration_s for run in runs)
    if not total:
        return 0.0
    done: float = sum(run.progress * run.video.duration_s for run in runs)
    return round(min(1.0, done / total), 4)


def _eta_s(runs: list[Any], progress: float) -> float | None:
    """Seconds left at the pace so far; None before there is a pace."""
    started = min((run.started_at for run in runs if run.started_at), default=None)
    if started is None or progress < 0.02:
        return None
    passed: float = (timezone.now() - started).total_seconds()
    return round(passed * (1.0 - progress) / progress, 1)


def _stage(state: str, runs: list[Any]) -> str:
    if state not in ACTIVE_TRIPS:
        return state
    if any(run.leased for run in runs):
        return "reading"
    return "merging" if any(run.state == "merging" for run in runs) else "waiting"


def _send_trip(trip_id: int) -> None:
    if trip := apps.get_model("sightings", "Trip").objects.filter(pk=trip_id).first():
        _send(trip.fleet_id, trip_message(trip))


def _send_upload(upload_id: str) -> None:
    if upload := apps.get_model("sightings", "Upload").objects.filter(pk=upload_id).first():
        _send(upload.fleet_id, upload_message(upload))


def _send_sighting(sighting_id: int) -> None:
    if sighting := apps.get_model("sightings", "Sighting").objects.filter(pk=sighting_id).first():
        _send(sighting.fleet_id, sighting_message(sighting))


def _send(fleet_id: int, message: Mapping[str, Any]) -> None:
    """A page that misses a message reads the stored state on its next one, so a silent Redis is no error here."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group_of(fleet_id), {"type": "fleet.message", "message": dict(message)})
    except (RedisError, OSError) as error:
        log.warning("a live message was not sent: %s", error)
