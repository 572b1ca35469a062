"""The tracks of an MP4 or MOV file, as far as telemetry needs them: what they hold, where, and at which second.

Source of the format: ISO/IEC 14496-12 (mvhd, mdhd, hdlr, stsd, stts, stsc, stsz, stco, co64).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from recognition.media.boxes import Box, Bytes, boxes_in
from recognition.telemetry.fix import LONGEST_S, MALFORMED

MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
MOST_SAMPLES = 400_000  # three and a half hours at 30 pictures a second
MOST_BYTES = 1 << 22  # of one sample of telemetry; more than this is nonsense


@dataclass(frozen=True, slots=True)
class Sample:
    start: int
    size: int
    seconds: float  # from the start of the track
    duration: float


@dataclass(frozen=True)
class Mp4Track:
    """One track. `kind` is the handler (`vide`, `meta`, `sbtl`), `format` the kind of its samples (`gpmd`, `tx3g`)."""

    data: Bytes
    kind: bytes
    format: bytes
    timescale: int
    tables: dict[bytes, tuple[int, int]]  # name -> where its content begins and ends

    @cached_property
    def samples(self) -> list[Sample]:
        """Empty where the tables make no sense; as many as lie in the file where it was cut off."""
        try:
            return [sample for sample in self._samples() if sample.start + sample.size <= len(self.data)]
        except MALFORMED:
            return []

    def contents(self) -> Iterator[tuple[Sample, bytes]]:
        for sample in self.samples:
            if 0 < sample.size <= MOST_BYTES:
                yield sample, self.data[sample.start : sample.start + sample.size]

    def _samples(self) -> Iterator[Sample]:
        sizes, times = self._sizes(), self._times()
        taken = 0
        for start, count in self._chunks():
            for _ in range(count):
                if taken >= len(sizes):
                    return
                seconds, duration = next(times)
                yield Sample(start, sizes[taken], seconds, duration)
                start += sizes[taken]
                taken += 1

    def _table(self, name: bytes, row: str, skip: int = 4) -> list[tuple[int, ...]]:
        """The rows of a table whose count stands after `skip` bytes; as many as the box has room for."""
        start, end = self.tables[name]
        count = int.from_bytes(self.data[start + skip : start + skip + 4], "big")
        start, length = start + skip + 4, struct.calcsize(row)
        end = min(end, start + min(count, MOST_SAMPLES) * length)
        body = self.data[start : end - (end - start) % length] if end > start else b""
        return list(struct.iter_unpack(row, body))

    def _sizes(self) -> list[int]:
        start, _ = self.tables[b"stsz"]
        same, count = struct.unpack(">II", self.data[start + 4 : start + 12])
        if same:
            return [same] * min(count, MOST_SAMPLES, len(self.data) // same + 1)
        return [size for (size,) in self._table(b"stsz", ">I", 8)]

    def _times(self) -> Iterator[tuple[float, float]]:
        """(seconds, duration) of one sample after the other; the last duration goes on."""
        now, step = 0, 0
        for count, step in self._table(b"stts", ">II"):
            for _ in range(min(count, MOST_SAMPLES)):
                yield now / self.timescale, step / self.timescale
                now += step
        while True:
            yield now / self.timescale, step / self.timescale
            now += step

    def _chunks(self) -> Iterator[tuple[int, int]]:
        """(where a chunk begins, how many samples it has)."""
        wide = b"co64" in self.tables
        offsets = self._table(b"co64", ">Q") if wide else self._table(b"stco", ">I")
        runs = self._table(b"stsc", ">III")
        position = 0
        for number, (offset,) in enumerate(offsets, 1):
            while position + 1 < len(runs) and runs[position + 1][0] <= number:
                position += 1
            yield offset, min(runs[position][1], MOST_SAMPLES)


@dataclass(frozen=True)
class Movie:
    """What the index (`moov`) of a recording says. `gps_blocks` is Novatek's list of its own blocks: (start, size)."""

    tracks: tuple[Mp4Track, ...]
    created_at: datetime | None  # as it stands: start or end of the recording, UTC or the camera's zone
    duration: float
    gps_blocks: tuple[tuple[int, int], ...]

    def of(self, *formats: bytes) -> Iterator[Mp4Track]:
        return (track for track in self.tracks if track.format in formats)

    @cached_property
    def _layout(self) -> tuple[list[int], list[float]]:
        """Where the pictures lie in the file, and when they are shown."""
        pictures = next((track for track in self.tracks if track.kind == b"vide"), None)
        ordered = sorted((sample.start, sample.seconds) for sample in pictures.samples) if pictures else []
        return [start for start, _ in ordered], [seconds for _, seconds in ordered]

    def seconds_at(self, position: int) -> float | None:
        """When the picture is shown that was written just before this place of the file."""
        starts, seconds = self._layout
        return seconds[max(0, bisect_right(starts, position) - 1)] if starts else None


def movie(data: Bytes) -> Movie | None:
    """None for a file without an index: of another format, or cut off."""
    index = next((box for box in boxes_in(data) if box.kind == b"moov"), None)
    if index is None:
        return None
    tracks, created, duration, blocks = list[Mp4Track](), None, 0.0, list[tuple[int, int]]()
    for box in boxes_in(data, index.content, index.end):
        try:
            if box.kind == b"mvhd":
                created, duration = _header(data, box)
            elif box.kind == b"trak":
                tracks.append(_track(data, box))
            elif box.kind == b"gps ":
                body = data[box.content + 8 : min(box.end, box.content + 8 + MOST_BYTES)]
                blocks = [pair for pair in struct.iter_unpack(">II", body[: len(body) // 8 * 8]) if all(pair)]
        except MALFORMED:
            continue
    return Movie(tuple(tracks), created, duration, tuple(blocks))


def _header(data: Bytes, box: Box) -> tuple[datetime | None, float]:
    """Of `mvhd` (and `mdhd`, which begins alike): when it was made, and how long it is."""
    wide = data[box.content] == 1
    form, start = (">QQIQ", box.content + 4) if wide else (">IIII", box.content + 4)
    made, _, scale, length = struct.unpack(form, data[start : start + struct.calcsize(form)])
    try:
        created = MAC_EPOCH + timedelta(seconds=made) if made else None
    except OverflowError:
        created = None
    unknown = length in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
    seconds = 0.0 if unknown or not scale else length / scale
    return created, seconds if seconds < LONGEST_S else 0.0


def _track(data: Bytes, box: Box) -> Mp4Track:
    found = {inside.kind: inside for inside in _within(data, box, (b"mdia", b"minf", b"stbl"))}
    start = found[b"mdhd"].content
    at = start + (20 if data[start] == 1 else 12)
    timescale = int.from_bytes(data[at : at + 4], "big")
    if not timescale:
        raise ValueError("a track without a clock")
    kind, form = found[b"hdlr"].content + 8, found[b"stsd"].content + 12
    tables = {name: (inside.content, min(inside.end, len(data))) for name, inside in found.items()}
    return Mp4Track(data, data[kind : kind + 4], data[form : form + 4], timescale, tables)


def _within(data: Bytes, box: Box, into: tuple[bytes, ...]) -> Iterator[Box]:
    """All boxes below one, going into those named."""
    for inside in boxes_in(data, box.content, box.end):
        yield inside
        if inside.kind in into:
            yield from _within(data, inside, into[1:])
