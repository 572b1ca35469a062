"""The whole log, or what filters leave of it, in one answer of another format, streamed.

Rows are read a thousand at a time, each batch beginning where the last one ended: memory stays flat at any size, no
database cursor is held open, and what is written meanwhile does not shift what follows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer

from sightings import places_xml, shapes
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
    left_out = 0  # rows that the format has no way to write, so far
    site = ""  # before the addresses of videos and pictures, such as https://log.example.com

    @property
    def ends(self) -> str:
        """What stands after the last row."""
        return self.closes

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


class JsonLinesRenderer(StreamedRenderer):
    """The rows of the list as they stand there, one a line."""

    media_type = "application/x-ndjson"
    format = "jsonl"
    unread = ("characters", "corners")
    schema = {"type": "string"}
    opens, between, closes = "", "", ""
    filename = "sightings.jsonl"

    def written(self, rows: Iterable[Sighting], reveal: bool) -> str:
        lines = (json.dumps(shapes.native(row, reveal, self.site), ensure_ascii=False) for row in rows)
        return "".join(f"{line}\n" for line in lines)


class PlacesRenderer(StreamedRenderer):
    """XML of places: sightings without one are left out, and a comment at the end says how many."""

    unread = ("characters", "candidates", "corners", "box")
    schema = {"type": "string"}
    between = ""

    @property
    def ends(self) -> str:
        return places_xml.left_out(self.left_out) + self.closes

    def written(self, rows: Iterable[Sighting], reveal: bool) -> str:
        pieces = []
        for row in rows:
            if row.lat is None or row.lon is None:
                self.left_out += 1
            else:
                pieces.append(self.place(row, reveal))
        return "".join(pieces)

    def place(self, row: Sighting, reveal: bool) -> str:
        raise NotImplementedError


class KmlRenderer(PlacesRenderer):
    media_type = "application/vnd.google-earth.kml+xml"
    format = "kml"
    opens, closes = places_xml.kml_begins("Sightings"), places_xml.KML_ENDS
    filename = "sightings.kml"

    def place(self, row: Sighting, reveal: bool) -> str:
        return places_xml.placemark(row, reveal, self.site)


class GpxRenderer(PlacesRenderer):
    media_type = "application/gpx+xml"
    format = "gpx"
    opens, closes = places_xml.gpx_begins("Sightings"), places_xml.GPX_ENDS
    filename = "sightings.gpx"

    def place(self, row: Sighting, reveal: bool) -> str:
        return places_xml.waypoint(row, reveal, self.site)


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
    PlateRecRenderer, OpenAlprRenderer, FrigateRenderer, CsvRenderer, GeoJsonRenderer, JsonLinesRenderer, KmlRenderer,
    GpxRenderer,
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


@dataclass(slots=True)
class Sent:
    """What became of an export."""

    rows: int = 0
    left_out: int = 0
    complete: bool = False


def stream(
    renderer: StreamedRenderer,
    found: SightingQuerySet[Sighting],
    *,
    newest_first: bool,
    reveal: bool,
    ended: Callable[[Sent], object],
) -> StreamingHttpResponse:
    """All of `found`; `ended` is called when the last byte was sent, or the receiver had gone."""
    batches, sent = _Batches(found.defer(*renderer.unread), newest_first), Sent()

    def next_piece(last: int | None) -> tuple[str, int | None]:
        """A batch as it is written, and the key that it ends with; none where it was the last one."""
        rows = batches.after(last)
        piece = renderer.written(rows, reveal)
        sent.rows, sent.left_out = sent.rows + len(rows) - (renderer.left_out - sent.left_out), renderer.left_out
        return piece, rows[-1].pk if len(rows) == BATCH else None

    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield renderer.opens.encode()
            piece, last = await sync_to_async(next_piece)(None)
            yield piece.encode()
            while last is not None:
                piece, last = await sync_to_async(next_piece)(last)
                yield f"{renderer.between if piece else ''}{piece}".encode()
            yield renderer.ends.encode()
            sent.complete = True
        finally:
            await sync_to_async(ended)(sent)

    headers = {"Content-Disposition": f'attachment; filename="{renderer.filename}"'} if renderer.filename else {}
    charset = "; charset=utf-8" if renderer.media_type == "text/csv" else ""
    return StreamingHttpResponse(pieces(), content_type=f"{renderer.media_type}{charset}", headers=headers)
