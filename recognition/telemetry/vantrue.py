"""Vantrue's `freeGPS ` blocks: an NMEA sentence as text (N2X and its family), or a binary record (S1, `horsontech`).

The binary one, little endian from the magic on: at 0x3C `A`, `N` or `S`, `E` or `W`, 0; year, month, day, hour, minute,
second (u32); longitude, then latitude (float, ddmm.mmmm); speed (float, knots), course, altitude (float).
Source: the sample file; for the S1, the layout that ExifTool's documentation of the block gives.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from recognition.telemetry import nmea, novatek
from recognition.telemetry.fix import KNOT_M_S, Fix, degrees, gather, utc
from recognition.telemetry.recording import Recording

BANNER, BANNER_AT, STATUS_AT = b"horsontech", 0x2C, 0x3C
RECORD = struct.Struct("<3sx6Ifffff")


def read(recording: Recording) -> list[Fix]:
    found = gather(_block, novatek.blocks(recording), recording.notes, "GPS blocks")
    return novatek.numbered(found, recording)


def _block(block: novatek.Block) -> Iterator[Fix]:
    content, seconds = block
    if content[BANNER_AT:].startswith(BANNER):
        yield from _binary(content, seconds)
    elif nmea.SENTENCE.search(text := content.decode("ascii", errors="replace")):
        yield from nmea.at_second(nmea.rows(text), seconds)


def _binary(content: bytes, seconds: float | None) -> Iterator[Fix]:
    status, year, month, day, hour, minute, second, lon, lat, speed, course, altitude = RECORD.unpack_from(
        content, STATUS_AT
    )
    time = utc(year, month, day, hour, minute, second)
    if time is not None and status[:1] == b"A":
        north, east = degrees(lat, status[1:2].decode()), degrees(lon, status[2:3].decode())
        yield Fix(north, east, time, seconds, speed * KNOT_M_S, course % 360, None, altitude)
