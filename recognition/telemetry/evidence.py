"""What is known of a recording's clock from elsewhere, and what it says of whole-hour errors in the receiver's rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from recognition.telemetry.fix import UNIX_EPOCH, Fix
from recognition.types import GpsPoint

QUARTER_S = 900  # zones lie whole quarters of an hour from UTC
ZONE_TOLERANCE_S = 30.0  # between two clocks that differ by a zone alone
COLD_START_TOLERANCE_S = 5.0  # between the camera's clock and the first fix, a row later
WIDEST_ZONE_H = 14.0
ZONE_OFF_SUN_H = 3.0  # clocks of countries stray from their longitude, in the west of China the most
CLEARLY_H = 1.0  # how much better one reading must fit than the other
FIRST_YEAR, LAST_YEAR = 2010, 2100  # no earlier clock of such a camera was ever set; a later one is noise


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one recording. `named` is local time; `own_clock` is True where the rows bear the camera's clock, not UTC."""

    duration: float = 0.0
    created_at: datetime | None = None
    named: datetime | None = None
    own_clock: bool = False

    @property
    def created(self) -> datetime | None:
        """The container's moment, unless its clock was never set."""
        return None if self.created_at is None or was_reset(self.created_at) else self.created_at

    @property
    def candidates(self) -> list[tuple[str, datetime]]:
        """The container's moment may be the start or the end."""
        if self.created is None:
            return []
        return [("start", self.created), ("end", self.created - timedelta(seconds=self.duration))]


@dataclass(frozen=True, slots=True)
class Zone:
    """How the rows' clock stands to UTC: `shift` is to be added to it. `why` says so in words, empty for nothing."""

    shift: timedelta = timedelta(0)
    why: str = ""


def was_reset(time: datetime) -> bool:
    """A clock that starts anew begins at an epoch, or on the first day of the year its firmware was made."""
    return not FIRST_YEAR <= time.year <= LAST_YEAR or (time.month == time.day == 1 and time.hour == 0)


def zone_of(points: Sequence[GpsPoint], evidence: Evidence, jump: float | None) -> Zone:
    """Whether the points bear local time. Decided only where a difference of whole quarter hours agrees with the sun.

    `jump` is that of the clock at the first fix, in hours.
    """
    began = _began(points)
    if began is None or not evidence.own_clock:
        return Zone()
    sun = points[0].lon / 15
    if jump:
        return _settled(jump, sun, "the camera's clock before the first fix")
    for which, start in evidence.candidates:
        quarters = whole_quarters(began - start, ZONE_TOLERANCE_S)
        if quarters:
            return _settled(quarters, sun, f"the container's time, which is the {which} of the recording")
    if evidence.named is not None:
        quarters = whole_quarters(evidence.named - began, ZONE_TOLERANCE_S)
        if quarters == 0 and abs(sun) >= 1.5:
            return Zone(why="the rows bear the same time as the file's name: UTC or the camera's zone, it stays open")
        if quarters and _fits(quarters, sun):
            return Zone(why=f"the file's name is {hours(quarters)} off, the camera's zone; the rows bear UTC")
    return Zone()


def whole_quarters(difference: timedelta, tolerance: float) -> float | None:
    """The difference in hours where it is whole quarters of an hour, 0 among them; None where it is no zone's."""
    seconds = difference.total_seconds()
    rounded = round(seconds / QUARTER_S) * QUARTER_S
    if abs(seconds - rounded) > tolerance or abs(rounded) > WIDEST_ZONE_H * 3600:
        return None
    return rounded / 3600


def offsets(points: Sequence[GpsPoint]) -> list[float]:
    """Of all points that have both: when second 0 was by them, in seconds since 1970."""
    return [
        point.time.timestamp() - point.seconds
        for point in points
        if point.time is not None and point.seconds is not None
    ]


def is_lost(point: GpsPoint) -> bool:
    """A row without a fix."""
    return isinstance(point, Fix) and point.quality == "none"


def hours(value: float) -> str:
    return f"{value:+g} h"


def cold_start_jump(rows: Sequence[GpsPoint]) -> float | None:
    """By how many hours the clock jumps from the last row without a fix to the first one with it."""
    for before, after in pairwise(rows):
        if is_lost(before) and not is_lost(after):
            if before.time is None or after.time is None or was_reset(before.time):
                return None
            passed = 1.0
            if before.seconds is not None and after.seconds is not None:
                passed = after.seconds - before.seconds
            jump = after.time - before.time - timedelta(seconds=passed)
            return whole_quarters(jump, COLD_START_TOLERANCE_S)
    return None


def _began(points: Sequence[GpsPoint]) -> datetime | None:
    found = offsets(points)
    if found:
        return UNIX_EPOCH + timedelta(seconds=median(found))
    return next((point.time for point in points if point.time is not None), None)


def _settled(ahead: float, sun: float, than: str) -> Zone:
    """The rows are so many hours ahead: either they are local and the other is UTC, or the other way round."""
    if _fits(ahead, sun):
        why = f"{hours(ahead)} from {than}: the rows bore the camera's zone, as their longitude confirms"
        return Zone(timedelta(hours=-ahead), why)
    if _fits(-ahead, sun):
        return Zone(why=f"{hours(ahead)} from {than}, which bears the camera's zone; the rows bear UTC")
    return Zone(why=f"{hours(ahead)} from {than}, which their longitude does not explain; left as it is")


def _fits(zone: float, sun: float) -> bool:
    """Whether this zone, in hours, lies where the sun puts it, and the opposite one does not."""
    this, other = abs(zone - sun), abs(-zone - sun)
    return math.isfinite(sun) and this <= ZONE_OFF_SUN_H and other - this >= CLEARLY_H
