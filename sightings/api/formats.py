"""The whole log, or what filters leave of it, in one answer of another format, streamed.

Rows are read a thousand at a time, each batch beginning where the last one ended: memory stays flat at any size, no
database cursor is held open, and what is written meanwhile does not shift what follows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer

from sightings.api import shapes
from sightings.models import Sighting
from sightings.querysets import SightingQuerySet

BATCH = 1000


class StreamedRenderer(BaseRenderer):
    """Takes part in choosing the format by `?format=` or `Accept`; `stream` writes it."""

    schema: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "object", "additionalProperties": {}}}
    opens: ClassVar[str] = "["
    between: ClassVar[str] = ","
    closes: ClassVar[str] = "]\n"
    filename: ClassVar[str] = ""
    unread: ClassVar[tuple[str, ...]] = ("characters",)  # large columns that the shape does not need

    def written(self, rows: Iterable[Sighting], reveal: bool) -> str:
        return self.between.join(json.dumps(self.shape(row, reveal), ensure_ascii=False) for row in rows)

    def shape(self, row: Sighting, reveal: bool) -> dict[str, Any]:
        raise NotImplementedError


class PlateRecRenderer(StreamedRenderer):
    media_type = "application/vnd.platerecognizer+json"
    format = "platerec"

    def shape(self, row: Sighting, reveal: bool) -> dict[str, Any]:
        return shapes.platerec(row, reveal)


class OpenAlprRenderer(StreamedRenderer):
    media_type = "application/vnd.openalpr+json"
    format = "openalpr"

    def shape(self, row: Sighting, reveal: bool) -> dict[str, Any]:
        return shapes.openalpr(row, reveal)


class FrigateRenderer(StreamedRenderer):
    media_type = "application/vnd.frigate+json"
    format = "frigate"
    unread = ("characters", "candidates", "corners")

    def shape(self, row: Sighting, reveal: bool) -> dict[str, Any]:
        return shapes.frigate(row, reveal)


class GeoJsonRenderer(StreamedRenderer):
    media_type = "application/geo+json"
    format = "geojson"
    unread = ("characters", "candidates", "corners", "box")
    schema = {"type": "object", "additionalProperties": {}}
    opens, closes = '{"type": "FeatureCollection", "features": [', "]}\n"
    filename = "sightings.geojson"

    def shape(self, row: Sighting, reveal: bool) -> dict[str, Any]:
        return shapes.geojson(row, reveal)


class CsvRenderer(StreamedRenderer):
    """With a byte order mark, by which spreadsheets know that it is UTF-8."""

    media_type = "text/csv"
    format = "csv"
    unread = ("characters", "candidates", "corners", "box")
    schema = {"type": "string"}
    opens, between, closes = "\ufeff" + ",".join(shapes.COLUMNS) + "\r\n", "", ""
    filename = "sightings.csv"

    def written(self, rows: Iterable[Sighting], reveal: bool) -> str:
        table = io.StringIO()
        csv.writer(table).writerows(shapes.cells(row, reveal) for row in rows)
        return table.getvalue()


STREAMED: tuple[type[StreamedRenderer], ...] = (
    PlateRecRenderer, OpenAlprRenderer, FrigateRenderer, CsvRenderer, GeoJsonRenderer,
)  # fmt: skip
RENDERERS: list[type[BaseRenderer]] = [JSONRenderer, *STREAMED]


@dataclass(frozen=True, slots=True)
class _Batches:
    """Rows in the order of their keys."""

    found: SightingQuerySet[Sighting]
    newest_first: bool

    def after(self, last: int | None) -> list[Sighting]:
        some = self.found
        if last is not None:
            some = some.filter(pk__lt=last) if self.newest_first else some.filter(pk__gt=last)
        return list(some.order_by("-pk" if self.newest_first else "pk")[:BATCH])


def stream(
    renderer: StreamedRenderer, found: SightingQuerySet[Sighting], *, newest_first: bool, reveal: bool
) -> StreamingHttpResponse:
    """All of `found`."""
    batches = _Batches(found.defer(*renderer.unread), newest_first)

    def next_piece(last: int | None) -> tuple[str, int | None]:
        """A batch as it is written, and the key that it ends with; none where it was the last one."""
        rows = batches.after(last)
        return renderer.written(rows, reveal), rows[-1].pk if len(rows) == BATCH else None

    async def pieces() -> AsyncIterator[bytes]:
        yield renderer.opens.encode()
        piece, last = await sync_to_async(next_piece)(None)
        yield piece.encode()
        while last is not None:
            piece, last = await sync_to_async(next_piece)(last)
            yield f"{renderer.between if piece else ''}{piece}".encode()
        yield renderer.closes.encode()

    headers = {"Content-Disposition": f'attachment; filename="{renderer.filename}"'} if renderer.filename else {}
    charset = "; charset=utf-8" if renderer.media_type == "text/csv" else ""
    return StreamingHttpResponse(pieces(), content_type=f"{renderer.media_type}{charset}", headers=headers)
