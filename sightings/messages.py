"""What live pages are told, as it goes over the line: each message is the whole stored state of one thing."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class TripPayload(TypedDict):
    id: int
    name: str
    state: str
    paused: bool
    first: bool  # a manager put it before the fleet's other trips
    progress: float  # 0–1 over all videos, by their length
    eta_s: float | None  # None also while it is paused
    sightings: int
    doubtful: int
    stage: str  # waiting, reading, merging, pausing (one part is still being read), paused, or the state it ended in
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


class ReprocessPayload(TypedDict):
    id: int
    state: str
    paused: bool
    stage: str  # waiting, reading, paused, or the state it ended in
    progress: float  # 0–1 over all videos, by their length
    eta_s: float | None  # None also while it is paused


class ReprocessMessage(TypedDict):
    type: Literal["reprocess"]
    reprocess: ReprocessPayload


class RenditionPayload(TypedDict):
    video_id: int
    trip_id: int
    state: str
    progress: float
    error: str


class EvidencePayload(TypedDict):
    id: int
    sighting_id: int | None
    state: str
    progress: float


class NewAlertPayload(TypedDict):
    id: int
    plate: str
    watchlist: str
    reason: str


class AlertsPayload(TypedDict):
    fleet: int
    open: int
    latest: NewAlertPayload | None  # where there is a new one


class AlertsMessage(TypedDict):
    type: Literal["alerts"]
    alerts: AlertsPayload


class TripMessage(TypedDict):
    type: Literal["trip"]
    trip: TripPayload


class UploadMessage(TypedDict):
    type: Literal["upload"]
    upload: UploadPayload


class SightingMessage(TypedDict):
    type: Literal["sighting"]
    sighting: SightingPayload


class RenditionMessage(TypedDict):
    type: Literal["rendition"]
    rendition: RenditionPayload


class EvidenceMessage(TypedDict):
    type: Literal["evidence"]
    evidence: EvidencePayload


Message = (
    TripMessage
    | UploadMessage
    | SightingMessage
    | ReprocessMessage
    | RenditionMessage
    | EvidenceMessage
    | AlertsMessage
)
