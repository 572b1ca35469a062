"""What each caller is answered at every address of the API: the table that the permission matrix is held against.

A token's scopes count besides its owner's role, so a row names the two apart: a manager's token is answered like the
manager where it holds all of the row's scopes, and 403 where one of them is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

READ = ("sightings:read",)
PLATES = ("plates:reveal", "sightings:read")
SAY = ("corrections:write",)
SAY_PLATES = ("corrections:write", "plates:reveal")
REVIEW = ("corrections:write", "plates:reveal", "sightings:read")
TRIPS = ("trips:write",)
FILES = ("export", "sightings:read")
MANAGE = ("manage",)
EVIDENCE = ("export", "plates:reveal")
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass(frozen=True)
class Row:
    """Statuses by role. Strings in `body` and `at` that begin with $ are replaced by keys of the world."""

    viewer: int
    reviewer: int
    manager: int
    outsider: int  # manager of another fleet
    scopes: tuple[str, ...] | None = READ  # None: open to everybody
    body: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)  # words of the address, where they are not the usual ones
    file: str = ""  # the body is a form with such a file
    content_type: str = "application/json"


def read(scopes: tuple[str, ...] | None = READ, outsider: int = 404, **more: Any) -> Row:
    """One thing, which other fleets do not see."""
    return Row(200, 200, 200, outsider, scopes, **more)


def listed(scopes: tuple[str, ...] | None = READ, **more: Any) -> Row:
    """What other fleets see too, with their own rows in it."""
    return read(scopes, 200, **more)


def own(status: int, scopes: tuple[str, ...], **more: Any) -> Row:
    """A saved search is its owner's, who is the manager here."""
    return Row(404, 404, status, 404, scopes, **more)


def write(status: int, scopes: tuple[str, ...], outsider: int = 404, viewer: int = 403, **more: Any) -> Row:
    """What reviewers may do, and viewers not."""
    return Row(viewer, status, status, outsider, scopes, **more)


def manage(status: int, scopes: tuple[str, ...], outsider: int = 404, **more: Any) -> Row:
    """What managers alone may do."""
    return Row(403, 403, status, outsider, scopes, **more)


HOOK = {"fleet": "northwind", "name": "Ours", "url": "https://example.com/", "events": ["alert.created"]}
BATCH = {"fleet": "northwind", "sightings": ["$doubtful"], "plate": "B16AAA"}
BULK = {"fleet": "northwind", "action": "reject", "items": [{"sighting": "$doubtful"}]}
ROWS: dict[str, Row] = {
    "GET schema": listed(None),
    "GET docs": listed(None),
    "GET me": listed(()),
    "GET queue": listed(),
    "GET live": listed(query="after=0"),
    "GET audit-list": listed(("audit:read",)),
    "GET token-list": listed(MANAGE),
    "POST token-list": Row(201, 201, 201, 201, MANAGE, body={"name": "Gate", "scopes": ["manage"]}),
    "DELETE token-detail": own(204, MANAGE),
    "POST plate-reader": Row(201, 201, 201, 201, ("plates:reveal",), body={"upload": "AAAA"}),
    # --- trips ---
    "GET trip-list": listed(),
    "GET trip-detail": read(),
    "PATCH trip-detail": write(200, TRIPS, body={"name": "Evening"}),
    "GET trip-gpx": read(FILES),
    "GET trip-kml": read(FILES),
    "GET trip-edits": read(),
    "POST trip-undo": write(200, TRIPS, at={"pk": "$later", "edit_id": "$edit"}),
    "POST trip-shift": write(201, TRIPS, body={"seconds": 3}),
    "POST trip-track": write(202, TRIPS, file="drive.gpx"),
    "POST trip-merge": write(201, TRIPS, body={"trip": "$later"}),
    "POST trip-split": write(201, TRIPS, body={"at": "2026-05-01T12:20:00Z"}),
    "POST trip-retry": write(409, TRIPS),
    "POST trip-stop": write(409, TRIPS),
    "POST trip-pause": write(409, TRIPS),
    "POST trip-resume": write(409, TRIPS),
    "POST trip-put-first": manage(409, TRIPS),
    "POST trip-put-back": manage(409, TRIPS),
    "GET video-detail": read(),
    "PATCH video-detail": write(200, TRIPS, body={"camera": "rear"}),
    "POST video-rendition": Row(202, 202, 202, 404, TRIPS),
    "GET run-list": listed(),
    "GET run-detail": read(),
    "GET vehicle-list": listed(),
    "POST vehicle-list": Row(403, 403, 201, 403, MANAGE, body={"fleet": "northwind", "name": "Van 9"}),
    "GET vehicle-detail": read(),
    "PATCH vehicle-detail": manage(200, MANAGE, body={"camera_model": "Garmin 57"}),
    "GET coverage": listed(),
    "GET coverage-cell": listed(),
    # --- uploads ---
    "GET uploads": listed(),
    "POST uploads": write(
        201, TRIPS, 201, headers={**TUS, "Upload-Length": "9", "Upload-Metadata": "filename YS5tcDQ="}
    ),
    "GET upload": read(),
    "HEAD upload": read(TRIPS, headers=TUS),
    "PATCH upload": Row(
        204, 204, 204, 404, TRIPS, headers={**TUS, "Upload-Offset": "0"}, content_type="application/offset+octet-stream"
    ),
    "DELETE upload": manage(204, TRIPS),
    "POST upload-retry": write(409, TRIPS),
    # --- sightings and what people say ---
    "GET sighting-list": listed(),
    "GET sighting-histogram": listed(),
    "GET sighting-places": listed(),
    "GET sighting-detail": read(),
    "GET sighting-observations": read(),
    "POST sighting-bulk": write(200, SAY, 403, body=BULK),
    "GET sighting-votes": read(PLATES),
    "GET sighting-corrections": read(),
    "POST sighting-corrections": write(201, SAY, body={"action": "confirm"}),
    "GET sighting-flags": read(),
    "POST sighting-flags": write(201, SAY, body={"reason": "other"}),
    "GET correction-list": listed(),
    "POST correction-undo": write(200, SAY),
    "GET flag-list": listed(),
    "POST flag-resolve": write(200, SAY),
    "POST review-next": write(200, REVIEW, 200, body={"count": 2}),
    "POST review-release": Row(200, 200, 200, 200, SAY_PLATES),
    "GET correction-batch-list": listed(PLATES),
    "POST correction-batch-list": write(201, SAY_PLATES, 403, body=BATCH),
    "GET correction-batch-preview": listed(PLATES, query="plate=B11AAA"),
    "POST correction-batch-undo": write(200, SAY_PLATES),
    "GET alias-list": listed(PLATES),
    "POST alias-list": write(201, SAY_PLATES, 403, body={"fleet": "northwind", "misread": "B1ZZZ", "plate": "BIZZZ"}),
    "DELETE alias-detail": write(204, SAY_PLATES),
    "GET alias-offers": listed(PLATES),
    # --- evidence packs ---
    "GET sighting-evidence": read(EVIDENCE),
    "POST sighting-evidence": write(202, EVIDENCE, body={"before_s": 2}),
    "GET evidence-list": listed(EVIDENCE),
    "GET evidence-detail": read(EVIDENCE),
    "GET evidence-file": write(200, EVIDENCE),
    "DELETE evidence-detail": write(204, EVIDENCE),
    "POST evidence-restore": write(200, EVIDENCE, at={"pk": "$gone_evidence"}),
    # --- plates ---
    "GET plate-list": listed(PLATES),
    "GET plate-search": listed(PLATES, query="q=B99*"),
    "GET plate-detail": read(PLATES),
    "PATCH plate-detail": write(200, SAY_PLATES, body={"notes": "Ours"}),
    "GET plate-history": read(PLATES),
    "GET plate-hours": read(PLATES),
    "GET plate-variants": read(PLATES),
    "GET plate-companions": read(PLATES),
    "POST plate-merge": write(200, SAY_PLATES, body={"other": "$other_plate"}),
    # --- watchlists and alerts ---
    "GET watchlist-list": listed(PLATES),
    "POST watchlist-list": write(201, SAY_PLATES, 403, body={"fleet": "northwind", "name": "Stolen"}),
    "GET watchlist-detail": read(PLATES),
    "PATCH watchlist-detail": write(200, SAY_PLATES, body={"name": "Wanted"}),
    "DELETE watchlist-detail": write(204, SAY_PLATES),
    "POST watchlist-restore": write(200, SAY_PLATES, at={"pk": "$gone_watchlist"}),
    "POST watchlist-accepts": Row(200, 200, 200, 200, SAY_PLATES, body={"pattern": "B99BNX"}),
    "POST watchlist-dry-run": Row(200, 200, 200, 404, SAY_PLATES, body={"watchlist": "$watchlist"}),
    "GET watchlist-csv": read(PLATES),
    "POST watchlist-csv": write(200, SAY_PLATES, body={"csv": "plate\nB98BNX\n"}),
    "GET watch-entry-list": listed(PLATES),
    "POST watch-entry-list": write(201, SAY_PLATES, body={"watchlist": "$watchlist", "pattern": "B97BNX"}),
    "GET watch-entry-detail": read(PLATES),
    "PATCH watch-entry-detail": write(200, SAY_PLATES, body={"reason": "Ours"}),
    "DELETE watch-entry-detail": write(204, SAY_PLATES),
    "POST watch-entry-restore": write(200, SAY_PLATES, at={"pk": "$gone_entry"}),
    "GET alert-list": listed(PLATES),
    "GET alert-detail": read(PLATES),
    "POST alert-acknowledge": write(200, SAY_PLATES, body={"note": "Seen to"}),
    "POST alert-reopen": write(200, SAY_PLATES, at={"pk": "$closed_alert"}),
    # --- webhooks ---
    "GET webhook-list": manage(200, MANAGE, 200),
    "POST webhook-list": manage(201, MANAGE, 403, body=HOOK),
    "GET webhook-detail": manage(200, MANAGE),
    "PATCH webhook-detail": manage(200, MANAGE, body={"name": "Theirs"}),
    "DELETE webhook-detail": manage(204, MANAGE),
    "POST webhook-restore": manage(200, MANAGE, at={"pk": "$gone_webhook"}),
    "POST webhook-rotate-secret": manage(200, MANAGE),
    "POST webhook-test": manage(200, MANAGE),
    "POST webhook-replay": manage(200, MANAGE),
    "GET delivery-list": manage(200, MANAGE, 200),
    "GET delivery-detail": manage(200, MANAGE),
    "POST delivery-replay": manage(200, MANAGE),
    # --- saved searches ---
    "GET search-list": listed(PLATES),
    "POST search-list": Row(201, 201, 201, 201, PLATES, body={"name": "Again", "words": {}}),
    "GET search-detail": own(200, PLATES),
    "PATCH search-detail": own(200, PLATES, body={"name": "Better"}),
    "DELETE search-detail": own(204, PLATES),
    "POST search-look": own(204, PLATES),
    "POST search-restore": own(200, PLATES, at={"pk": "$gone_search"}),
    # --- reading again ---
    "GET reprocess-list": listed(),
    "POST reprocess-list": write(202, TRIPS, 409, body={"trips": ["$trip"], "networks": "detector-s+recognizer-s"}),
    "GET reprocess-detail": read(),
    "DELETE reprocess-detail": write(204, TRIPS),
    "GET reprocess-differences": read(),
    "POST reprocess-choose": write(200, TRIPS, body={"take": True}),
    "POST reprocess-accept": write(202, TRIPS),
    "POST reprocess-undo": write(409, TRIPS),
    "POST reprocess-pause": write(409, TRIPS),
    "POST reprocess-resume": write(409, TRIPS),
    "POST reprocess-stop": write(409, TRIPS),
    "POST reprocess-retry": write(409, TRIPS),
}
