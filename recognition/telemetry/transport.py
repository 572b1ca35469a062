"""What an MPEG transport stream carries beside picture and sound: cameras put their positions into private packets.

Source of the format: ISO/IEC 13818-1, sections 2.4.3.2 (packets of 188 bytes) and 2.4.3.6 (PES). Cameras do not always
name the private stream in the program map, so it is told by its stream id.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.media.boxes import Bytes, forget
from recognition.media.endings import PACKET, SYNC, packet_stride

PRIVATE = (0xBD, 0xBF)  # private_stream_1 and private_stream_2
PICTURES = range(0xE0, 0xF0)
CLOCK_HZ = 90_000
CHUNK_PACKETS = 100_000  # looked at in one go: 19 MB
MOST_PACKETS = 200_000
MOST_BYTES = 1 << 16  # of one private packet


@dataclass(frozen=True, slots=True)
class Packet:
    """One private packet; `seconds` is the time of the picture just before it, from the first one on."""

    content: bytes
    seconds: float | None


def private_packets(data: Bytes) -> list[Packet]:
    """Empty for a file that is no transport stream."""
    length, start = packet_stride(data)
    return _collect(data, length, start) if length else []


def is_stream(data: Bytes) -> bool:
    return packet_stride(data) != (0, 0)


def duration(data: Bytes) -> float:
    """From the first picture to the last; 0 where unknown."""
    length, start = packet_stride(data)
    if not length:
        return 0.0
    stamps = [stamp for stamp in (_stamp(data, at) for at in _starts(data, length, start)) if stamp is not None]
    return (max(stamps) - min(stamps)) / CLOCK_HZ if stamps else 0.0


def _starts(data: Bytes, stride: int, start: int) -> list[int]:
    """Where the packets lie that begin a PES, in order."""
    found = list[NDArray[np.int64]]()
    for first in range(start, len(data) - PACKET + 1, stride * CHUNK_PACKETS):
        last = min(len(data), first + stride * CHUNK_PACKETS)
        count = (last - first - PACKET) // stride + 1
        head = np.frombuffer(data[first:last], np.uint8)
        begins = (head[1 : 1 + count * stride : stride] & 0x40) > 0
        begins &= head[0 : count * stride : stride] == SYNC
        forget(data, first, last)
        found.append(first + np.flatnonzero(begins) * stride)
    return [int(at) for at in np.concatenate(found)] if found else []


def _body(data: Bytes, at: int) -> bytes:
    """A packet without its header and stuffing."""
    packet = data[at : at + PACKET]
    control = packet[3] >> 4 & 3
    skip = 4 + (1 + packet[4] if control & 2 else 0)
    return packet[skip:] if control & 1 else b""


def _stamp(data: Bytes, at: int) -> int | None:
    """When the picture is shown that begins here, in ticks; None for another stream."""
    body = _body(data, at)
    if body[:3] != b"\0\0\1" or len(body) < 14 or body[3] not in PICTURES or not body[7] & 0x80:
        return None
    a, b, c = body[9], int.from_bytes(body[10:12], "big"), int.from_bytes(body[12:14], "big")
    return (a >> 1 & 7) << 30 | (b >> 1) << 15 | c >> 1


def _collect(data: Bytes, stride: int, start: int) -> list[Packet]:
    found, first, now = list[Packet](), None, None
    for at in _starts(data, stride, start):
        stamp = _stamp(data, at)
        if stamp is not None:
            first = stamp if first is None else min(first, stamp)
            now = stamp
            continue
        body = _body(data, at)
        if body[:3] == b"\0\0\1" and len(body) > 6 and body[3] in PRIVATE and len(found) < MOST_PACKETS:
            seconds = None if now is None or first is None else (now - first) / CLOCK_HZ
            found.append(Packet(_whole(data, stride, at, body), seconds))
    return found


def _whole(data: Bytes, stride: int, at: int, body: bytes) -> bytes:
    """The content of a PES whose beginning is at hand; the rest follows in packets of the same stream."""
    length = min(int.from_bytes(body[4:6], "big"), MOST_BYTES)
    header = 3 + body[8] if body[3] == 0xBD and len(body) > 8 else 0
    stream, content = data[at + 1 : at + 3], body[6:]
    identity = (stream[0] & 0x1F, stream[1])
    for _ in range(64 * (length // PACKET + 1)):  # packets of picture and sound lie between
        at += stride
        if len(content) >= length or at + PACKET > len(data):
            break
        if (data[at + 1] & 0x1F, data[at + 2]) == identity:
            if data[at + 1] & 0x40:
                break
            content += _body(data, at)
    return content[header:length] if length else content[header:]
