"""NMEA 0183 logs beside a video (`.nmea`, BlackVue's `.gps`): RMC and GGA sentences, checksums verified.

Source: NMEA 0183 v2.3 as described by https://gpsd.gitlab.io/gpsd/NMEA.html
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from pathlib import Path

from recognition.errors import NoPositions, TelemetryUnreadable
from recognition.types import GpsPoint

KNOT_M_S = 1852 / 3600
METRES_PER_HDOP = 5.0
SENTENCE = re.compile(r"\$(G[A-Z](?:RMC|GGA),[^*$\r\n]*)(?:\*([0-9A-Fa-f]{2}))?")


def read(path: Path | str) -> list[GpsPoint]:
    """The fixes of a log in their order, one a moment.

    Raises TelemetryUnreadable where there is no valid sentence, NoPositions where there are some but no fix.
    """
    path = Path(path)
    text = path.read_text(encoding="ascii", errors="replace")
    found = list(SENTENCE.finditer(text))
    # Noise breaks some checksums; where not one of them holds, a program rewrote the log and forgot them.
    intact = [match for match in found if _intact(match[1], match[2])] or found
    sentences = [match[1].split(",") for match in intact]
    if not sentences:
        raise TelemetryUnreadable(f"{path.name} holds no valid RMC or GGA sentence, so it is no NMEA log.")
    points = _points(sentences)
    if not points:
        raise NoPositions(
            f"{path.name} is an NMEA log, but its receiver never had a fix. The trip can be read without it."
        )
    return points


def _intact(body: str, checksum: str | None) -> bool:
    """The checksum is the exclusive or of all characters between $ and *; a sentence without one is taken."""
    return checksum is None or reduce(lambda total, c: total ^ ord(c), body, 0) == int(checksum, 16)


def _points(sentences: list[list[str]]) -> list[GpsPoint]:
    """RMC gives date, place, speed and course; the GGA of the same second adds accuracy, or the place alone."""
    points: dict[datetime, GpsPoint] = {}
    accuracies: dict[datetime, float] = {}
    day: date | None = None
    last: datetime | None = None
    for fields in sentences:
        recommended = fields[0].endswith("RMC")
        if recommended:
            day = _date(fields[9] if len(fields) > 9 else "") or day
        moment = _moment(fields[1] if len(fields) > 1 else "", day, last)
        point = _rmc(fields, moment) if recommended else _gga(fields, moment)
        if moment is None or point is None:
            continue
        last = moment
        if not recommended and point.accuracy is not None:
            accuracies[moment] = point.accuracy
        if recommended or moment not in points:
            points[moment] = point
    return [
        GpsPoint(p.lat, p.lon, p.time, None, p.speed, p.heading, accuracies.get(moment)) for moment, p in points.items()
    ]


def _rmc(fields: list[str], moment: datetime | None) -> GpsPoint | None:
    if len(fields) < 10 or fields[2] != "A":  # A: valid, V: warning
        return None
    lat, lon = _angle(fields[3], fields[4]), _angle(fields[5], fields[6])
    if lat is None or lon is None:
        return None
    speed = _number(fields[7])
    return GpsPoint(lat, lon, moment, None, None if speed is None else speed * KNOT_M_S, _number(fields[8]))


def _gga(fields: list[str], moment: datetime | None) -> GpsPoint | None:
    if len(fields) < 9 or fields[6] in ("", "0"):  # quality 0: no fix
        return None
    lat, lon = _angle(fields[2], fields[3]), _angle(fields[4], fields[5])
    if lat is None or lon is None:
        return None
    hdop = _number(fields[8])
    return GpsPoint(lat, lon, moment, accuracy=hdop * METRES_PER_HDOP if hdop else None)


def _angle(text: str, side: str) -> float | None:
    """`4426.5000`, `N` -> 44.441667: the last two digits before the point are minutes."""
    value = _number(text)
    if value is None or side not in ("N", "S", "E", "W"):
        return None
    degrees, minutes = divmod(value, 100)
    return (degrees + minutes / 60) * (-1 if side in "SW" else 1)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    """`010326` -> 1 March 2026."""
    try:
        return datetime.strptime(text, "%d%m%y").date()
    except ValueError:
        return None


def _moment(clock: str, day: date | None, last: datetime | None) -> datetime | None:
    """UTC of `hhmmss.sss` on that day; a GGA just after midnight belongs to the day that its RMC has yet to name."""
    if day is None or len(clock) < 6 or not clock[:6].isdigit():
        return None
    try:
        whole = time(int(clock[:2]), int(clock[2:4]), min(int(clock[4:6]), 59), tzinfo=UTC)
    except ValueError:
        return None
    moment = datetime.combine(day, whole) + timedelta(seconds=_number("0" + clock[6:]) or 0.0)
    if last is not None and (last - moment) > timedelta(hours=12):
        moment += timedelta(days=1)
    return moment
