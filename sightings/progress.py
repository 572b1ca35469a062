"""What the live pages are told: typed payloads, sent to a fleet's group after commit.

Each message carries the whole stored state of one thing, so that a lost or doubled message does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.apps import apps
from django.db import transaction
from django.db.models import Count, Q
from redis.exceptions import RedisError

from sightings.eta import ReadingQueue
from sightings.messages import (
    AlertsMessage,
    EvidenceMessage,
    NewAlertPayload,
    RenditionMessage,
    ReprocessMessage,
    SightingMessage,
    TripMessage,
    UploadMessage,
)

log = logging.getLogger(__name__)

ACTIVE_TRIPS = ("waiting", "reading")
ACTIVE_JOBS = (*ACTIVE_TRIPS, "accepting", "undoing")
ACTIVE_UPLOADS = ("receiving", "received", "inspecting")


def group_of(fleet_id: int) -> str:
    return f"fleet.{fleet_id}"


def publish_trip(trip_id: int) -> None:
    """Tell the fleet how a trip stands, once the transaction has committed."""
    transaction.on_commit(partial(_send_trip, trip_id))


def publish_trips_of(rows: Iterable[Any]) -> None:
    """The same for the trips of some sightings, each once."""
    for trip_id in sorted({row.trip_id for row in rows}):
        publish_trip(trip_id)


def publish_run(run: Any) -> None:
    """Tell how the trip of a run stands, or the reprocessing that it is a part of."""
    if run.is_current:
        publish_trip(run.video.trip_id)
    elif run.reprocess_id:
        publish_reprocess(run.reprocess_id)


def publish_reprocess(reprocess_id: int) -> None:
    transaction.on_commit(partial(_send_reprocess, reprocess_id))


def publish_decision(job: Any, share: float) -> None:
    """How far a worker is with a decision. Sent at once: no row says so before all of it is done."""
    message = reprocess_message(job)
    message["reprocess"]["progress"] = round(share, 4)
    _send(job.fleet_id, message)


def publish_upload(upload_id: str) -> None:
    transaction.on_commit(partial(_send_upload, upload_id))


def publish_sighting(sighting_id: int) -> None:
    transaction.on_commit(partial(_send_sighting, sighting_id))


def publish_rendition(rendition_id: int) -> None:
    transaction.on_commit(partial(_send_rendition, rendition_id))


def publish_evidence(pack_id: int) -> None:
    transaction.on_commit(partial(_send_evidence, pack_id))


def publish_alert(fleet_id: int, alert_id: int | None = None) -> None:
    """Tell how many alerts are open, and of the one that is new."""
    transaction.on_commit(partial(_send_alerts, fleet_id, alert_id))


def trip_message(trip: Any, queue: ReadingQueue | None = None) -> TripMessage:
    """A Trip as its row and its runs say at this moment."""
    return trip_messages([trip], queue)[0]


def trip_messages(trips: Sequence[Any], queue: ReadingQueue | None = None) -> list[TripMessage]:
    """Many trips at once, in as many queries as one takes; who has asked for the queue already hands it over."""
    if not trips:
        return []
    runs = _current_runs([trip.pk for trip in trips])
    seen = apps.get_model("sightings", "Sighting").objects.current().exclude(review_state="rejected")
    counted = seen.filter(trip__in=[trip.pk for trip in trips]).order_by().values_list("trip")
    rows = counted.annotate(n=Count("pk"), doubtful=Count("pk", filter=Q(doubtful=True)))
    counts = {trip: (n, doubtful) for trip, n, doubtful in rows}
    asked = queue if queue or not any(trip.state in ACTIVE_TRIPS for trip in trips) else ReadingQueue.now()
    return [_trip_message(trip, runs.get(trip.pk, []), counts.get(trip.pk, (0, 0)), asked) for trip in trips]


def _trip_message(trip: Any, runs: list[Any], counts: tuple[int, int], queue: ReadingQueue | None) -> TripMessage:
    return {
        "type": "trip",
        "trip": {
            "id": trip.pk,
            "name": trip.name,
            "state": trip.state,
            "paused": trip.paused,
            "first": trip.priority > 0,
            "progress": _progress(runs),
            "eta_s": eta_s(trip, queue),
            "sightings": counts[0],
            "doubtful": counts[1],
            "stage": _stage(trip, runs),
            "error": next((run.error for run in runs if run.error), ""),
        },
    }


def reprocess_message(job: Any, queue: ReadingQueue | None = None) -> ReprocessMessage:
    going = job.state in ACTIVE_TRIPS and not job.paused
    return {
        "type": "reprocess",
        "reprocess": {
            "id": job.pk,
            "state": job.state,
            "paused": job.paused,
            "stage": "paused" if job.paused else job.state,
            "progress": round(job.progress, 4),
            "eta_s": (queue or ReadingQueue.now()).reprocess_eta_s(job.pk) if going else None,
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


def rendition_message(rendition: Any) -> RenditionMessage:
    return {
        "type": "rendition",
        "rendition": {
            "video_id": rendition.video_id,
            "trip_id": rendition.video.trip_id,
            "state": rendition.state,
            "progress": rendition.progress,
            "error": rendition.error,
        },
    }


def evidence_message(pack: Any) -> EvidenceMessage:
    return {
        "type": "evidence",
        "evidence": {
            "id": pack.pk,
            "sighting_id": pack.sighting_id,
            "state": pack.state,
            "progress": pack.progress,
        },
    }


def alerts_message(fleet_id: int, alert_id: int | None = None) -> AlertsMessage:
    alerts = apps.get_model("sightings", "Alert").objects.filter(fleet=fleet_id)
    new = alerts.filter(pk=alert_id).select_related("watchlist", "entry").first() if alert_id else None
    latest: NewAlertPayload | None = None
    if new is not None:
        latest = {"id": new.pk, "plate": new.text, "watchlist": new.watchlist.name, "reason": new.entry.reason}
    shown = alerts.filter(state="open", watchlist__deleted_at=None)
    return {"type": "alerts", "alerts": {"fleet": fleet_id, "open": shown.count(), "latest": latest}}


def _current_runs(trips: list[int]) -> dict[int, list[Any]]:
    """The current run of each video of the trips, with the numbers of its segments being read and waiting."""
    leased = Count("segments", filter=Q(segments__state="leased"))
    unread = Count("segments", filter=Q(segments__state="queued"))
    runs = apps.get_model("sightings", "ProcessingRun").objects.filter(video__trip__in=trips, is_current=True)
    found: dict[int, list[Any]] = {}
    for run in runs.select_related("video").annotate(leased=leased, unread=unread).order_by("pk"):
        found.setdefault(run.video.trip_id, []).append(run)
    return found


def _progress(runs: list[Any]) -> float:
    total: float = sum(run.video.duration_s for run in runs)
    if not total:
        return 0.0
    done: float = sum(run.progress * run.video.duration_s for run in runs)
    return round(min(1.0, done / total), 4)


def eta_s(trip: Any, queue: ReadingQueue | None = None) -> float | None:
    """Seconds until a trip is read; None where nothing is, where it is paused, and before there is a pace."""
    if trip.state not in ACTIVE_TRIPS or trip.paused:
        return None
    return (queue or ReadingQueue.now()).eta_s(trip.pk)


def _stage(trip: Any, runs: list[Any]) -> str:
    if trip.state not in ACTIVE_TRIPS:
        return str(trip.state)
    if any(run.leased for run in runs):
        return "pausing" if trip.paused else "reading"
    if trip.paused and any(run.unread for run in runs):
        return "paused"
    return "merging" if any(run.state == "merging" for run in runs) else "waiting"


def _send_trip(trip_id: int) -> None:
    if trip := apps.get_model("sightings", "Trip").objects.filter(pk=trip_id).first():
        _send(trip.fleet_id, trip_message(trip))


def _send_reprocess(reprocess_id: int) -> None:
    if job := apps.get_model("sightings", "Reprocess").objects.filter(pk=reprocess_id).first():
        _send(job.fleet_id, reprocess_message(job))


def _send_upload(upload_id: str) -> None:
    if upload := apps.get_model("sightings", "Upload").objects.filter(pk=upload_id).first():
        _send(upload.fleet_id, upload_message(upload))


def _send_sighting(sighting_id: int) -> None:
    if sighting := apps.get_model("sightings", "Sighting").objects.filter(pk=sighting_id).first():
        _send(sighting.fleet_id, sighting_message(sighting))


def _send_alerts(fleet_id: int, alert_id: int | None) -> None:
    _send(fleet_id, alerts_message(fleet_id, alert_id))


def _send_rendition(rendition_id: int) -> None:
    made = apps.get_model("sightings", "Rendition").objects.filter(pk=rendition_id).select_related("video").first()
    if made:
        _send(made.video.fleet_id, rendition_message(made))


def _send_evidence(pack_id: int) -> None:
    if pack := apps.get_model("sightings", "EvidencePack").objects.filter(pk=pack_id).first():
        _send(pack.fleet_id, evidence_message(pack))


def _send(fleet_id: int, message: Mapping[str, Any]) -> None:
    """A page that misses a message reads the stored state on its next one, so a silent Redis is no error here."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group_of(fleet_id), {"type": "fleet.message", "message": dict(message)})
    except (RedisError, OSError) as error:
        # Without its socket Redis was not started: a command runs where no site does, and nobody is to be told.
        level = logging.DEBUG if isinstance(error.__context__ or error, FileNotFoundError) else logging.WARNING
        log.log(level, "a live message was not sent: %s", error)
