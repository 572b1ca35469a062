"""GoPro's GPMF: nested keys in the samples of the `gpmd` track. GPS5 (Hero 5–11), GPS9 (Hero 11 on), GPRI (Karma).

A key is four letters, a type, the size of one row and the number of rows (big endian), then the rows, padded to four
bytes; type 0 nests. SCAL before a stream divides its columns. Source: gopro/gpmf-parser, README and docs.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from recognition.telemetry.fix import METRES_PER_HDOP, UNIX_EPOCH, Fix, gather, no_fix, utc
from recognition.telemetry.mp4 import Sample
from recognition.telemetry.recording import Recording

QUALITIES = {0: "none", 2: "2d", 3: "3d"}
NUMBERS = {"l": "i", "L": "I", "s": "h", "S": "H", "f": "f", "d": "d", "b": "b", "B": "B", "j": "q", "J": "Q"}
EPOCH_2000 = datetime(2000, 1, 1, tzinfo=UTC)
DEEPEST = 6


@dataclass
class Stream:
    """What stands beside the rows of one stream."""

    scale: list[float] = field(default_factory=lambda: [1.0])
    types: str = ""
    fix: int | None = None
    precision: float | None = None  # dilution of position × 100
    time: datetime | None = None
    clock: timedelta | None = None  # Karma: from its own seconds to seconds since 1970


Key = tuple[bytes, str, int, bytes]  # name, type, size of a row, rows
Rows = Callable[[list[tuple[float, ...]], Stream, Sample], Iterator[Fix]]


def read(recording: Recording) -> list[Fix]:
    tracks = recording.movie.of(b"gpmd") if recording.movie else ()
    samples = [pair for track in tracks for pair in track.contents()]
    for name, rows in ((b"GPS9", _gps9), (b"GPS5", _gps5), (b"GPRI", _gpri)):  # the most exact that there is
        found = gather(partial(_points, name, rows), samples, recording.notes, "GPMF samples")
        if found:
            return found
    return []


def _points(wanted: bytes, rows: Rows, pair: tuple[Sample, bytes]) -> Iterator[Fix]:
    sample, content = pair
    found, clock = list[tuple[list[tuple[float, ...]], Stream]](), None
    for stream in _streams(content):
        state = Stream()
        for name, kind, size, body in stream:
            _note(state, name, kind, body)
            if name == b"SYST":
                clock = _clock(state, kind, size, body)
            elif name == wanted:
                found.append((_table(state.types if kind == "?" else kind, size, body, state.scale), state))
    for table, state in found:
        state.clock = clock
        yield from rows(table, state, sample)


def _streams(content: bytes) -> Iterator[list[Key]]:
    """The keys of every stream (STRM) of a sample."""
    for name, kind, _, body in _keys(content):
        if kind == "\0" and name == b"STRM":
            yield list(_keys(body))
        elif kind == "\0":
            yield from _streams(body) if len(body) < len(content) else ()


def _keys(content: bytes) -> Iterator[Key]:
    at = 0
    while at + 8 <= len(content):
        name, kind, size, count = struct.unpack_from(">4scBH", content, at)
        if name == b"\0\0\0\0":
            return
        length = size * count
        yield name, kind.decode("latin-1"), size, content[at + 8 : at + 8 + length]
        at += 8 + (length + 3) // 4 * 4


def _note(state: Stream, name: bytes, kind: str, body: bytes) -> None:
    if name == b"SCAL":
        state.scale = [value or 1.0 for (value,) in struct.iter_unpack(">" + NUMBERS[kind], body)] or [1.0]
    elif name == b"TYPE":
        state.types = body.decode("latin-1").rstrip("\0")
    elif name == b"GPSF":
        state.fix = int.from_bytes(body[:4], "big")
    elif name == b"GPSP":
        state.precision = int.from_bytes(body[:2], "big") / 100
    elif name == b"GPSU":
        state.time = _moment(body.decode("ascii", errors="replace"))


def _table(types: str, size: int, body: bytes, scale: list[float]) -> list[tuple[float, ...]]:
    """Rows of numbers, divided by their scales. A single type stands for a row of equal numbers."""
    if len(types) == 1:
        types *= size // struct.calcsize(NUMBERS[types])
    row = struct.Struct(">" + "".join(NUMBERS[kind] for kind in types))
    scales = scale if len(scale) >= len(types) else scale[:1] * len(types)
    whole = body[: len(body) // row.size * row.size]
    return [tuple(v / s for v, s in zip(values, scales, strict=False)) for values in row.iter_unpack(whole)]


def _gps5(table: list[tuple[float, ...]], state: Stream, sample: Sample) -> Iterator[Fix]:
    """Latitude, longitude, altitude, speed, speed in three dimensions; time and fix once a sample."""
    for i, (lat, lon, altitude, speed, _) in enumerate(table):
        later = sample.duration * i / len(table)
        time = state.time + timedelta(seconds=later) if state.time else None
        seconds = sample.seconds + later
        if state.fix == 0:
            yield no_fix(time, seconds)
            continue
        accuracy = state.precision * METRES_PER_HDOP if state.precision else None
        quality = QUALITIES.get(state.fix or 0, "valid")
        yield Fix(lat, lon, time, seconds, speed, None, accuracy, altitude, "valid" if quality == "none" else quality)


def _gps9(table: list[tuple[float, ...]], state: Stream, sample: Sample) -> Iterator[Fix]:
    """As GPS5, then days since 2000, seconds since midnight, dilution of position, fix: every row its own."""
    for i, (lat, lon, altitude, speed, _, days, clock, precision, fix) in enumerate(table):
        seconds = sample.seconds + sample.duration * i / len(table)
        time = EPOCH_2000 + timedelta(days=days, seconds=clock)
        if fix == 0:
            yield no_fix(time, seconds)
            continue
        accuracy = precision * METRES_PER_HDOP if precision else None
        yield Fix(lat, lon, time, seconds, speed, None, accuracy, altitude, QUALITIES.get(int(fix), "valid"))


def _gpri(table: list[tuple[float, ...]], state: Stream, sample: Sample) -> Iterator[Fix]:
    """The drone's clock, latitude, longitude, altitude, error flat and in height, speed, course, fix, satellites."""
    for i, (clock, lat, lon, altitude, error, _, speed, course, fix, _) in enumerate(table):
        seconds = sample.seconds + sample.duration * i / len(table)
        time = UNIX_EPOCH + state.clock + timedelta(seconds=clock) if state.clock else None
        if fix < 2:
            yield no_fix(time, seconds)
            continue
        yield Fix(lat, lon, time, seconds, speed, course % 360, error, altitude, QUALITIES.get(int(fix), "valid"))


def _clock(state: Stream, kind: str, size: int, body: bytes) -> timedelta | None:
    table = _table(state.types if kind == "?" else kind, size, body, state.scale)
    return timedelta(seconds=table[0][1] - table[0][0]) if table else None


def _moment(text: str) -> datetime | None:
    """`170417173103.985`"""
    if len(text) < 12 or not text[:12].isdigit():
        return None
    year, month, day, hour, minute = (int(text[i : i + 2]) for i in range(0, 10, 2))
    return utc(year, month, day, hour, minute, float(text[10:16]))
