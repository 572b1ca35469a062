"""What a reader hands over: one row of a receiver, as it stands in the file, and the arithmetic that readers share."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from recognition.types import GpsPoint

KNOT_M_S = 1852 / 3600
KMH_M_S = 1 / 3.6
MPH_M_S = 1609.344 / 3600
METRES_PER_HDOP = 5.0  # usual range error of a consumer receiver
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_ROWS = 500_000  # eight hours at 18 rows a second
LONGEST_S = 1_000_000  # eleven days: no recording is longer
MALFORMED = (struct.error, ValueError, LookupError, ArithmeticError)  # what bytes that make no sense raise

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fix(GpsPoint):
    """One row. Without a fix `lat` and `lon` are NaN; `time` is then the camera's clock."""

    altitude: float | None = None  # metres, as the source counts them
    quality: str = "valid"  # none, valid, 2d, 3d, dgps: as much as the source says


def gather(parse: Callable[[T], Iterable[Fix]], items: Iterable[T], notes: list[str], what: str) -> list[Fix]:
    """The rows of all items; those that make no sense are left out, and their number noted."""
    rows, bad = list[Fix](), 0
    for item in items:
        try:
            rows.extend(row for row in parse(item) if row.seconds is None or abs(row.seconds) < LONGEST_S)
        except MALFORMED:
            bad += 1
        if len(rows) >= MOST_ROWS:
            notes.append(f"only the first {MOST_ROWS} rows were taken")
            return rows[:MOST_ROWS]
    if bad:
        notes.append(f"{bad} {what} could not be read")
    return rows


def no_fix(time: datetime | None = None, seconds: float | None = None) -> Fix:
    return Fix(math.nan, math.nan, time, seconds, quality="none")


def degrees(value: float, side: str) -> float:
    """`4426.5`, `N` -> 44.441667: the last two digits before the point are minutes. Some cameras sign them too."""
    whole, minutes = divmod(abs(value), 100)
    return (whole + minutes / 60) * (-1 if side in ("S", "W") else 1)


def utc(year: int, month: int, day: int, hour: int, minute: int, second: float) -> datetime | None:
    """None for a moment that is on no calendar. Years of two digits are of this century."""
    year += 2000 if year < 100 else 0
    whole = int(second)
    try:
        return datetime(year, month, day, hour, minute, min(whole, 59), int((second - whole) * 1e6), tzinfo=UTC)
    except ValueError:
        return None
