"""From a receiver's rows to a track: what cannot be true is taken out or mended, and every step says how many rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from recognition.telemetry.evidence import (
    FIRST_YEAR,
    LAST_YEAR,
    Evidence,
    cold_start_jump,
    is_lost,
    offsets,
    was_reset,
    zone_of,
)
from recognition.telemetry.fix import UNIX_EPOCH
from recognition.telemetry.track import LONGEST_GAP_S, Step, Track, bearing_deg, distance_m
from recognition.types import GpsPoint

FASTEST_M_S = 100.0  # a car is slower; a point that would need more is a spike
STANDING_M_S = 0.7  # below it, the direction from point to point is noise
RECENT_RUNS = 20  # stretches that a point may go on from; bounds the work on noise
STALE_S = 5.0  # a row written with a picture bears its time, within this
LENGTH_SLACK_S = 10.0  # rows may begin before the first picture and end after the last
SPIKE_ROWS = 3  # a jump away and back again within as many rows is a spike
YEAR = timedelta(days=366)
ROLLOVER = timedelta(weeks=1024)  # old receivers count weeks in ten bits
NO_EVIDENCE = Evidence()

Rows = list[GpsPoint]


def clean(track: Track, evidence: Evidence = NO_EVIDENCE) -> Track:
    """In order of time, without impossible points, doubles and spikes; speed and heading computed where absent.

    Points without a time get one from their second in the video where others tell when it began; without that they are
    left out where others have a time. A track without any time or second keeps its order and line.
    """
    record = _Record()
    raw = list(track.points)
    rows = record.keep("no_fix", raw, lambda row: not is_lost(row))
    rows = record.keep("off_globe", rows, _on_globe)
    rows = record.mend("impossible_speed", rows, [_plain(row) for row in rows])
    rows = record.mend("clock_reset", rows, _without_reset(rows, evidence))
    rows = record.only("stale", rows, _current(rows, evidence.duration))
    zone = zone_of(rows, evidence, cold_start_jump(raw))
    if zone.why:
        timed = sum(row.time is not None for row in rows)
        record.add("zone_shift" if zone.shift else "zone_seen", timed, zone.why)
        rows = [_at(row, row.time + zone.shift if row.time else None) for row in rows]
    rows = record.mend("time_from_video", rows, _timed_by_second(rows))
    if any(row.time is not None for row in rows):
        rows = record.keep("no_time", rows, lambda row: row.time is not None)
    if all(row.time is not None or row.seconds is not None for row in rows):
        rows = record.only("same_moment", rows, _without_doubles(sorted(rows, key=_moment)))
        rows = _with_motion(_without_jumps(rows, record))
    return Track(tuple(rows), track.source, track.removed + len(raw) - len(rows), (*track.steps, *record.steps))


class _Record:
    """What was done, step by step; a step that changed nothing is not mentioned."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def add(self, name: str, rows: int, note: str = "") -> None:
        if rows:
            self.steps.append(Step(name, rows, note))

    def keep(self, name: str, rows: Sequence[GpsPoint], good: Callable[[GpsPoint], bool]) -> Rows:
        return self.only(name, rows, [row for row in rows if good(row)])

    def only(self, name: str, rows: Sequence[GpsPoint], kept: Rows) -> Rows:
        self.add(name, len(rows) - len(kept))
        return kept

    def mend(self, name: str, rows: Sequence[GpsPoint], mended: Rows) -> Rows:
        self.add(name, sum(before is not after for before, after in zip(rows, mended, strict=True)))
        return mended


def _on_globe(point: GpsPoint) -> bool:
    """Within the globe, and not the (0, 0) that receivers write before their first fix."""
    finite = math.isfinite(point.lat) and math.isfinite(point.lon)
    return finite and abs(point.lat) <= 90 and abs(point.lon) <= 180 and (point.lat, point.lon) != (0.0, 0.0)


def _plain(point: GpsPoint) -> GpsPoint:
    """Without a speed or heading that is no number, or that no car has."""
    speed_ok = point.speed is None or 0 <= point.speed <= FASTEST_M_S
    heading_ok = point.heading is None or math.isfinite(point.heading)
    if speed_ok and heading_ok:
        return point
    return replace(point, speed=point.speed if speed_ok else None, heading=point.heading if heading_ok else None)


def _at(point: GpsPoint, time: datetime | None) -> GpsPoint:
    return point if time == point.time else replace(point, time=time)


def _without_reset(rows: Rows, evidence: Evidence) -> Rows:
    """Times of a clock that was never set go; those of one that ran over are set right. The place stays true."""
    known = next((time for time in (evidence.named, evidence.created) if time and not was_reset(time)), None)
    set_right = [row.time for row in rows if row.time is not None and not was_reset(row.time)]
    if known is None and set_right and len(set_right) < len(rows):
        known = sorted(set_right)[len(set_right) // 2]
    return [_at(row, _believable(row.time, known, evidence.own_clock)) for row in rows]


def _believable(time: datetime | None, known: datetime | None, own_clock: bool) -> datetime | None:
    if time is None or time.year > LAST_YEAR:
        return None
    if known is not None and abs(time + ROLLOVER - known) < timedelta(days=2):
        return time + ROLLOVER
    if time.year < FIRST_YEAR:
        return None
    far = known is not None and abs(time - known) > YEAR
    return None if far and (own_clock or was_reset(time)) else time


def _current(rows: Rows, duration: float) -> Rows:
    """Without rows of an earlier drive, which a receiver's ring buffer still holds when a recording begins.

    By their second in the video, where most rows have one: what bears another time was not measured then. Else by the
    recording's length, where it is known: the stretch as long as it that holds most rows.
    """
    found = offsets(rows)
    timed = [row for row in rows if row.time is not None]
    if len(found) > 2 and len(found) >= 0.8 * len(timed):
        first = _densest(sorted(found), STALE_S)
        return [row for row in rows if all(-STALE_S <= o - first <= 2 * STALE_S for o in offsets([row]))]
    if not timed or not duration:
        return rows
    times = sorted(_moment(row) for row in timed)
    first = _densest(times, duration + LENGTH_SLACK_S)
    return [row for row in rows if row.time is None or 0 <= _moment(row) - first <= duration + LENGTH_SLACK_S]


def _densest(values: list[float], length: float) -> float:
    """Where the stretch of that length begins that holds most of these values, which are in order."""
    best, most, end = values[0], 0, 0
    for begin, value in enumerate(values):
        while end < len(values) and values[end] - value <= length:
            end += 1
        if end - begin > most:
            best, most = value, end - begin
    return best


def _timed_by_second(rows: Rows) -> Rows:
    """A row whose time was lost has it back from its second in the video."""
    found = offsets(rows)
    if not found:
        return rows
    began = UNIX_EPOCH + timedelta(seconds=median(found))
    return [
        row
        if row.time is not None or row.seconds is None
        else replace(row, time=began + timedelta(seconds=row.seconds))
        for row in rows
    ]


def _moment(point: GpsPoint) -> float:
    """In seconds, of the clock where all points of a track have one, of the video where none has."""
    if point.time is not None:
        return point.time.timestamp()
    assert point.seconds is not None
    return point.seconds


def _without_doubles(points: Rows) -> Rows:
    """The first point of each moment."""
    return [point for i, point in enumerate(points) if i == 0 or _moment(point) != _moment(points[i - 1])]


def _speed_m_s(a: GpsPoint, b: GpsPoint) -> float:
    """Mean speed of going from a to b; a metre of noise is forgiven so that 10 Hz tracks keep their points."""
    return max(0.0, distance_m(a, b) - 1.0) / max(abs(_moment(b) - _moment(a)), 1e-3)


def _without_jumps(points: Rows, record: _Record) -> Rows:
    """Leave out points that no car could have reached.

    A jump is a spike when the track soon comes back to where it was; when it does not, what is kept is the longer side.
    """
    runs: list[Rows] = []
    member: list[int] = []  # the run that each point went to
    for point in points:
        recent = range(len(runs) - 1, max(-1, len(runs) - 1 - RECENT_RUNS), -1)
        home = next((i for i in recent if _speed_m_s(runs[i][-1], point) <= FASTEST_M_S), None)
        if home is None:
            home = len(runs)
            runs.append([])
        runs[home].append(point)
        member.append(home)
    if len(runs) <= 1:
        return points
    best = max(range(len(runs)), key=lambda i: len(runs[i]))
    inside = range(member.index(best), len(member) - member[::-1].index(best))
    spikes = Counter(member[i] for i in inside if member[i] != best)
    count = sum(number for run, number in spikes.items() if len(runs[run]) <= SPIKE_ROWS)
    record.add("spike", count)
    record.add("jump", len(points) - len(runs[best]) - count)
    return runs[best]


def _with_motion(points: Rows) -> Rows:
    """Fill speed and heading from the neighbours; while standing, the last heading stays."""
    filled, heading = Rows(), None
    for i, point in enumerate(points):
        a, b = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        passed = _moment(b) - _moment(a)
        known = 0 < passed <= 2 * LONGEST_GAP_S
        speed = point.speed if point.speed is not None else (distance_m(a, b) / passed if known else None)
        if point.heading is not None:
            heading = point.heading % 360
        elif known and (speed or 0.0) > STANDING_M_S:
            heading = bearing_deg(a, b)
        filled.append(replace(point, speed=speed, heading=heading))
    return filled
