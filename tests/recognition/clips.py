"""Short clips as cameras write them: every container and codec that is read, encoded on the spot by PyAV alone."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from recognition.types import Image

os.environ.setdefault("SVT_LOG", "1")  # errors alone: the encoder of AV1 talks

TICK = Fraction(1, 90_000)
MUXERS = {".mkv": "matroska", ".ts": "mpegts", ".m2ts": "mpegts", ".avi": "avi", ".mov": "mov", ".mp4": "mp4"}
QUIET = {
    "libx264": {"crf": "16", "bf": "0", "preset": "ultrafast"},
    "libx265": {"crf": "16", "preset": "ultrafast", "x265-params": "log-level=none:bframes=0"},
    "libsvtav1": {"crf": "20", "preset": "10"},
    "mjpeg": {"qmin": "2", "qmax": "2"},
}
SOUND_RATE = 8000


class Pipe(io.RawIOBase):
    """A file that can only be written on, as where a recorder lost power: no index, no length."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.content += piece
        return len(piece)


def can_encode(codec: str) -> bool:
    try:
        av.codec.Codec(codec, "w")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def write_clip(
    path: Path,
    pictures: Sequence[Image],
    times: Sequence[float],
    *,
    codec: str = "libx264",
    tag: str = "",
    sound_from: float | None = None,
    finished: bool = True,
    options: dict[str, str] | None = None,
) -> Path:
    """A picture is shown at its time in seconds. The container is that of the name.

    `sound_from`: silence from that second on, until the last picture. `finished=False` leaves out index and length.
    AVI knows no times of its own: there, `times` give the rate.
    """
    rate = Fraction(len(times) - 1, 1) / Fraction(times[-1] - times[0]).limit_denominator(1000)
    muxing = {"mpegts_m2ts_mode": "1"} if path.suffix == ".m2ts" else {}
    pipe = Pipe()
    target: Any = str(path) if finished else pipe
    with av.open(target, "w", format=MUXERS[path.suffix.lower()], options=muxing | (options or {})) as output:
        video: Any = output.add_stream(codec, rate=rate.limit_denominator(1000), options=QUIET.get(codec, {}))
        video.height, video.width = pictures[0].shape[:2]
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        video.gop_size = 12
        base = 1 / rate.limit_denominator(1000) if path.suffix == ".avi" else TICK
        video.time_base = video.codec_context.time_base = base
        if tag:
            video.codec_context.codec_tag = tag
        sound = output.add_stream("aac", rate=SOUND_RATE, layout="mono") if sound_from is not None else None
        if sound is not None and sound_from is not None:
            _silence(output, sound, sound_from, times[-1])
        for picture, seconds in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format=video.pix_fmt)
            frame.pts, frame.time_base = round(seconds / base), base
            output.mux(video.encode(frame))
        output.mux(video.encode())
    if not finished:
        path.write_bytes(pipe.content)
    return path


def _silence(output: Any, sound: Any, start: float, end: float) -> None:
    for at in range(round(start * SOUND_RATE), round(end * SOUND_RATE), 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, at, Fraction(1, SOUND_RATE)
        output.mux(sound.encode(frame))
    output.mux(sound.encode())
