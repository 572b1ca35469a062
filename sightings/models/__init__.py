"""All models by name, so that the rest of the app imports them from one place."""

from sightings.models.alerts import Alert, AlertState, MailState, WatchEntry, WatchKey, Watchlist
from sightings.models.audit import AuditEntry
from sightings.models.coverage import CoveredCell
from sightings.models.edits import TripEdit, TripEditKind
from sightings.models.evidence import EvidenceFault, EvidencePack
from sightings.models.feeds import FeedPosition
from sightings.models.fleets import ApiToken, Fleet, LensKind, Member, Role, Scope, User, Vehicle
from sightings.models.reprocess import Difference, Reprocess, ReprocessState
from sightings.models.reviewing import Alias, BatchAction, CorrectionBatch, ReviewClaim
from sightings.models.reviews import Correction, CorrectionAction, Flag
from sightings.models.runs import ProcessingRun, RunState, Segment, SegmentState
from sightings.models.searches import SavedSearch
from sightings.models.sightings import (
    CAR_FIELDS,
    Observation,
    Plate,
    PlateKey,
    PlateSource,
    ReviewState,
    Sighting,
)
from sightings.models.trips import (
    Camera,
    Rendition,
    RenditionState,
    SidecarTrack,
    TimeSource,
    Track,
    Trip,
    TripState,
    Upload,
    UploadKind,
    UploadState,
    Video,
    VideoState,
)
from sightings.models.watched import WatchedFile
from sightings.models.webhooks import (
    OPEN_DELIVERIES,
    Announced,
    Delivery,
    DeliveryState,
    EventKind,
    Failure,
    Shape,
    Webhook,
)

__all__ = [
    "CAR_FIELDS",
    "OPEN_DELIVERIES",
    "Alert",
    "AlertState",
    "Alias",
    "Announced",
    "ApiToken",
    "AuditEntry",
    "BatchAction",
    "Camera",
    "Correction",
    "CorrectionAction",
    "CorrectionBatch",
    "CoveredCell",
    "Delivery",
    "DeliveryState",
    "Difference",
    "EventKind",
    "EvidenceFault",
    "EvidencePack",
    "Failure",
    "FeedPosition",
    "Flag",
    "Fleet",
    "LensKind",
    "MailState",
    "Member",
    "Observation",
    "Plate",
    "PlateKey",
    "PlateSource",
    "ProcessingRun",
    "Rendition",
    "RenditionState",
    "Reprocess",
    "ReprocessState",
    "ReviewClaim",
    "ReviewState",
    "Role",
    "RunState",
    "SavedSearch",
    "Scope",
    "Segment",
    "SegmentState",
    "Shape",
    "SidecarTrack",
    "Sighting",
    "TimeSource",
    "Track",
    "Trip",
    "TripEdit",
    "TripEditKind",
    "TripState",
    "Upload",
    "UploadKind",
    "UploadState",
    "User",
    "Vehicle",
    "Video",
    "VideoState",
    "WatchEntry",
    "WatchKey",
    "WatchedFile",
    "Watchlist",
    "Webhook",
]
