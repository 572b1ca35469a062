"""Every container and codec that dashcams write, from the encoder's bytes to frames with their times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from recognition.errors import VideoDamaged
from recognition.media.container import Video, open_video
from recognition.media.frames import frame_at, frames
from recognition.media.probe import probe
from recognition.media.segments import plan
from tests.recognition.clips import can_encode, write_clip
from tests.recognition.videos import grey_levels, level, rotate_mp4

TIMES = [i / 10 for i in range(30)]
KINDS = (
    ("a.mp4", "libx264", "avc1", "h264"),
    ("a.mov", "libx264", "avc1", "h264"),
    ("a.MP4", "libx264", "avc1", "h264"),
    ("a.avi", "libx264", "", "h264"),
    ("a.mkv", "libx264", "", "h264"),
    ("a.ts", "libx264", "", "h264"),
    ("a.m2ts", "libx264", "", "h264"),
    ("a.mp4", "libx265", "hvc1", "hevc"),
    ("a.mp4", "libx265", "hev1", "hevc"),
    ("a.mov", "libx265", "hvc1", "hevc"),
    ("a.mkv", "libx265", "", "hevc"),
    ("a.ts", "libx265", "", "hevc"),
    ("a.m2ts", "libx265", "", "hevc"),
    ("a.mp4", "mjpeg", "", "mjpeg"),
    ("a.mov", "mjpeg", "", "mjpeg"),
    ("a.avi", "mjpeg", "", "mjpeg"),
    ("a.mkv", "mjpeg", "", "mjpeg"),
    ("a.mp4", "libsvtav1", "", "av1"),
    ("a.mkv", "libsvtav1", "", "av1"),
)
UNINDEXED = ("a.mkv", "a.avi", "a.ts")


def clip(path: Path, codec: str = "libx264", **options: object) -> Path:
    if not can_encode(codec):
        pytest.skip(f"this PyAV cannot encode with {codec}")
    return write_clip(path, grey_levels(30), TIMES, codec=codec, **options)  # type: ignore[arg-type]


def noise(count: int) -> list[np.ndarray]:
    chance = np.random.default_rng(1)
    return [chance.integers(0, 255, (96, 128, 3), dtype=np.uint8) for _ in range(count)]


@pytest.mark.parametrize(("name", "codec", "tag", "said"), KINDS)
def test_every_frame_is_read_at_its_time(tmp_path: Path, name: str, codec: str, tag: str, said: str) -> None:
    path = clip(tmp_path / name, codec, tag=tag)
    read = list(frames(path))
    assert [level(frame.image) for frame in read] == list(range(30))
    assert [frame.seconds for frame in read] == pytest.approx(TIMES, abs=0.001)
    info = probe(path)
    assert (info.codec, info.width, info.height, info.truncated) == (said, 64, 48, False)
    assert info.duration == pytest.approx(3.0, abs=0.11)
    assert info.frame_rate == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize(("name", "codec", "tag", "said"), KINDS)
def test_parts_hold_every_frame_once(tmp_path: Path, name: str, codec: str, tag: str, said: str) -> None:
    path = clip(tmp_path / name, codec, tag=tag)
    parts = plan(path, 0.9)
    assert len(parts) > 1
    assert parts[0][0] == 0.0
    assert all(before[1] == after[0] for before, after in pairwise(parts))
    assert [level(f.image) for start, end in parts for f in frames(path, start=start, end=end)] == list(range(30))


@pytest.mark.parametrize(("tag", "name"), [("hvc1", "a.mp4"), ("hev1", "a.mp4")])
def test_the_clips_bear_the_tag_that_they_are_meant_to_have(tmp_path: Path, tag: str, name: str) -> None:
    with av.open(str(clip(tmp_path / name, "libx265", tag=tag))) as container:
        assert container.streams.video[0].codec_context.codec_tag == tag


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_a_variable_frame_rate_keeps_every_frame_at_its_own_time(tmp_path: Path, name: str) -> None:
    times = [0.0, 0.033, 0.067, 0.5, 0.533, 1.7, 1.733, 1.767, 3.0, 3.1]
    path = write_clip(tmp_path / name, grey_levels(10), times)
    assert [frame.seconds for frame in frames(path)] == pytest.approx(times, abs=0.0015)
    assert level(frame_at(path, 1.0).image) == 4
    assert [level(frame.image) for frame in frames(path, start=1.0, end=3.0)] == [5, 6, 7]


@pytest.mark.parametrize("name", ["a.ts", "a.m2ts", "a.mkv", "a.mp4", "a.mov"])
def test_sound_before_the_first_picture_moves_no_picture(tmp_path: Path, name: str) -> None:
    """Transport streams count from the first picture; the others by their own clock, as players do."""
    late = [2.0 + moment for moment in TIMES]
    path = write_clip(tmp_path / name, grey_levels(30), late, sound_from=0.0)
    first = 0.0 if name.endswith("ts") else 2.0
    read = list(frames(path))
    assert [level(frame.image) for frame in read] == list(range(30))
    assert [frame.seconds for frame in read] == pytest.approx([first + moment for moment in TIMES], abs=0.03)
    assert read[-1].seconds <= probe(path).duration <= first + 3.2
    assert level(frame_at(path, first + 1.55).image) == 15


@pytest.mark.parametrize("name", ["a.ts", "a.m2ts"])
def test_a_transport_stream_that_starts_hours_late_begins_at_zero(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, grey_levels(30), [20_000.0 + moment for moment in TIMES])
    assert [frame.seconds for frame in frames(path)] == pytest.approx(TIMES, abs=0.001)
    assert probe(path).duration == pytest.approx(3.0, abs=0.11)


@pytest.mark.parametrize("codec", ["libx265", "mjpeg"])
@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_frames_come_out_upright_whatever_the_codec(tmp_path: Path, codec: str, clockwise: int) -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24, :32] = 255  # the top left quarter
    path = write_clip(tmp_path / "a.mov", [picture] * 3, [0, 0.1, 0.2], codec=codec)
    rotate_mp4(path, clockwise)
    image = next(frames(path)).image
    assert np.abs(image.astype(int) - np.rot90(picture, -clockwise // 90)).mean() < 6
    info = probe(path)
    assert (info.rotation, info.height, info.width) == (clockwise, *image.shape[:2])


@pytest.mark.parametrize("name", UNINDEXED)
def test_a_recording_without_an_index_is_read_all_the_same(tmp_path: Path, name: str) -> None:
    path = clip(tmp_path / name, finished=False)
    assert [level(frame.image) for frame in frames(path)] == list(range(30))
    assert [level(frame.image) for frame in frames(path, start=1.95, end=2.55)] == [20, 21, 22, 23, 24, 25]
    assert level(frame_at(path, 2.04).image) == 20
    assert probe(path).duration == pytest.approx(3.0, abs=0.11)
    parts = plan(path, 0.9)
    assert [level(f.image) for start, end in parts for f in frames(path, start=start, end=end)] == list(range(30))


class Unseekable:
    """A container as FFmpeg opens an AVI whose index is damaged: it can only be read on."""

    def __init__(self, container: Any) -> None:
        self._container = container

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)

    def seek(self, *_: object, **__: object) -> None:
        raise av.error.PermissionError(1, "Operation not permitted")


def test_a_recording_in_which_nothing_can_be_found_is_read_from_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = clip(tmp_path / "a.avi")

    @contextmanager
    def unseekable(path: Path, **how: bool) -> Iterator[Video]:
        with open_video(path, **how) as video:
            yield replace(video, container=Unseekable(video.container))

    monkeypatch.setattr("recognition.media.frames.open_video", unseekable)
    assert [level(frame.image) for frame in frames(path, start=1.95, end=2.25)] == [20, 21, 22]


def test_an_mp4_without_an_index_says_what_to_do(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[: path.read_bytes().index(b"moov") - 4])
    with pytest.raises(VideoDamaged, match=r"cut off before its index.*Copy the file.*start the camera with the card"):
        probe(path)


@pytest.mark.parametrize("name", ["a.mkv", "a.avi", "a.ts", "a.m2ts", "a.mp4", "a.mov"])
@pytest.mark.parametrize("share", [0.5, 0.77])
def test_a_copy_that_broke_off_is_read_as_far_as_it_goes_and_says_so(tmp_path: Path, name: str, share: float) -> None:
    front = {"movflags": "faststart"} if name in ("a.mp4", "a.mov") else {}
    path = write_clip(tmp_path / name, noise(30), TIMES, options=front)
    whole = probe(path)
    assert (whole.truncated, whole.missing) == (False, 0.0)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share) // 188 * 188 + 100])  # within a packet
    info, read = probe(path), list(frames(path))
    assert info.truncated
    assert info.duration == pytest.approx(3.0 * share, abs=0.5)
    assert len(read) == pytest.approx(30 * share, abs=4)
    assert read[-1].seconds <= info.duration + 0.01
    if not name.endswith(("ts", "avi")):  # these do not say how long they were to be
        assert info.missing == pytest.approx(3.0 - info.duration, abs=0.11)


@pytest.mark.parametrize("name", ["a.mkv", "a.avi", "a.ts", "a.m2ts", "a.mp4"])
def test_room_that_a_camera_reserved_after_the_end_is_no_cut(tmp_path: Path, name: str) -> None:
    path = clip(tmp_path / name)
    path.write_bytes(path.read_bytes() + bytes(1000))
    assert not probe(path).truncated
    assert len(list(frames(path))) == 30
