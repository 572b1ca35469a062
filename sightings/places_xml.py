"""Sightings as places for maps and navigation: KML 2.2 (Open Geospatial Consortium 07-147r2) and GPX 1.1 (Topografix).

Both schemas fix the order of elements; the comments beside them say which element of the schema comes where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

from sightings import shapes
from sightings.models import Camera, Sighting, Trip, Video

KML_ENDS, GPX_ENDS = "</Document>\n</kml>\n", "</gpx>\n"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DETAILS = ("score", "region", "review_state", "camera_id", "trip", "video", "heading", "accuracy_m")


def text(words: Any) -> str:
    """Characters as they may stand in XML 1.0; those that it knows no way to write are dropped."""
    return escape(NOT_IN_XML.sub("", str(words)), {'"': "&quot;"})


def kml_begins(name: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n'
        f"<Document><name>{text(name)}</name>\n"
    )


def gpx_begins(name: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Platelog" '
        f'xmlns="http://www.topografix.com/GPX/1/1">\n<metadata><name>{text(name)}</name></metadata>\n'
    )


def left_out(count: int) -> str:
    """Said where the last place stands, since a stream knows no sooner."""
    return f"<!-- Sightings left out because their place is not known: {count} -->\n"


def placemark(row: Sighting, reveal: bool, site: str) -> str:
    """name, description, TimeStamp, ExtendedData, Point: the order of KML's Placemark. Only for a known place."""
    values = dict(zip(shapes.COLUMNS, shapes.values(row, reveal), strict=True))
    data = "".join(
        f'<Data name="{name}"><value>{text(values[name])}</value></Data>'
        for name in DETAILS
        if values[name] not in (None, "")
    )
    when = f"<TimeStamp><when>{values['timestamp']}</when></TimeStamp>" if values["timestamp"] else ""
    return (
        f'<Placemark id="sighting-{row.pk}"><name>{text(values["plate"] or "?")}</name>'
        f"<description>{text(site + page_path(row))}</description>{when}<ExtendedData>{data}</ExtendedData>"
        f"<Point><coordinates>{_longitude(row.lon)},{_latitude(row.lat)}</coordinates></Point></Placemark>\n"
    )


def waypoint(row: Sighting, reveal: bool, site: str) -> str:
    """time, name, desc, link, type: the order of GPX's wptType. Only for a known place."""
    about = f"{row.confidence:.0%}, {shapes.camera_of(row)}"
    return (
        f'<wpt lat="{_latitude(row.lat)}" lon="{_longitude(row.lon)}">{_time(shapes.utc(row.seen_at))}'
        f"<name>{text(shapes.shown(row.text, reveal) or '?')}</name><desc>{text(about)}</desc>"
        f'<link href="{text(site + page_path(row))}"/><type>plate</type></wpt>\n'
    )


def page_path(row: Sighting) -> str:
    return f"/sightings/{row.pk}/"


def trip_as_gpx(trip: Trip, rows: Iterable[Sighting], reveal: bool, site: str) -> Iterator[str]:
    """Way points of the sightings, then the line that was driven: a segment a video."""
    yield gpx_begins(trip.name)
    yield from _places(rows, lambda row: waypoint(row, reveal, site))
    yield f"<trk><name>{text(trip.name)}</name>\n"
    for video, points in lines(trip):
        yield "<trkseg>\n"
        for seconds, lat, lon, *_ in points:
            when = shapes.utc(video.started_at + timedelta(seconds=seconds)) if video.started_at else None
            yield track_point(lat, lon, when)
        yield "</trkseg>\n"
    yield f"</trk>\n{GPX_ENDS}"


def trip_as_kml(trip: Trip, rows: Iterable[Sighting], reveal: bool, site: str) -> Iterator[str]:
    """The line that was driven, a LineString a video, then the sightings."""
    yield kml_begins(trip.name)
    for video, points in lines(trip):
        line = " ".join(f"{_longitude(lon)},{_latitude(lat)}" for _, lat, lon, *_ in points)
        yield f"<Placemark><name>{text(video.original_name)}</name>"
        yield f"<LineString><tessellate>1</tessellate><coordinates>{line}</coordinates></LineString></Placemark>\n"
    yield from _places(rows, lambda row: placemark(row, reveal, site))
    yield KML_ENDS


def track_point(lat: float, lon: float, when: str | None) -> str:
    """One point of a GPX track; `when` as in `shapes.utc`."""
    return f'<trkpt lat="{_latitude(lat)}" lon="{_longitude(lon)}">{_time(when)}</trkpt>\n'


def lines(trip: Trip) -> list[tuple[Video, list[list[float]]]]:
    """Each video's points, in the order of driving. A rear camera drives the same road: only where no front one did."""
    videos = [video for video in trip.videos.all() if len(_points(video)) > 1]
    front = [video for video in videos if video.camera == Camera.FRONT]
    chosen = sorted(front or videos, key=lambda video: (video.started_at is None, video.started_at, video.pk))
    return [(video, _points(video)) for video in chosen]


def _points(video: Video) -> list[list[float]]:
    track = getattr(video, "track", None)
    return list(track.points) if track is not None else []


def _places(rows: Iterable[Sighting], written: Callable[[Sighting], str]) -> Iterator[str]:
    missing = 0
    for row in rows:
        if row.lat is None or row.lon is None:
            missing += 1
        else:
            yield written(row)
    yield left_out(missing)


def _time(when: str | None) -> str:
    return f"<time>{when}</time>" if when else ""


def _latitude(degrees: float | None) -> str:
    """To a centimeter, and never as 1e-05, which is no decimal to a schema."""
    return f"{degrees or 0.0:.7f}"


def _longitude(degrees: float | None) -> str:
    """The same; GPX ends before 180."""
    return _latitude(degrees).replace("180.0000000", "-180.0000000").replace("--", "-")
