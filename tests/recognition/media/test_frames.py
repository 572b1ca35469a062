from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from recognition.errors import NotAVideo
from recognition.media.frames import ahead, frame_at, frames, moving
from recognition.media.probe import probe
from recognition.media.segments import plan
from recognition.types import Frame
from tests.recognition.videos import grey_levels, level, rotate_mp4, write_video

# Variable frame rate: 40 frames, some of them a second apart.
TIMES = [round(0.04 * i + (1.0 if i >= 10 else 0) + (0.5 if i >= 25 else 0), 3) for i in range(40)]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.mp4", grey_levels(40), TIMES)


def test_every_frame_comes_with_its_true_time(clip: Path) -> None:
    read = list(frames(clip))
    assert [frame.seconds for frame in read] == pytest.approx(TIMES)
    assert [level(frame.image) for frame in read] == list(range(40))


def test_where_no_card_decodes_the_processor_does(clip: Path) -> None:
    """On a machine with one: the card gives the same pictures."""
    read = list(frames(clip, gpu=True))
    assert [frame.seconds for frame in read] == pytest.approx(TIMES)
    assert [level(frame.image) for frame in read] == list(range(40))


def test_a_part_holds_its_first_moment_and_not_its_last(clip: Path) -> None:
    read = list(frames(clip, start=TIMES[15], end=TIMES[20]))
    assert [level(frame.image) for frame in read] == [15, 16, 17, 18, 19]


@pytest.mark.parametrize("cuts", [[12], [12, 24], [1, 2, 39], [7, 24]])
def test_parts_together_hold_every_frame_once(clip: Path, cuts: list[int]) -> None:
    edges = [0.0, *(TIMES[i] for i in cuts), 1e9]
    read = [level(f.image) for a, b in pairwise(edges) for f in frames(clip, start=a, end=b)]
    assert read == list(range(40))


def test_at_a_given_rate_the_choice_does_not_depend_on_where_reading_began(clip: Path) -> None:
    whole = [frame.seconds for frame in frames(clip, every=0.2)]
    part = [frame.seconds for frame in frames(clip, start=whole[3], every=0.2)]
    assert whole == pytest.approx([0.0, 0.2, 1.4, 1.6, 1.8, 2.5, 2.62, 2.82, 3.02])
    assert part == whole[3:]


@pytest.mark.parametrize("name", ["late.mp4", "late.mkv"])
def test_a_video_whose_first_frame_comes_late_keeps_the_clock_of_its_player(tmp_path: Path, name: str) -> None:
    """As Chromium counts: the first frame of such a file is shown at its own time stamp, not at 0."""
    times = [6.0, 6.5, 7.0, 9.0]
    container = "matroska" if name.endswith("mkv") else "mp4"
    clip = write_video(tmp_path / name, grey_levels(4), times, container=container)
    assert [frame.seconds for frame in frames(clip)] == pytest.approx(times)
    assert [level(frame.image) for frame in frames(clip, start=2.0, end=7.0)] == [0, 1]
    assert [level(frame.image) for frame in frames(clip, start=6.8)] == [2, 3]
    assert level(frame_at(clip, 1.0).image) == 0
    assert probe(clip).duration >= 9.0
    ((start, end),) = plan(clip, 90.0)
    assert (start, end >= 9.0) == (0.0, True)


@pytest.mark.parametrize(("container", "name"), [("mpegts", "x.ts"), ("matroska", "x.mkv"), ("avi", "x.avi")])
def test_other_containers_begin_at_zero_and_seek_right(tmp_path: Path, container: str, name: str) -> None:
    times = [round(i / 30, 3) for i in range(40)]
    clip = write_video(tmp_path / name, grey_levels(40), times, container=container)
    read = list(frames(clip, start=times[20] - 0.001))
    assert level(read[0].image) == 20
    assert [frame.seconds for frame in read] == pytest.approx(times[20:], abs=0.002)


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_frames_are_turned_upright(tmp_path: Path, clockwise: int) -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24, :32] = 255  # the top left quarter
    clip = write_video(tmp_path / "turned.mp4", [picture] * 3, [0, 0.1, 0.2])
    rotate_mp4(clip, clockwise)
    image = next(frames(clip)).image
    assert np.abs(image.astype(int) - np.rot90(picture, -clockwise // 90)).mean() < 4


def test_a_cut_off_file_gives_what_is_there(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = [rng.integers(0, 255, (96, 128, 3), dtype=np.uint8) for _ in range(40)]
    clip = write_video(tmp_path / "cut.mkv", noise, [i / 20 for i in range(40)])
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    assert 10 <= len(list(frames(clip))) < 30


@pytest.mark.parametrize(("moment", "shown"), [(0.0, 0), (0.05, 1), (1.0, 9), (1.41, 10), (99.0, 39), (-1.0, 0)])
def test_the_frame_at_a_moment_is_the_one_that_is_shown(clip: Path, moment: float, shown: int) -> None:
    assert level(frame_at(clip, moment).image) == shown


def test_frames_decoded_ahead_are_the_same_frames(clip: Path) -> None:
    assert [level(frame.image) for frame in ahead(frames(clip), 3)] == list(range(40))


def test_an_error_of_the_decoder_reaches_who_asked_for_frames(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(NotAVideo):
        next(ahead(frames(tmp_path / "notes.mp4"), 3))


def test_frames_that_show_nothing_new_are_left_out_but_for_one_in_a_while() -> None:
    still, changed = np.full((90, 160, 3), 80, np.uint8), np.full((90, 160, 3), 80, np.uint8)
    changed[40:50, 60:70] = 120  # a plate's size
    shown = [still] * 20 + [changed] + [still] * 4
    given = [f.index for f in moving((Frame(i, i / 10, image) for i, image in enumerate(shown)), 2.0, 0.5)]
    assert given == [0, 5, 10, 15, 20, 21]
