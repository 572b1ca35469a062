"""What calls and answers look like, by the name of the operation, for the OpenAPI document.

One row stands for each list; the pages around it are added when the document is made. A test holds all of them against
the document's own schemas.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

AT = "2026-05-01T12:00:00.000Z"
BOX = {"xmin": 100.0, "ymin": 200.0, "xmax": 180.0, "ymax": 220.0}
SIGHTING: dict[str, Any] = {
    "id": 4815,
    "plate": "B99BNX",
    "score": 0.97,
    "dscore": 0.91,
    "region": {"code": "ro", "score": 0.88},
    "candidates": [{"plate": "B99BNX", "score": 0.97}, {"plate": "899BNX", "score": 0.02}],
    "box": BOX,
    "vehicle": {"id": 2, "name": "Van 1"},
    "camera_id": "Van 1/front",
    "timestamp": AT,
    "timestamp_local": "2026-05-01T15:00:00.000+03:00",
    "source_url": "https://log.example.com/files/videos/12/#t=34.500",
    "position_sec": 34.5,
    "first_seen_sec": 32.1,
    "last_seen_sec": 36.0,
    "plate_id": 77,
    "plate_raw": "B99BNX",
    "plate_corrected": "",
    "plate_source": "machine",
    "review_state": "unreviewed",
    "flagged": False,
    "reads_count": 9,
    "gps": {"lat": 44.43, "lon": 26.1, "heading": 90.0, "speed": 11.5, "accuracy_m": 4.0, "source": "novatek"},
    "car": None,
    "time_source": "gps",
    "time_uncertainty_s": 0.5,
    "track_id": "0000:00007",
    "model_version": "detector-s@1+recognizer-s@1",
    "trip": 5,
    "video": 12,
    "crop_url": "https://log.example.com/files/crops/1/run-3/0007.jpg",
    "version": 1,
    "created_at": AT,
    "updated_at": AT,
}
OBSERVATION = {
    "id": 90210,
    "position_sec": 34.5,
    "plate": "B99BNX",
    "score": 0.95,
    "dscore": 0.91,
    "weight": 1.0,
    "box": BOX,
    "corners": [[100, 200], [180, 200], [180, 220], [100, 220]],
    "characters": [{"text": "B", "confidence": 0.99}],
    "candidates": [],
    "crop_url": None,
}
CORRECTION = {
    "id": 31,
    "sighting": 4815,
    "trip": 5,
    "action": "correct",
    "text_before": "B99BNX",
    "text_after": "B98BNX",
    "note": "",
    "user": "bob",
    "batch": None,
    "alias": None,
    "created_at": AT,
    "undone_at": AT,
    "undone_by": "alice",
}
PLATE = {
    "id": 77,
    "plate": "B99BNX",
    "region": "ro",
    "notes": "Courier",
    "tags": ["courier"],
    "version": "5f1d3a9c0b7e2468",
    "first_seen": AT,
    "last_seen": AT,
    "sightings_count": 3,
    "crop_url": None,
}
VEHICLE = {
    "id": 2,
    "name": "Van 1",
    "camera_model": "Viofo A129 Plus",
    "field_of_view_deg": 120.0,
    "lens": "rectilinear",
    "rear_field_of_view_deg": None,
    "rear_lens": "rectilinear",
    "clock_offset_s": 0.0,
    "time_zone": "Europe/Bucharest",
}
TOKEN = {
    "id": 8,
    "name": "Gate",
    "prefix": "plog_aB3x",
    "scopes": ["plates:reveal", "sightings:read"],
    "created_at": AT,
    "expires_at": "2026-08-01T12:00:00.000Z",
    "last_used_at": None,
    "revoked_at": None,
}
TRIP = {
    "id": 5,
    "name": "Morning drive",
    "state": "done",
    "paused": False,
    "priority": 0,
    "eta_s": None,
    "vehicle": {"id": 2, "name": "Van 1"},
    "started_at": AT,
    "ended_at": AT,
    "time_source": "gps",
    "time_uncertainty_s": 0.5,
    "distance_m": 8400.0,
    "sightings_count": 41,
    "plates_count": 38,
    "doubtful_count": 4,
    "video_count": 6,
    "created_at": AT,
    "updated_at": AT,
}
AUDIT = {
    "id": 9,
    "action": "plates.searched",
    "user": "alice",
    "target_type": "",
    "target_id": "",
    "detail": {"plate": "B99*", "via": "api"},
    "at": AT,
}
ALERT = {
    "id": 3,
    "watchlist": 1,
    "watchlist_name": "Stolen",
    "entry": 6,
    "pattern": "B99*",
    "reason": "Stolen in May",
    "plate": "B99BNX",
    "timestamp": AT,
    "sighting": 4815,
    "trip": 5,
    "state": "acknowledged",
    "note": "The police know",
    "acknowledged_by": "bob",
    "acknowledged_at": AT,
    "mail_state": "none",
    "created_at": AT,
}
BULK = {
    "fleet": "northwind",
    "action": "confirm",
    "items": [{"sighting": 4815, "version": 1}, {"sighting": 4816}],
    "note": "Seen on the spot",
}
BULK_ANSWER = {
    "batch": 12,
    "done": 1,
    "results": [
        {"sighting": 4815, "status": "done", "detail": ""},
        {"sighting": 4816, "status": "not_found", "detail": "There is nothing here, or you may not see it."},
    ],
}
ME = {
    "username": "alice",
    "is_staff": False,
    "time_zone": "Europe/Bucharest",
    "fleets": [{"fleet": "northwind", "name": "Northwind", "role": "manager"}],
    "scopes": ["plates:reveal", "sightings:read"],
}

ASKED: dict[str, dict[str, Any]] = {
    "sightings_bulk": BULK,
    "sightings_corrections_create": {"action": "correct", "plate": "B98BNX", "version": 1},
    "sightings_flags_create": {"reason": "wrong_place", "note": "This is the other lane"},
    "plates_partial_update": {"notes": "Courier", "tags": ["courier"]},
    "tokens_create": {"name": "Gate", "scopes": ["sightings:read", "plates:reveal"]},
    "vehicles_create": {"name": "Van 2", "camera_model": "Viofo A129 Plus", "field_of_view_deg": 120},
    "vehicles_partial_update": {"time_zone": "Europe/Bucharest"},
    "watch_entries_create": {"watchlist": 1, "pattern": "B99*", "reason": "Stolen in May"},
    "watchlists_create": {"name": "Stolen", "weekdays": [0, 1, 2, 3, 4]},
}
ANSWERED: dict[str, dict[str, Any]] = {
    "alerts_list": ALERT,
    "audit_list": AUDIT,
    "me_retrieve": ME,
    "plates_history": SIGHTING,
    "plates_list": PLATE,
    "plates_partial_update": PLATE,
    "plates_retrieve": PLATE,
    "sightings_bulk": BULK_ANSWER,
    "sightings_corrections_create": CORRECTION,
    "sightings_list": SIGHTING,
    "sightings_observations": OBSERVATION,
    "tokens_create": {**TOKEN, "secret": "plog_aB3x…"},
    "tokens_list": TOKEN,
    "trips_list": TRIP,
    "vehicles_create": VEHICLE,
    "vehicles_list": VEHICLE,
    "vehicles_partial_update": VEHICLE,
    "vehicles_retrieve": VEHICLE,
}


def examples_of(operation: str) -> list[OpenApiExample]:
    found = []
    if operation in ASKED:
        found.append(OpenApiExample("Call", value=ASKED[operation], request_only=True))
    if operation in ANSWERED:
        found.append(OpenApiExample("Answer", value=ANSWERED[operation], response_only=True))
    return found
