"""The boxes that an MP4 or MOV file is made of: the outermost tell a foreign file from one that was cut off.

Source of the format: ISO/IEC 14496-12, section 4.2 (size, type, 64-bit size where size is 1, to the end where it is 0).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Bytes = bytes | mmap.mmap  # a whole file, in memory or mapped

FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"}
MOST_BOXES = 10_000  # a fragmented recording has one box a second; more than this is nonsense


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    start: int
    size: int  # as the header says, which may be more than the file has
    header: int = 8  # bytes before the content

    @property
    def content(self) -> int:
        return self.start + self.header

    @property
    def end(self) -> int:
        return self.start + self.size


def boxes_in(data: Bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes between two positions, side by side, until one makes no sense. A box may end beyond `end`."""
    end = len(data) if end is None else min(end, len(data))
    for _ in range(MOST_BOXES):
        if start + 8 > end:
            return
        size, kind = struct.unpack(">I4s", data[start : start + 8])
        header = 16 if size == 1 else 8
        if size == 1:
            size = int.from_bytes(data[start + 8 : start + 16], "big")
        elif size == 0:
            size = end - start
        if size < header:
            return
        yield Box(kind, start, size, header)
        start += size


def forget(data: Bytes, start: int, end: int) -> None:
    """Give back the memory of a part of a mapped file that was looked through; it is read again where it is needed."""
    first = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE
    if isinstance(data, mmap.mmap) and end > first and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED, first, end - first)


def top_boxes(path: Path | str) -> list[Box]:
    """The boxes of a file in order; an empty list for a file that is not of the MP4 family."""
    with Path(path).open("rb") as stream:
        if not stream.seek(0, 2):
            return []
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return mp4_boxes(data)


def mp4_boxes(data: Bytes) -> list[Box]:
    """The outermost boxes in order; an empty list for what is not of the MP4 family."""
    boxes = list(boxes_in(data))
    return boxes if boxes and boxes[0].kind in FIRST_BOXES else []


def lacks_index(boxes: list[Box]) -> bool:
    """A camera writes the index (`moov`) when it stops: without it, the recording was cut off."""
    kinds = {box.kind for box in boxes}
    return bool(kinds) and b"moov" not in kinds
