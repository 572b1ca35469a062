"""What an evidence pack says in words and numbers: the sighting, the car's track, and the report for people.

People of the fleet are named by their role; notes that they wrote are left out, because they may name others.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from recognition.redact import Redacted
from sightings import places_xml, shapes
from sightings.evidence.verify import Entry
from sightings.models import (
    Correction,
    CorrectionAction,
    EvidencePack,
    Member,
    Observation,
    Role,
    Sighting,
    Track,
    Video,
)
from sightings.zones import zone_or_utc

AROUND_S = 30.0  # of the track, before and after the clip


def sighting_json(sighting: Sighting) -> dict[str, Any]:
    """All that the log holds on the sighting. Boxes and corners are pixels of the upright picture."""
    return {
        "plate": sighting.text,
        "plate_source": sighting.plate_source.value,
        "plate_raw": sighting.plate_raw,
        "plate_corrected": sighting.plate_corrected,
        "review_state": sighting.review_state,
        "confidence": sighting.confidence,
        "region": {"code": sighting.region, "score": sighting.region_score} if sighting.region else None,
        "characters": sighting.characters,
        "candidates": sighting.candidates,
        "detector_score": sighting.dscore,
        "box": sighting.box,
        "corners": sighting.corners,
        "model_version": sighting.model_version,
        "first_seen_video_s": sighting.first_seen_s,
        "last_seen_video_s": sighting.last_seen_s,
        "clearest_video_s": sighting.best_s,
        "time": _time(sighting),
        "place": _place(sighting),
        "words_of_people": [_word(word) for word in sighting.corrections.order_by("pk").select_related("user")],
        "reads_count": sighting.reads_count,
        "reads": [_read(row) for row in sighting.observations.all()],
        "vehicle": sighting.trip.vehicle.name if sighting.trip.vehicle else None,
        "video": _video(sighting.video),
    }


def _time(sighting: Sighting) -> dict[str, Any]:
    video = sighting.video
    return {
        "seen_at": shapes.utc(sighting.seen_at),
        "source": sighting.time_source or None,
        "uncertainty_s": sighting.time_uncertainty_s,
        "clock_moved_by_people_s": video.clock_shift_s,
        "source_before_that": video.clock_source or None,
    }


def _place(sighting: Sighting) -> dict[str, Any] | None:
    if sighting.lat is None:
        return None
    camera = {
        "lat": sighting.lat,
        "lon": sighting.lon,
        "heading_deg": sighting.heading,
        "speed_m_s": sighting.speed,
        "accuracy_m": sighting.accuracy_m,
        "source": sighting.gps_source,
    }
    return {"camera": camera, "seen_car": sighting.car}


def _word(word: Correction) -> dict[str, Any]:
    return {
        "at": shapes.utc(word.created_at),
        "by": _role(word) if word.user_id else None,
        "action": word.action,
        "before": word.text_before,
        "after": word.text_after,
        "undone_at": shapes.utc(word.undone_at),
    }


def _role(word: Correction) -> str:
    """What the person is in the fleet now."""
    role = Member.objects.filter(fleet=word.fleet_id, user=word.user_id).values_list("role", flat=True).first()
    return role or "no longer a member"


def _read(row: Observation) -> dict[str, Any]:
    return {
        "video_s": row.seconds,
        "plate": row.text,
        "confidence": row.confidence,
        "weight": row.weight,
        "characters": row.characters,
        "candidates": row.candidates,
        "detector_score": row.dscore,
        "box": row.box,
        "corners": row.corners,
    }


def _video(video: Video) -> dict[str, Any]:
    return {
        "file_name": video.original_name,
        "sha256": video.sha256,
        "size": video.size,
        "duration_s": video.duration_s,
        "width": video.width,
        "height": video.height,
        "frame_rate": video.frame_rate,
        "codec": video.codec,
        "camera": video.camera,
        "started_at": shapes.utc(video.started_at),
        "time_source": video.time_source or None,
        "time_uncertainty_s": video.time_uncertainty_s,
    }


def track_files(sighting: Sighting, done: Redacted) -> list[Entry]:
    """Where the car was around the clip, as JSON and GPX; nothing where that is not known."""
    track, start = Track.objects.filter(video=sighting.video).first(), sighting.video.started_at
    first, last = done.first_s - AROUND_S, done.last_s + AROUND_S
    rows = [row for row in (track.points if track else []) if row[0] is not None and first <= row[0] <= last]
    if track is None or not rows:
        return []
    points = [_point(row, start) for row in rows]
    told = {"source": track.source, "source_name": track.source_name, "points": points}
    line = "".join(places_xml.track_point(point["lat"], point["lon"], point["time"]) for point in points)
    gpx = f"{places_xml.gpx_begins(track.source_name)}<trk><trkseg>\n{line}</trkseg></trk>\n{places_xml.GPX_ENDS}"
    return [("track.json", (json.dumps(told, indent=2) + "\n").encode()), ("track.gpx", gpx.encode())]


def _point(row: list[Any], start: datetime | None) -> dict[str, Any]:
    names = ("video_s", "lat", "lon", "speed_m_s", "heading_deg", "accuracy_m")
    at = shapes.utc(start + timedelta(seconds=row[0])) if start is not None else None
    return {**dict(zip(names, [*row, None, None, None], strict=False)), "time": at}


def report(
    pack: EvidencePack,
    sighting: Sighting,
    told: dict[str, Any],
    about: dict[str, Any],
    listed: list[dict[str, Any]],
    picture: bytes,
) -> bytes:
    """One page for people, with its picture in it and no script, in the language of whoever asked for the pack."""
    context = {
        "pack": pack,
        "sighting": sighting,
        "told": told,
        "about": about,
        "words": [_spoken(word) for word in told["words_of_people"]],
        "files": listed,
        "picture": base64.b64encode(picture).decode(),
        "made_at": timezone.now(),
    }
    with translation.override(pack.language), timezone.override(zone_or_utc(pack.fleet.time_zone)):
        return render_to_string("sightings/evidence_report.html", context).encode()


def _spoken(word: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """A word, and what was done and by whom in the language of the report."""
    by = word["by"]
    return word, CorrectionAction(word["action"]).label, Role(by).label if by in Role.values else by or "–"
