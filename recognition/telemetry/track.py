"""A drive's positions: cleaned, measured, and asked for at any moment."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from recognition.types import GpsPoint

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
LONGEST_GAP_S = 30.0  # between two points farther apart in time than this, no position is invented
BEYOND_END_S = 2.0  # how long after the last point (and before the first) its position still holds
FASTEST_M_S = 100.0  # a car is slower; a point that would need more is a spike
ACCURACY_M = 5.0  # of a consumer receiver under open sky, where the source says nothing
DRIFT_M_S = 2.0  # what a second without a point adds to the uncertainty
STANDING_M_S = 0.7  # below it, the direction from point to point is noise
RECENT_RUNS = 20  # stretches that a point may go on from; bounds the work on noise


@dataclass(frozen=True, slots=True)
class Position:
    """Where the camera was at one moment. `accuracy_m` is one standard deviation."""

    lat: float
    lon: float
    speed: float | None
    heading: float | None
    accuracy_m: float


@dataclass(frozen=True)
class Track:
    """Points in order of time. `source` names the reader (`gpx`, `nmea`); `removed` counts what cleaning took out."""

    points: tuple[GpsPoint, ...]
    source: str
    removed: int = 0

    @cached_property
    def _times(self) -> list[datetime]:
        return [point.time for point in self.points if point.time is not None]

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


def clean(track: Track) -> Track:
    """In order of time, without impossible points, doubles and spikes; speed and heading computed where absent.

    Points without a time are left out where others have one; a track without any time keeps its order and line.
    """
    possible = [point for point in track.points if _possible(point)]
    timed = [point for point in possible if point.time is not None]
    if timed:
        kept = _without_spikes(_without_doubles(sorted(timed, key=_time)))
        points = _with_motion(kept)
    else:
        points = possible
    return Track(tuple(points), track.source, track.removed + len(track.points) - len(points))


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


def _time(point: GpsPoint) -> datetime:
    assert point.time is not None
    return point.time


def _possible(point: GpsPoint) -> bool:
    """Within the globe, and not the (0, 0) that receivers write before their first fix."""
    finite = math.isfinite(point.lat) and math.isfinite(point.lon)
    return finite and abs(point.lat) <= 90 and abs(point.lon) <= 180 and (point.lat, point.lon) != (0.0, 0.0)


def _without_doubles(points: list[GpsPoint]) -> list[GpsPoint]:
    """The first point of each moment."""
    return [point for i, point in enumerate(points) if i == 0 or _time(point) != _time(points[i - 1])]


def _speed_m_s(a: GpsPoint, b: GpsPoint) -> float:
    """Mean speed of going from a to b; a metre of noise is forgiven so that 10 Hz tracks keep their points."""
    return max(0.0, distance_m(a, b) - 1.0) / max(abs((_time(b) - _time(a)).total_seconds()), 1e-3)


def _without_spikes(points: list[GpsPoint]) -> list[GpsPoint]:
    """Leave out points that no car could have reached.

    A jump is a spike when the track soon comes back to where it was; when it does not (a ring buffer's stale points
    before the true ones), what is kept is the longer side.
    """
    runs: list[list[GpsPoint]] = []
    for point in points:
        home = next((run for run in reversed(runs[-RECENT_RUNS:]) if _speed_m_s(run[-1], point) <= FASTEST_M_S), None)
        if home is None:
            runs.append([point])
        else:
            home.append(point)
    return max(runs, key=len) if runs else []


def _with_motion(points: list[GpsPoint]) -> list[GpsPoint]:
    """Fill speed and heading from the neighbours; while standing, the last heading stays."""
    filled, heading = list[GpsPoint](), None
    for i, point in enumerate(points):
        a, b = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        passed = (_time(b) - _time(a)).total_seconds()
        known = 0 < passed <= 2 * LONGEST_GAP_S
        speed = point.speed if point.speed is not None else (distance_m(a, b) / passed if known else None)
        if point.heading is not None:
            heading = point.heading % 360
        elif known and (speed or 0.0) > STANDING_M_S:
            heading = bearing_deg(a, b)
        filled.append(replace(point, speed=speed, heading=heading))
    return filled


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
