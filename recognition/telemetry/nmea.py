"""NMEA 0183: RMC and GGA sentences, checksums verified, in logs beside a video and inside of it.

Source: NMEA 0183 v2.3 as described by https://gpsd.gitlab.io/gpsd/NMEA.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from pathlib import Path

from recognition.errors import NoPositions, TelemetryUnreadable, gettext_noop
from recognition.telemetry.fix import KNOT_M_S, METRES_PER_HDOP, Fix, no_fix

SENTENCE = re.compile(r"\$(G[A-Z](?:RMC|GGA),[^*$\r\n]*)(?:\*([0-9A-Fa-f]{2}))?")


def read(path: Path | str) -> list[Fix]:
    """The fixes of a log in their order, one a moment.

    Raises TelemetryUnreadable where there is no valid sentence, NoPositions where there are some but no fix.
    """
    path = Path(path)
    found = rows(path.read_text(encoding="ascii", errors="replace"))
    if not found:
        words = gettext_noop("%(name)s holds no valid RMC or GGA sentence, so it is no NMEA log.")
        raise TelemetryUnreadable(words, name=path.name)
    fixes = [row for row in found if row.quality != "none"]
    if not fixes:
        words = gettext_noop(
            "%(name)s is an NMEA log, but its receiver never had a fix. The trip can be read without it."
        )
        raise NoPositions(words, name=path.name)
    return fixes


def rows(text: str) -> list[Fix]:
    """One row a moment, those without a fix too. Empty for a text that is no NMEA."""
    found = list(SENTENCE.finditer(text))
    # Noise breaks some checksums; where not one of them holds, a program rewrote the log and forgot them.
    intact = [match for match in found if _intact(match[1], match[2])] or found
    return _rows([match[1].split(",") for match in intact])


def at_second(found: Iterable[Fix], seconds: float | None) -> Iterator[Fix]:
    """Rows that stand beside one picture of a video."""
    return (replace(row, seconds=seconds) for row in found)


def _intact(body: str, checksum: str | None) -> bool:
    """The checksum is the exclusive or of all characters between $ and *; a sentence without one is taken."""
    return checksum is None or reduce(lambda total, c: total ^ ord(c), body, 0) == int(checksum, 16)


def _rows(sentences: list[list[str]]) -> list[Fix]:
    """RMC gives date, place, speed and course; the GGA of the same second adds accuracy and height, or all it has."""
    main, extra = dict[datetime, Fix](), dict[datetime, Fix]()
    day: date | None = None
    last: datetime | None = None
    lost = 0  # rows without a fix whose moment is unknown
    for fields in sentences:
        recommended = fields[0].endswith("RMC")
        if recommended:
            day = _date(fields[9] if len(fields) > 9 else "") or day
        moment = _moment(fields[1] if len(fields) > 1 else "", day, last)
        row = _rmc(fields, moment) if recommended else _gga(fields, moment)
        if moment is None:
            lost += row is not None and row.quality == "none" and recommended
            continue
        if row is None:
            continue
        last = moment
        table = main if recommended else extra
        if moment not in table or table[moment].quality == "none":
            table[moment] = row
    return [no_fix() for _ in range(lost)] + [_joined(main, extra, moment) for moment in dict.fromkeys([*main, *extra])]


def _joined(main: dict[datetime, Fix], extra: dict[datetime, Fix], moment: datetime) -> Fix:
    row, more = main.get(moment), extra.get(moment)
    if row is None or (row.quality == "none" and more is not None):
        return more or no_fix(moment)
    if more is None or more.quality == "none" or row.quality == "none":
        return row
    return replace(row, accuracy=more.accuracy, altitude=more.altitude, quality=more.quality)


def _rmc(fields: list[str], moment: datetime | None) -> Fix | None:
    if len(fields) < 10 or fields[2] != "A":  # A: valid, V: warning
        return no_fix(moment) if len(fields) > 2 and fields[2] == "V" else None
    lat, lon = _angle(fields[3], fields[4]), _angle(fields[5], fields[6])
    if lat is None or lon is None:
        return None
    speed = _number(fields[7])
    return Fix(lat, lon, moment, None, None if speed is None else speed * KNOT_M_S, _number(fields[8]))


def _gga(fields: list[str], moment: datetime | None) -> Fix | None:
    if len(fields) < 9 or fields[6] in ("", "0"):  # quality 0: no fix
        return no_fix(moment) if len(fields) >= 9 else None
    lat, lon = _angle(fields[2], fields[3]), _angle(fields[4], fields[5])
    if lat is None or lon is None:
        return None
    hdop = _number(fields[8])
    quality = "valid" if fields[6] == "1" else "dgps"
    altitude = _number(fields[9]) if len(fields) > 9 else None
    accuracy = hdop * METRES_PER_HDOP if hdop else None
    return Fix(lat, lon, moment, accuracy=accuracy, altitude=altitude, quality=quality)


def _angle(text: str, side: str) -> float | None:
    """`4426.5000`, `N` -> 44.441667: the last two digits before the point are minutes."""
    value = _number(text)
    if value is None or side not in ("N", "S", "E", "W"):
        return None
    degrees, minutes = divmod(value, 100)
    return (degrees + minutes / 60) * (-1 if side in "SW" else 1)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


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
