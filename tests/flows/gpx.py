"""A made-up drive due north, one point a second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
LAT, LON, STEP = 44.4, 26.1, 0.0001  # degrees; STEP per second is some 11 m/s


def write_gpx(path: Path, *, seconds: int = 18, start: datetime = START, lat: float = LAT) -> Path:
    points = "".join(
        f'<trkpt lat="{lat + STEP * second:.6f}" lon="{LON}">'
        f"<time>{(start + timedelta(seconds=second)).isoformat()}</time></trkpt>"
        for second in range(seconds + 1)
    )
    path.write_text(_wrapped(points), "utf8")
    return path


def write_empty_gpx(path: Path) -> Path:
    path.write_text(_wrapped(""), "utf8")
    return path


def _wrapped(points: str) -> str:
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><trkseg>{points}</trkseg></trk></gpx>"
    )
