"""Novatek's `freeGPS ` blocks, which many brands write (2E Drive, Viofo, SilverStone …), in MP4 and in .TS.

The same record stands at one of two places of a block: after a header of text and zeros, or (see viofo.py) right after
its length. In a transport stream it stands alone in a private packet, in one dialect 164 bytes into it. All little
endian: hour, minute, second, year, month, day (u32), `A` or `V`, `N` or `S`, `E` or `W`, 0, latitude and longitude
(float, ddmm.mmmm), speed (float, knots), course (float, degrees).

Source: sergei.nz, "Extracting GPS data from Viofo A119 and other Novatek powered cameras"; the sample files.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from recognition.media.boxes import boxes_in, forget
from recognition.telemetry.fix import KNOT_M_S, Fix, degrees, gather, no_fix, utc
from recognition.telemetry.recording import Recording

MAGIC = b"freeGPS "
RECORD = struct.Struct("<6I3sxffff")
AFTER_HEADER = 0x2C  # from the magic on
TS_PREFIXES = (0, 164)
ROWS_OFF = 2  # more or fewer rows than seconds, in a recording of one row a second
BARE_BLOCK = 1024  # looked at where no box says how long a block is
CHUNK_BYTES = 64 << 20
MOST_BLOCK = 1 << 17
MOST_BLOCKS = 100_000  # a day of one a second

Block = tuple[bytes, float | None]  # from the magic on, and its second in the video where known


def read(recording: Recording) -> list[Fix]:
    found = numbered(gather(_block, blocks(recording), recording.notes, "GPS blocks"), recording)
    packets = ((packet.content, packet.seconds) for packet in recording.private)
    return found or gather(_packet, packets, recording.notes, "GPS packets")


def blocks(recording: Recording) -> Iterator[Block]:
    """All blocks in the order of the file: those of its list, else those in boxes of their own, else all there are."""
    data, movie = recording.data, recording.movie
    if not recording.is_mp4:
        return
    listed = list(movie.gps_blocks) if movie else []
    if not listed:
        free = (box for box in boxes_in(data) if box.kind in (b"free", b"skip"))
        listed = [(box.start, box.size) for box in free if data[box.content : box.content + 8] == MAGIC]
    if not listed and movie is None:  # cut off before its index was written
        listed = list(islice(_everywhere(recording), MOST_BLOCKS))
    for start, size in listed[:MOST_BLOCKS]:
        block = data[start : start + min(size, MOST_BLOCK)]
        at = block.find(MAGIC, 0, 64)
        if at >= 0:
            yield block[at:], movie.seconds_at(start) if movie else None


def numbered(rows: list[Fix], recording: Recording) -> list[Fix]:
    """One row a second is what these cameras write: where nothing else tells, a row's number is its second."""
    length = recording.movie.duration if recording.movie else 0.0
    if not length or abs(len(rows) - length) > ROWS_OFF or any(row.seconds is not None for row in rows):
        return rows
    return [replace(row, seconds=float(number)) for number, row in enumerate(rows)]


def record(block: bytes, at: int, seconds: float | None) -> Iterator[Fix]:
    """The record that stands there; a row without a fix where its status says so; nothing where there is none."""
    hour, minute, second, year, month, day, status, lat, lon, speed, course = RECORD.unpack_from(block, at)
    time = utc(year, month, day, hour, minute, second)
    if status[:1] != b"A" or status[1:2] not in (b"N", b"S") or status[2:3] not in (b"E", b"W"):
        yield no_fix(time, seconds)
        return
    north, east = degrees(lat, status[1:2].decode()), degrees(lon, status[2:3].decode())
    yield Fix(north, east, time, seconds, speed * KNOT_M_S, course % 360)


def is_record(content: bytes, at: int) -> bool:
    """Whether a moment and a status stand there. Zeros, as before the clock is set, are no moment."""
    if len(content) < at + RECORD.size:
        return False
    hour, minute, second, year, month, day = struct.unpack_from("<6I", content, at)
    status = content[at + 24 : at + 28]
    calendar = hour < 24 and second < 60 and utc(year, month, day, hour, minute, second) is not None
    return calendar and status[:1] in b"AV \0" and status[3:] == b"\0"


def _block(block: Block) -> Iterator[Fix]:
    content, seconds = block
    if is_record(content, AFTER_HEADER):
        yield from record(content, AFTER_HEADER, seconds)


def _packet(packet: Block) -> Iterator[Fix]:
    content, seconds = packet
    for prefix in TS_PREFIXES:
        if is_record(content, prefix):
            yield from record(content, prefix, seconds)
            return


def _everywhere(recording: Recording) -> Iterator[tuple[int, int]]:
    data = recording.data
    for start in range(0, len(data), CHUNK_BYTES):
        end = min(len(data), start + CHUNK_BYTES)
        at = data.find(MAGIC, start, end + len(MAGIC) - 1)
        while at >= 0:
            yield at, BARE_BLOCK
            at = data.find(MAGIC, at + len(MAGIC), end + len(MAGIC) - 1)
        forget(data, start, end)
