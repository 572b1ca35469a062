"""Tesla dashcams (2025.44.25 and later): a protobuf message in an SEI unit before each H.264 picture.

The unit is user data without registration (payload type 5) that begins with `BBBi`; of the message, fields 4 (speed,
float, m/s), 11, 12 and 13 (latitude, longitude, heading, double) are read. There is no time in it.
Source: Tesla's `dashcam.proto`; ITU-T H.264, sections 7.3.1 and 7.3.2.3; the protobuf encoding specification.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from recognition.telemetry.fix import Fix, gather, no_fix
from recognition.telemetry.mp4 import Mp4Track, Sample
from recognition.telemetry.recording import Recording

MAGIC = re.compile(rb"\A(?:.{16})?B{2,16}i", re.DOTALL)  # some firmware puts an identity of 16 bytes before it
SEI, USER_DATA, MOST_SEI = 6, 5, 4096
TRIES = 100  # pictures looked at, over the whole length, before a clip counts as another maker's
SPEED, LAT, LON, HEADING = 4, 11, 12, 13


def read(recording: Recording) -> list[Fix]:
    tracks = list(recording.movie.of(b"avc1", b"avc3")) if recording.movie else []
    marked = (track for track in tracks if _has_any(track))
    samples = ((track, sample) for track in marked for sample in track.samples)
    return gather(lambda pair: _point(*pair), samples, recording.notes, "pictures")


def _has_any(track: Mp4Track) -> bool:
    step = max(1, len(track.samples) // TRIES)
    return any(_message(track, sample) is not None for sample in track.samples[::step])


def _point(track: Mp4Track, sample: Sample) -> Iterator[Fix]:
    message = _message(track, sample)
    if message is None:
        return
    fields = _fields(message)
    lat, lon = fields.get(LAT, 0.0), fields.get(LON, 0.0)  # a field that is 0 is not written
    if lat == lon == 0:
        yield no_fix(None, sample.seconds)
        return
    yield Fix(lat, lon, None, sample.seconds, fields.get(SPEED, 0.0), fields.get(HEADING, 0.0) % 360)


def _message(track: Mp4Track, sample: Sample) -> bytes | None:
    """The message before one picture."""
    at, end = sample.start, sample.start + sample.size
    while at + 6 <= end:
        length = int.from_bytes(track.data[at : at + 4], "big")
        kind = track.data[at + 4] & 0x1F
        if kind == SEI:
            unit = track.data[at + 5 : at + 4 + min(length, MOST_SEI)]
            for payload in _user_data(unit.replace(b"\0\0\3", b"\0\0")):  # 3 keeps start codes out of the content
                mark = MAGIC.match(payload)
                if mark is not None:
                    return payload[mark.end() :]
        elif kind in (1, 5):  # the picture itself
            return None
        at += 4 + length
    return None


def _user_data(unit: bytes) -> Iterator[bytes]:
    """The payloads of type 5; types and sizes are written as so many 255s and a rest."""
    at = 0
    while at + 2 <= len(unit):
        numbers = [0, 0]
        for i in range(2):
            while at < len(unit) and unit[at] == 255:
                numbers[i] += 255
                at += 1
            if at >= len(unit):
                return
            numbers[i] += unit[at]
            at += 1
        kind, size = numbers
        if kind == USER_DATA:
            yield unit[at : at + size]
        at += size


def _fields(message: bytes) -> dict[int, float]:
    """The numbers of a protobuf message by field; what comes after an unknown kind of field is left alone."""
    fields, at = dict[int, float](), 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            fields[key >> 3], at = _varint(message, at)
        elif kind in (1, 5):
            form = "<d" if kind == 1 else "<f"
            (fields[key >> 3],) = struct.unpack_from(form, message, at)
            at += struct.calcsize(form)
        elif kind == 2:
            length, at = _varint(message, at)
            at += length
        else:
            break
    return fields


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while shift < 64:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise ValueError("a number without an end")
