"""A drive's positions: measured, and asked for at any moment. What cleans them is in cleaning.py."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from recognition.types import EARTH_RADIUS_M, GpsPoint

LONGEST_GAP_S = 30.0  # between two points farther apart in time than this, no position is invented
BEYOND_END_S = 2.0  # how long after the last point (and before the first) its position still holds
ANCHORED = "time_from_start"  # the step that gives times to positions that have none
ACCURACY_M = 5.0  # of a consumer receiver under open sky, where the source says nothing
DRIFT_M_S = 2.0  # what a second without a point adds to the uncertainty


@dataclass(frozen=True, slots=True)
class Position:
    """Where the camera was at one moment. `accuracy_m` is one standard deviation."""

    lat: float
    lon: float
    speed: float | None
    heading: float | None
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that cleaning did, to how many rows, and why where that is not plain from its name."""

    name: str
    rows: int
    note: str = ""


@dataclass(frozen=True)
class Track:
    """Points in order of time. `source` names the reader (`gpx`, `nmea`); `removed` counts what cleaning took out."""

    points: tuple[GpsPoint, ...]
    source: str
    removed: int = 0
    steps: tuple[Step, ...] = ()

    @cached_property
    def _times(self) -> list[datetime]:
        return [point.time for point in self.points if point.time is not None]

    @property
    def is_anchored(self) -> bool:
        """Whether its times were made from its video's start, of which they then say nothing."""
        return any(step.name == ANCHORED for step in self.steps)

    @property
    def started_at(self) -> datetime | None:
        return self._times[0] if self._times else None

    @property
    def ended_at(self) -> datetime | None:
        return self._times[-1] if self._times else None

    @cached_property
    def length_m(self) -> float:
        """Metres from point to point, gaps bridged by a straight line."""
        return sum(distance_m(a, b) for a, b in zip(self.points, self.points[1:], strict=False))

    def at(self, time: datetime) -> Position | None:
        """The position at that moment, or None in a gap of more than 30 s, outside of the track, or without times."""
        if not self._times or len(self._times) != len(self.points):
            return None
        index = bisect_left(self._times, time)
        if index < len(self.points) and self._times[index] == time:
            return _position(self.points[index], 0.0)
        if index in (0, len(self.points)):
            end = min(index, len(self.points) - 1)
            away = abs((self._times[end] - time).total_seconds())
            return _position(self.points[end], away) if away <= BEYOND_END_S else None
        return self._between(index - 1, time)

    def _between(self, index: int, time: datetime) -> Position | None:
        a, b = self.points[index], self.points[index + 1]
        gap = (self._times[index + 1] - self._times[index]).total_seconds()
        if gap > LONGEST_GAP_S:
            return None
        passed = (time - self._times[index]).total_seconds()
        share = passed / gap
        east = (b.lon - a.lon + 180) % 360 - 180
        base = _mix(a.accuracy, b.accuracy, share)
        return Position(
            lat=a.lat + (b.lat - a.lat) * share,
            lon=(a.lon + east * share + 180) % 360 - 180,
            speed=_mix(a.speed, b.speed, share),
            heading=_mix_heading(a.heading, b.heading, share),
            accuracy_m=(ACCURACY_M if base is None else base) + DRIFT_M_S * min(passed, gap - passed),
        )


def distance_m(a: GpsPoint, b: GpsPoint) -> float:
    """Great-circle distance (haversine)."""
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    h = math.sin((lat2 - lat1) / 2) ** 2
    h += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def bearing_deg(a: GpsPoint, b: GpsPoint) -> float:
    """Initial bearing from a to b, degrees clockwise from true north, 0–360."""
    lat1, lat2, east = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    x = math.sin(east) * math.cos(lat2)
    y = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(east)
    return math.degrees(math.atan2(x, y)) % 360


def _position(point: GpsPoint, away: float) -> Position:
    accuracy = ACCURACY_M if point.accuracy is None else point.accuracy
    return Position(point.lat, point.lon, point.speed, point.heading, accuracy + DRIFT_M_S * away)


def _mix(a: float | None, b: float | None, share: float) -> float | None:
    if a is None or b is None:
        return a if b is None else b
    return a + (b - a) * share


def _mix_heading(a: float | None, b: float | None, share: float) -> float | None:
    """The short way round."""
    if a is None or b is None:
        return a if b is None else b
    return (a + ((b - a + 180) % 360 - 180) * share) % 360
