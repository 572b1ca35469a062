"""`ETag` and `If-Match`: a change is made to a thing as the caller saw it, or not at all.

A tag stands for what people may change of a row, and for nothing else: it does not move when a machine counts on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from sightings.errors import PreconditionFailed
from sightings.models import Plate, SavedSearch, Sighting, Trip, Vehicle, WatchEntry, Watchlist
from sightings.services.vehicles import API_FIELDS
from sightings.services.watchlists import FIELDS as WATCHLIST_FIELDS

STAMPED: dict[type[models.Model], tuple[str, ...]] = {
    Plate: ("notes", "tags"),
    SavedSearch: ("name", "words", "deleted_at"),
    Sighting: ("version",),
    Trip: ("name", "merged_into_id"),
    Vehicle: API_FIELDS,
    WatchEntry: ("pattern", "alike", "near", "reason", "expires_on", "removed_at"),
    Watchlist: (*WATCHLIST_FIELDS, "deleted_at"),
}


def tag_of(row: models.Model) -> str:
    """Changes whenever a person changes the row."""
    values: list[Any] = [getattr(row, name) for name in STAMPED[type(row)]]
    if isinstance(row, Watchlist):
        values.append(sorted(row.vehicles.values_list("pk", flat=True)))
    written = json.dumps([type(row).__name__, row.pk, values], default=str)
    return f'"{hashlib.sha256(written.encode()).hexdigest()[:20]}"'


def tagged(row: models.Model) -> dict[str, str]:
    """The header of an answer that tells of the row."""
    return {"ETag": tag_of(row)}


class TaggedRetrieve:
    """One thing, with its tag."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        return Response(self.get_serializer(row).data, headers=tagged(row))


@contextmanager
def as_seen(request: Request, row: models.Model) -> Iterator[None]:
    """What is done inside is done only if `If-Match`, where it was sent, still fits. Raises PreconditionFailed."""
    asked = request.headers.get("If-Match")
    if asked is None:
        yield
        return
    with transaction.atomic():
        rows: Any = type(row)._default_manager
        held = rows.select_for_update(of=("self",)).filter(pk=row.pk).first()
        tags = [one.strip().removeprefix("W/") for one in asked.split(",")]
        if held is None or not ("*" in tags or tag_of(held) in tags):
            raise PreconditionFailed
        yield
