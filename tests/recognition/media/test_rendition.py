"""The light copy that pages play where a browser cannot play the recording itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from recognition.errors import NotAVideo
from recognition.media.container import open_video
from recognition.media.frames import frame_at, frames
from recognition.media.probe import probe
from recognition.media.rendition import plays_everywhere, render
from recognition.media.times import frame_times
from recognition.types import Image
from tests.recognition.videos import grey_levels, level, rotate_mp4, write_video

UNEVEN = [round(0.04 * i + (1.0 if i >= 10 else 0) + (0.5 if i >= 25 else 0), 3) for i in range(40)]


def write_mjpeg(path: Path, pictures: list[Image], rate: int = 20) -> Path:
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mjpeg", rate=rate)
        stream.width, stream.height, stream.pix_fmt = pictures[0].shape[1], pictures[0].shape[0], "yuvj420p"
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuvj420p")
            frame.pts, frame.time_base = index, Fraction(1, rate)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def rendered(source: Path) -> Path:
    out = source.with_name("light.mp4")
    render(source, out, lambda seconds: None)
    return out


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_each_frame_is_shown_when_it_is_in_the_original(tmp_path: Path, name: str) -> None:
    source = write_video(tmp_path / name, grey_levels(40), UNEVEN)
    original, light = list(frames(source)), list(frames(rendered(source)))
    assert [frame.seconds for frame in light] == pytest.approx([frame.seconds for frame in original], abs=1e-4)
    assert [level(frame.image) for frame in light] == list(range(40))


def test_an_avi_of_jpegs_keeps_its_times_and_its_full_range_of_grey(tmp_path: Path) -> None:
    source = write_mjpeg(tmp_path / "clip.avi", grey_levels(40))
    assert not plays_everywhere(probe(source))
    light = rendered(source)
    assert [frame.seconds for frame in frames(light)] == pytest.approx([i / 20 for i in range(40)])
    for moment in (0.0, 1.0, 1.9):
        assert frame_at(light, moment).image.mean() == pytest.approx(frame_at(source, moment).image.mean(), abs=3)
    assert plays_everywhere(probe(light))


def test_every_second_can_be_sought_at_once(tmp_path: Path) -> None:
    light = rendered(write_mjpeg(tmp_path / "clip.avi", grey_levels(50) * 2, rate=20))
    with open_video(light) as video:
        keys = [float(p.pts * p.time_base) for p in video.container.demux(video.stream) if p.is_keyframe and p.size]
    assert {0.0, 1.0, 2.0, 3.0, 4.0} <= set(keys)


def test_a_large_picture_becomes_a_light_one(tmp_path: Path) -> None:
    info = probe(rendered(write_mjpeg(tmp_path / "clip.avi", grey_levels(3, 1922, 1080))))
    assert (info.width, info.height) == (1280, 720)


def write_with_beep(path: Path, beep_at: float, audio: str, container: str | None = None) -> Path:
    """Two seconds of grey with a loud 0.3 s tone in else silent sound, as AVI and transport streams carry it."""
    rate = 16000
    with av.open(str(path), "w", format=container) as output:
        video = output.add_stream("mpeg4", rate=20)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound: Any = output.add_stream(audio, rate=rate, layout="mono")
        for index, picture in enumerate(grey_levels(40)):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 20)
            output.mux(video.encode(frame))
            moments = index / 20 + np.arange(rate // 20) / rate
            loud = (moments >= beep_at) & (moments < beep_at + 0.3)
            wave = (np.sin(moments * 2 * np.pi * 800) * loud * 20000).astype(np.int16)[None]
            heard = av.AudioFrame.from_ndarray(wave, "s16", "mono")
            heard.sample_rate, heard.pts = rate, index * (rate // 20)
            output.mux(sound.encode(heard))
        output.mux([*video.encode(), *sound.encode()])
    return path


@pytest.mark.parametrize(("name", "audio"), [("clip.avi", "pcm_s16le"), ("clip.ts", "mp2"), ("clip.mkv", "aac")])
def test_sound_is_heard_when_it_is_in_the_original(tmp_path: Path, name: str, audio: str) -> None:
    light = rendered(write_with_beep(tmp_path / name, 1.2, audio))
    with av.open(str(light)) as container:
        assert container.streams.audio[0].codec_context.name == "aac"
        loud = [frame.time or 0.0 for frame in container.decode(audio=0) if np.abs(frame.to_ndarray()).max() > 0.2]
    assert loud[0] == pytest.approx(1.2, abs=0.1)
    assert loud[-1] == pytest.approx(1.5, abs=0.1)
    assert [frame.seconds for frame in frames(light)] == pytest.approx([i / 20 for i in range(40)], abs=1e-3)


@pytest.mark.parametrize("turn", [90, 180])
def test_a_turned_recording_is_upright_in_it(tmp_path: Path, turn: int) -> None:
    pictures = grey_levels(4, 96, 64)
    for picture in pictures:
        picture[:16, :16] = 255  # the corner that moves
    source = write_video(tmp_path / "clip.mp4", pictures, [0.0, 0.1, 0.2, 0.3])
    rotate_mp4(source, turn)
    original, light = frame_at(source, 0.1).image, frame_at(rendered(source), 0.1).image
    assert light.shape == original.shape
    assert abs(light.astype(int) - original.astype(int)).mean() < 4


def test_what_is_no_video_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "clip.avi").write_bytes(b"not a video")
    with pytest.raises(NotAVideo):
        rendered(tmp_path / "clip.avi")
    assert [path.name for path in tmp_path.iterdir()] == ["clip.avi"]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_the_times_of_frames_are_those_of_reading(tmp_path: Path, name: str) -> None:
    source = write_video(tmp_path / name, grey_levels(40), UNEVEN)
    times = frame_times(source)
    assert times.seconds() == pytest.approx([frame.seconds for frame in frames(source)])
    assert len(times.steps) == 5, "even stretches are said once"
