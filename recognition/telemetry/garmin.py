"""Garmin dashcams: a binary `PNDM` record in each line of a subtitle track. There is no time in it but the line's own.

`PNDM`, four bytes, speed (u16, mph), two bytes, latitude and longitude (i32, 180° are 2^31), little endian.
Source: ExifTool's documentation of the format; the sample file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from recognition.telemetry.fix import MPH_M_S, Fix, gather
from recognition.telemetry.recording import Recording

MAGIC, RECORD = b"PNDM", struct.Struct("<4x4xH2xii")
HALF_TURN = 180 / 2**31


def read(recording: Recording) -> list[Fix]:
    lines = ((second, text) for second, text in recording.texts if MAGIC in text[:8])
    return gather(_point, lines, recording.notes, "PNDM records")


def _point(line: tuple[float, bytes]) -> Iterator[Fix]:
    second, text = line
    speed, lat, lon = RECORD.unpack_from(text, text.index(MAGIC))
    yield Fix(lat * HALF_TURN, lon * HALF_TURN, None, second, speed * MPH_M_S)
