"""A drive's positions laid over its videos, by their clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from recognition.telemetry.track import Track as Positions
from recognition.types import GpsPoint
from sightings.models import SidecarTrack, Track, Upload, Video
from sightings.services.coverage import cover

MARGIN_S = 5.0  # points this long before and after a video still belong to it
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def lay(video: Video, positions: Positions, name: str, sidecar: Upload | None = None) -> bool:
    """Store the part of a drive's positions that lies over a video by its clock; False where they do not meet.

    `sidecar` is the file whose own clock they follow: moved against it, the video is laid elsewhere on them.
    """
    start = video.started_at
    part = _cut(positions, start, video.duration_s) if start is not None else None
    if start is None or part is None or not part.points:
        return False
    points = [_row(point, start) for point in part.points]
    Track.objects.update_or_create(
        video=video,
        defaults={
            "source": positions.source,
            "source_name": name,
            "sidecar": sidecar,
            "points": points,
            "distance_m": round(part.length_m, 1),
            "started_at": start + timedelta(seconds=points[0][0] or 0.0),
            "ended_at": start + timedelta(seconds=points[-1][0] or 0.0),
        },
    )
    cover(video)
    return True


def keep(sidecar: Upload, positions: Positions) -> None:
    """Remember a whole drive's positions, for videos that are laid over them again."""
    rows = [_row(point, UNIX_EPOCH) for point in positions.points if point.time is not None]
    SidecarTrack.objects.update_or_create(upload=sidecar, defaults={"source": positions.source, "points": rows})


def kept(sidecar: Upload | None) -> Positions | None:
    """What `keep` remembered; None where nothing was kept."""
    row = SidecarTrack.objects.filter(upload=sidecar).first() if sidecar is not None else None
    return positions_of(row.points, row.source, UNIX_EPOCH) if row is not None else None


def positions_of(rows: list[list[float | None]], source: str, epoch: datetime) -> Positions:
    """Stored rows as points whose times are counted from `epoch`."""
    points = (
        GpsPoint(
            lat=lat or 0.0,
            lon=lon or 0.0,
            time=epoch + timedelta(seconds=t or 0.0),
            speed=speed,
            heading=heading,
            accuracy=accuracy,
        )
        for t, lat, lon, speed, heading, accuracy in rows
    )
    return Positions(tuple(points), source)


def _cut(positions: Positions, start: datetime, duration: float) -> Positions:
    first, last = start - timedelta(seconds=MARGIN_S), start + timedelta(seconds=duration + MARGIN_S)
    inside = tuple(point for point in positions.points if point.time is not None and first <= point.time <= last)
    return Positions(inside, positions.source)


def _row(point: GpsPoint, epoch: datetime) -> list[float | None]:
    """[seconds since `epoch`, lat, lon, speed, heading, accuracy]"""
    assert point.time is not None
    seconds = round((point.time - epoch).total_seconds(), 3)
    return [seconds, point.lat, point.lon, rounded(point.speed), rounded(point.heading), rounded(point.accuracy)]


def rounded(value: float | None) -> float | None:
    """To hundredths: of m, m/s or degrees, finer than any receiver tells."""
    return None if value is None else round(value, 2)
