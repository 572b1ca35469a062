"""LigoGPS as plain text in a transport stream (Juscar and its brands), one line a second in a private packet.

`normal:2026/05/12 15:08:21 N:50.123456 E:9.123456 48.2 km/h x:0.00 y:0.00 z:0.00 A:120.5 H:88.0`. Its coordinates are
0 before the first fix. The clock is the camera's. Source: the sample file. (The encrypted kind is not read.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognition.telemetry.fix import KMH_M_S, Fix, gather, no_fix, utc
from recognition.telemetry.recording import Recording
from recognition.telemetry.transport import Packet

LINE = re.compile(
    rb"[a-z]+:(\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d) ([NS]):(-?[\d.]+) ([EW]):(-?[\d.]+) (-?[\d.]+) km/h"
    rb"(?:.*? A:(-?[\d.]+) H:(-?[\d.]+))?"
)


def read(recording: Recording) -> list[Fix]:
    return gather(_row, recording.private, recording.notes, "lines")


def _row(packet: Packet) -> Iterator[Fix]:
    match = LINE.match(packet.content)
    if match is None:
        return
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    time = utc(year, month, day, hour, minute, second)
    lat = abs(float(match[8])) * (-1 if match[7] == b"S" else 1)
    lon = abs(float(match[10])) * (-1 if match[9] == b"W" else 1)
    if lat == lon == 0:
        yield no_fix(time, packet.seconds)
        return
    course, altitude = (None if text is None else float(text) for text in match.groups()[11:13])
    yield Fix(lat, lon, time, packet.seconds, float(match[11]) * KMH_M_S, course, None, altitude)
