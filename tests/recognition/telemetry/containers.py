"""Containers, built byte by byte: MP4 files with one track, with Novatek's blocks, and transport streams."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime

START = datetime(2026, 3, 1, 7, tzinfo=UTC)
MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), kind) + content


FTYP = box(b"ftyp", b"isom\0\0\2\0isommp41")


def mvhd(seconds: float, created: datetime | None) -> bytes:
    made = int((created - MAC_EPOCH).total_seconds()) if created else 0
    return box(b"mvhd", struct.pack(">IIIII", 0, made, made, 1000, round(seconds * 1000)), bytes(80))


def mp4(
    kind: bytes,
    form: bytes,
    samples: Sequence[bytes],
    *,
    created: datetime | None = START,
    step: float = 1.0,
    extra: bytes = b"",
) -> bytes:
    """One track whose samples lie one after the other, each `step` seconds long; `extra` boxes before the index."""
    head = FTYP + extra + box(b"mdat", b"".join(samples))
    first = len(FTYP) + len(extra) + 8
    seconds = step * len(samples)
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(form, bytes(8))),
        box(b"stts", struct.pack(">IIII", 0, 1, len(samples), round(step * 1000))),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, max(1, len(samples)), 1)),
        box(b"stsz", struct.pack(">III", 0, 0, len(samples)), *(struct.pack(">I", len(s)) for s in samples)),
        box(b"stco", struct.pack(">III", 0, 1, first)),
    )
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 1000, round(seconds * 1000), 0)),
        box(b"hdlr", bytes(8), kind, bytes(13)),
        box(b"minf", table),
    )
    return head + box(b"moov", mvhd(seconds, created), box(b"trak", media))


def lines(texts: Sequence[bytes], form: bytes = b"tx3g", created: datetime | None = START) -> bytes:
    """A subtitle track, each line with its length before it."""
    return mp4(b"sbtl", form, [struct.pack(">H", len(text)) + text for text in texts], created=created)


def in_boxes(blocks: Sequence[bytes], created: datetime | None = None, seconds: float = 0) -> bytes:
    """Blocks in boxes of their own, and no list of them."""
    return (
        FTYP + b"".join(box(b"free", block) for block in blocks) + box(b"moov", mvhd(seconds or len(blocks), created))
    )


def listed(blocks: Sequence[bytes], created: datetime | None = START, step: float = 1.0) -> bytes:
    """Blocks between the pictures, with Novatek's list of them in the index: as these cameras write."""
    pictures, body, places = list[tuple[int, int]](), b"", list[tuple[int, int]]()
    for block in blocks:
        pictures.append((len(FTYP) + 8 + len(body), 100))
        body += bytes(100)
        whole = box(b"free", block)
        places.append((len(FTYP) + 8 + len(body), len(whole)))
        body += whole
    index = box(b"gps ", struct.pack(">II", 0x101, len(places)), *(struct.pack(">II", *place) for place in places))
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(b"avc1", bytes(8))),
        box(b"stts", struct.pack(">IIII", 0, 1, len(pictures), round(1000 * step))),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        box(b"stsz", struct.pack(">III", 0, 100, len(pictures))),
        box(b"stco", struct.pack(">II", 0, len(pictures)), *(struct.pack(">I", start) for start, _ in pictures)),
    )
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 1000, 1000 * len(pictures), 0)),
        box(b"hdlr", bytes(8), b"vide", bytes(13)),
        box(b"minf", table),
    )
    return FTYP + box(b"mdat", body) + box(b"moov", mvhd(step * len(blocks), created), box(b"trak", media), index)


def packets(pid: int, pes: bytes) -> bytes:
    """A PES cut into packets of 188 bytes, the last one stuffed."""
    found, begin = b"", True
    while pes:
        piece, pes = pes[:184], pes[184:]
        control, stuffing = 0x10, b""
        if len(piece) < 184:
            space = 184 - len(piece)
            control, stuffing = 0x30, (b"\0" if space == 1 else bytes([space - 1, 0]) + b"\xff" * (space - 2))
        found += struct.pack(">BHB", 0x47, pid | (0x4000 if begin else 0), control) + stuffing + piece
        begin = False
    return found


def picture(row: int) -> bytes:
    stamp = 90_000 * (row + 1)
    pts = struct.pack(">BHH", 0x21 | (stamp >> 30 << 1), (stamp >> 15 & 0x7FFF) << 1 | 1, (stamp & 0x7FFF) << 1 | 1)
    return packets(0x100, b"\0\0\1\xe0\0\0\x80\x80\x05" + pts + bytes(300))


def private(content: bytes) -> bytes:
    return packets(0x300, b"\0\0\1\xbf" + struct.pack(">H", len(content)) + content)


def transport(contents: Sequence[bytes]) -> bytes:
    return b"".join(picture(row) + private(content) for row, content in enumerate(contents)) + picture(len(contents))


def with_arrival_times(stream: bytes) -> bytes:
    """As .m2ts: four bytes before each packet."""
    return b"".join(bytes(4) + stream[at : at + 188] for at in range(0, len(stream), 188))
