"""GPX 1.0 and 1.1 track files. Source: https://www.topografix.com/GPX/1/1/ and Garmin's TrackPointExtension v2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from recognition.errors import NoPositions, TelemetryUnreadable, gettext_noop
from recognition.telemetry.fix import METRES_PER_HDOP, Fix

QUALITIES = {"none": "none", "2d": "2d", "3d": "3d", "dgps": "dgps", "pps": "3d"}  # GPX's fixType


def read(path: Path | str) -> list[Fix]:
    """The points of all tracks and segments of a file, in their order.

    Raises TelemetryUnreadable for a file that is no GPX and NoPositions for one without a point.
    """
    path = Path(path)
    try:
        points = list(_points(path))
    except (ParseError, UnicodeDecodeError) as error:
        words = gettext_noop(
            "%(name)s is not a complete GPX file (%(why)s). Export it again from the program that made it."
        )
        raise TelemetryUnreadable(words, name=path.name, why=error) from error
    except DefusedXmlException as error:
        words = gettext_noop("%(name)s defines XML entities, which no GPX file needs, and is refused.")
        raise TelemetryUnreadable(words, name=path.name) from error
    if not points:
        words = gettext_noop(
            "%(name)s is a GPX file without a single track point: the receiver had no fix, or the export was empty. "
            "The trip can be read without it."
        )
        raise NoPositions(words, name=path.name)
    return points


def _points(path: Path) -> Iterator[Fix]:
    root = ""
    for event, element in iterparse(path, events=("start", "end")):
        name = _local(element)
        if event == "start":
            root = root or name
            if root != "gpx":
                raise TelemetryUnreadable(gettext_noop("%(name)s is XML, but not GPX."), name=path.name)
        elif name == "trkpt":
            point = _point(element)
            element.clear()  # long drives: memory stays small
            if point is not None:
                yield point


def _local(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _point(element: Element) -> Fix | None:
    """None for a point whose place cannot be read."""
    values = {_local(child): (child.text or "").strip() for child in element.iter()}
    lat, lon = _number(element.get("lat")), _number(element.get("lon"))
    if lat is None or lon is None:
        return None
    hdop = _number(values.get("hdop"))
    return Fix(
        lat=lat,
        lon=lon,
        time=_time(values.get("time", "")),
        speed=_number(values.get("speed")),
        heading=_number(values.get("course")),
        accuracy=hdop * METRES_PER_HDOP if hdop else None,
        altitude=_number(values.get("ele")),
        quality=QUALITIES.get(values.get("fix", ""), "valid"),
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _time(text: str) -> datetime | None:
    """ISO 8601; a time without a zone is UTC, as the standard says."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
