"""Whether a file ends where it says that it does: a camera that lost power, or a copy that broke off, leaves less.

Sources of the formats: ISO/IEC 14496-12 (MP4), RFC 8794 and RFC 9559 (Matroska), Microsoft's RIFF and OpenDML AVI,
ISO/IEC 13818-1 (transport streams).
"""

from __future__ import annotations

import mmap
from pathlib import Path

from recognition.media.boxes import Bytes, lacks_index, mp4_boxes

PACKET, SYNC, M2TS_EXTRA = 188, 0x47, 4  # .m2ts puts four bytes of arrival time before each packet
EBML = b"\x1a\x45\xdf\xa3"
RIFF_MOST = 0xFFFFFFFF  # a longer AVI cannot say how long it is
MOST_ELEMENTS = 100_000  # clusters of a second or more: a day


def cut_off(path: Path | str) -> bool:
    """False for a file that ends as it should, and for one of a format that does not say where it ends."""
    with Path(path).open("rb") as stream:
        if not stream.seek(0, 2):
            return False
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data[:4] == b"RIFF":
                return _riff_cut(data)
            if data[:4] == EBML:
                return _matroska_cut(data)
            if packet_stride(data) != (0, 0):
                return _transport_cut(data)
            return _mp4_cut(data)


def packet_stride(data: Bytes) -> tuple[int, int]:
    """Of a transport stream: (188 or 192, where the first packet begins); else (0, 0)."""
    for length, start in ((PACKET, 0), (PACKET + M2TS_EXTRA, M2TS_EXTRA)):
        marks = [data[at] for at in range(start, min(len(data), start + 5 * length), length)]
        if len(marks) >= 3 and all(mark == SYNC for mark in marks):
            return length, start
    return 0, 0


def _mp4_cut(data: Bytes) -> bool:
    """It ends before its boxes say that it should, or has pictures but no index."""
    boxes = mp4_boxes(data)
    return bool(boxes) and (boxes[-1].end > len(data) or lacks_index(boxes))


def _riff_cut(data: Bytes) -> bool:
    """A length of 0 is one that the camera never came to write."""
    at = 0
    while at + 8 <= len(data) <= RIFF_MOST and data[at : at + 4] == b"RIFF":
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if not length or at + 8 + length > len(data):
            return True
        at += 8 + length + length % 2
    return False


def _matroska_cut(data: Bytes) -> bool:
    head = _element(data, 0)
    segment = _element(data, head[2]) if head else None
    if segment is None or segment[2] > len(data):
        return segment is not None
    at, end = segment[1], segment[2] if segment[2] >= 0 else len(data)  # what was never closed knows no length
    for _ in range(MOST_ELEMENTS):
        if at >= end:
            return False
        element = _element(data, at)
        if element is None:
            return end - at < 12  # not even a whole header
        if element[2] < 0:
            return False
        if element[2] > len(data):
            return True
        at = element[2]
    return False


def _element(data: Bytes, at: int) -> tuple[bytes, int, int] | None:
    """(id, where its content begins, where it ends; -1 where it does not say). None where there is none."""
    name = _width(data, at, 4)
    length = _width(data, at + name, 8) if name else 0
    content = at + name + length
    if not length or content > len(data):
        return None
    size = int.from_bytes(data[at + name : content], "big") & ((1 << 7 * length) - 1)
    return data[at : at + name], content, -1 if size == (1 << 7 * length) - 1 else content + size


def _width(data: Bytes, at: int, most: int) -> int:
    """How many bytes a number has, by the zeros before its first bit; 0 for none."""
    if at >= len(data) or not data[at]:
        return 0
    width = 9 - data[at].bit_length()
    return width if width <= most else 0


def _transport_cut(data: Bytes) -> bool:
    """It ends inside a packet. Zeros there are room that the camera had reserved."""
    length, start = packet_stride(data)
    rest = len(data) % length
    return rest > start and data[len(data) - rest + start] == SYNC
