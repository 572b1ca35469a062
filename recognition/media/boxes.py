"""The outermost boxes of an MP4 or MOV file: enough to tell a foreign file from one that was cut off.

Source of the format: ISO/IEC 14496-12, section 4.2 (size, type, 64-bit size where size is 1, to the end where it is 0).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"}
MOST_BOXES = 10_000  # a fragmented recording has one box a second; more than this is nonsense


@dataclass(frozen=True, slots=True)
class TopBox:
    kind: bytes
    start: int
    size: int  # as the header says, which may be more than the file has


def top_boxes(path: Path | str) -> list[TopBox]:
    """The boxes of a file in order; an empty list for a file that is not of the MP4 family."""
    path = Path(path)
    length, offset, boxes = path.stat().st_size, 0, list[TopBox]()
    with path.open("rb") as stream:
        while offset + 8 <= length and len(boxes) < MOST_BOXES:
            stream.seek(offset)
            size, kind = struct.unpack(">I4s", stream.read(8))
            if size == 1:
                size = int.from_bytes(stream.read(8), "big")
            elif size == 0:
                size = length - offset
            if size < 8 or (not boxes and kind not in FIRST_BOXES):
                break
            boxes.append(TopBox(kind, offset, size))
            offset += size
    return boxes


def cut_off(path: Path | str) -> bool:
    """Whether an MP4 file ends before its boxes say that it should, or has pictures but no index."""
    boxes = top_boxes(path)
    if not boxes:
        return False
    last = boxes[-1]
    return last.start + last.size > Path(path).stat().st_size or lacks_index(boxes)


def lacks_index(boxes: list[TopBox]) -> bool:
    """A camera writes the index (`moov`) when it stops: without it, the recording was cut off."""
    kinds = {box.kind for box in boxes}
    return bool(kinds) and b"moov" not in kinds
