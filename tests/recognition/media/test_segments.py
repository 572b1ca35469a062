from __future__ import annotations

from pathlib import Path

import pytest

from recognition.media.frames import frames
from recognition.media.segments import plan
from tests.recognition.videos import grey_levels, level, write_video


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.mp4", grey_levels(50), [i / 10 for i in range(50)], key_every=5)


def test_a_short_video_is_one_piece(clip: Path) -> None:
    (piece,) = plan(clip)
    assert piece == pytest.approx((0.0, 5.0), abs=0.11)


def test_pieces_cover_the_video_without_gap_or_overlap_and_begin_at_key_frames(clip: Path) -> None:
    pieces = plan(clip, 1.2)
    assert [start for start, _ in pieces] == pytest.approx([0.0, 1.5, 3.0, 4.5])
    assert [end for _, end in pieces[:-1]] == [start for start, _ in pieces[1:]]


def test_reading_the_pieces_reads_every_frame_once(clip: Path) -> None:
    read = [level(frame.image) for start, end in plan(clip, 0.6) for frame in frames(clip, start=start, end=end)]
    assert read == list(range(50))


def test_a_short_rest_belongs_to_the_piece_before_it(clip: Path) -> None:
    assert all(end - start >= 0.3 * 2.0 for start, end in plan(clip, 2.0))


def test_the_last_frame_is_inside_even_where_it_has_no_length(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "x.mp4", grey_levels(3), [0, 7, 19])
    ((start, end),) = plan(clip)
    assert [level(frame.image) for frame in frames(clip, start=start, end=end)] == [0, 1, 2]
