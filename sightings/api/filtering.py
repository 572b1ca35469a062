"""The filters of the log as the OpenAPI document tells of them; `sightings.filters` reads them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from sightings.api.pagination import SightingPages
from sightings.models import ReviewState


def _parameter(name: str, about: str, kind: Any = OpenApiTypes.STR, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=about, **more)


KEY = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
UNIT = {"type": "number", "minimum": 0, "maximum": 1}
FILTERS = [
    _parameter(
        "q",
        "As in the search box: `B99BNX` (one character may differ), `=B99BNX` exactly, `~B99BNX` look-alikes, "
        "`~~B99BNX` two may differ, `B99*`, `B?9BNX`, `/B[0-9]{2}BNX/` a regular expression.",
    ),
    _parameter("plate", "Exactly this plate; `B99*` begins so; in `B?9BNX` the ? is any character."),
    _parameter("fuzzy", "With `plate`: one character may differ.", OpenApiTypes.BOOL),
    _parameter("from", "Seen at this time or later, such as `2026-05-01T12:00:00Z`; a day is its midnight in `zone`."),
    _parameter("to", "Seen before this time."),
    _parameter("trip", "Of this trip.", KEY),
    _parameter("vehicle", "By the camera of this vehicle of the fleet; several with commas between them."),
    _parameter("region", "Issued there, such as `ro` or `us-ca`; several with commas between them."),
    _parameter("min_confidence", "Read with at least this confidence, 0–1.", UNIT),
    _parameter("max_confidence", "Read with at most this confidence, 0–1.", UNIT),
    _parameter("review_state", f"What people said: {', '.join(ReviewState.values)}; several with commas between them."),
    _parameter("flagged", "With an open flag, or without.", OpenApiTypes.BOOL),
    _parameter("doubtful", "Only what a person should look at.", OpenApiTypes.BOOL),
    _parameter("bbox", "Seen from within `west,south,east,north` (degrees)."),
    _parameter("area", "Seen from within a polygon of 3 to 60 corners, `lon,lat;lon,lat;lon,lat` (degrees)."),
    _parameter("zone", "Whose days and times are meant where none is said, such as `Europe/Bucharest`. Default UTC."),
]
ORDERING = _parameter("ordering", "Default `-id`.", enum=list(SightingPages.ORDERINGS))
ZOOM = _parameter("zoom", "Of the map, 0 for the world in 256 pixels: how fine the grid is.", OpenApiTypes.FLOAT)
