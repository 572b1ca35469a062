"""What `python -m recognition telemetry` prints: a line of JSON for each file and point, or a table of the files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from recognition.telemetry import extract
from recognition.telemetry.extract import Telemetry
from recognition.telemetry.fix import Fix
from recognition.telemetry.track import ACCURACY_M
from recognition.types import GpsPoint

Row = dict[str, Any]

HEAD = ("file", "format", "rows", "points", "time source", "start (± s)", "cleaned", "verdict")


def lines(paths: Iterable[Path], form: str) -> Iterator[str]:
    """`jsonl` or `table`."""
    return table(paths) if form == "table" else chain.from_iterable(map(json_lines, paths))


def table(paths: Iterable[Path], *, beside: bool = True) -> Iterator[str]:
    """The lines of a Markdown table, a file a line."""
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{' --- |' * len(HEAD)}"
    for path in paths:
        yield table_row(path.name, extract.read(path, beside=beside))


def table_row(name: str, found: Telemetry) -> str:
    points = len(found.track.points) if found.track else 0
    start = f"{found.start.at:%Y-%m-%d %H:%M:%S} (± {found.start.uncertainty_s:.0f})" if found.start.at else "–"
    cells = (name, found.title or "–", found.rows, points, found.start.source, start, _cleaned(found), found.verdict)
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def json_lines(path: Path, *, beside: bool = True) -> Iterator[str]:
    """First what was found as a whole, then its points."""
    found = extract.read(path, beside=beside)
    yield _line(
        {
            "file": path.name,
            "verdict": found.verdict,
            "format": found.format or None,
            "rows": found.rows,
            "points": len(found.track.points) if found.track else 0,
            "started_at": _iso(found.start.at),
            "time_source": found.start.source,
            "time_uncertainty_s": round(found.start.uncertainty_s, 3),
            "why": found.start.why,
            "cleaned": [{"step": step.name, "rows": step.rows, "note": step.note} for step in found.steps],
            "notes": list(found.notes),
        }
    )
    for point in found.track.points if found.track else ():
        yield _line(_point(point, found))


def _point(point: GpsPoint, found: Telemetry) -> Row:
    extra = point if isinstance(point, Fix) else None
    return {
        "time": _iso(point.time),
        "time_uncertainty_s": round(found.start.uncertainty_s, 3) if found.start.source != "gps" else 1.0,
        "seconds": _rounded(point.seconds, 3),
        "lat": round(point.lat, 7),
        "lon": round(point.lon, 7),
        "speed": _rounded(point.speed, 2),
        "heading": _rounded(point.heading, 1),
        "altitude": _rounded(extra.altitude, 1) if extra else None,
        "accuracy_m": _rounded(ACCURACY_M if point.accuracy is None else point.accuracy, 1),
        "fix": extra.quality if extra else None,
        "source": found.format,
    }


def _cleaned(found: Telemetry) -> str:
    return ", ".join(f"{step.name} {step.rows}" for step in found.steps) or "–"


def _iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)
