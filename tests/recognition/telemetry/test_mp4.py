"""The tables of an index: which sample lies where, and when."""

from __future__ import annotations

import struct

from recognition.telemetry import mp4
from tests.recognition.telemetry.containers import FTYP, MAC_EPOCH, START, box

SAMPLES = [b"a", b"bb", b"ccc", b"dddd", b"eeeee"]


def recording(*, wide: bool) -> bytes:
    """Five samples in three chunks of 1, 2 and 2 with noise between them; times of 1 s, 1 s, then 0.5 s each."""
    chunks = [SAMPLES[:1], SAMPLES[1:3], SAMPLES[3:]]
    body, places = b"", list[int]()
    for chunk in chunks:
        body += b"noise"
        places.append(len(FTYP) + 8 + len(body))
        body += b"".join(chunk)
    made = int((START - MAC_EPOCH).total_seconds())
    clock = (
        struct.pack(">IQQIQ", 1 << 24, made, made, 1000, 3500)
        if wide
        else struct.pack(">IIIII", 0, made, made, 1000, 3500)
    )
    offsets = (
        box(b"co64", struct.pack(">II3Q", 0, 3, *places)) if wide else box(b"stco", struct.pack(">II3I", 0, 3, *places))
    )
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(b"camm", bytes(8))),
        box(b"stts", struct.pack(">II4I", 0, 2, 2, 1000, 3, 500)),
        box(b"stsc", struct.pack(">II6I", 0, 2, 1, 1, 1, 2, 2, 1)),
        box(b"stsz", struct.pack(">III5I", 0, 0, 5, *map(len, SAMPLES))),
        offsets,
    )
    media = box(b"mdia", box(b"mdhd", clock, bytes(4)), box(b"hdlr", bytes(8), b"meta"), box(b"minf", table))
    return FTYP + box(b"mdat", body) + box(b"moov", box(b"mvhd", clock), box(b"trak", media))


def test_samples_are_found_through_chunks_of_different_size() -> None:
    for wide in (False, True):
        movie = mp4.movie(recording(wide=wide))
        assert movie is not None
        (track,) = movie.of(b"camm")
        assert [content for _, content in track.contents()] == SAMPLES
        assert [sample.seconds for sample in track.samples] == [0, 1, 2, 2.5, 3]
        assert [sample.duration for sample in track.samples] == [1, 1, 0.5, 0.5, 0.5]
        assert (movie.created_at, movie.duration) == (START, 3.5)


def test_samples_beyond_the_end_of_the_file_are_not_there() -> None:
    content = recording(wide=False)
    at = content.index(b"stco") + 4 + 8 + 8
    movie = mp4.movie(content[:at] + struct.pack(">I", len(content) - 2) + content[at + 4 :])
    assert movie is not None
    assert [content for _, content in movie.tracks[0].contents()] == SAMPLES[:3]


def test_without_an_index_there_is_no_movie() -> None:
    assert mp4.movie(FTYP + box(b"mdat", b"x" * 100)) is None
    assert mp4.movie(b"") is None
