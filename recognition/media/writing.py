"""A new H.264 video whose frames are shown exactly when those of another one are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import av
import cv2
import numpy as np
from av.video.frame import PictureType

from recognition.errors import CannotWrite
from recognition.media.container import Video
from recognition.types import Image

RATE = 30  # frames a second that the encoder reckons with where the source does not say; times are the source's
LONGEST_GROUP = 10  # times the usual number of frames between two key frames, where frames come more densely
UNSPECIFIED, LIMITED = 2, 1  # AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_MPEG of FFmpeg's pixfmt.h

Picture: TypeAlias = "Image | av.VideoFrame"  # as BGR, or as a decoder gave it
Write: TypeAlias = "Callable[[Picture, float], None]"


@dataclass(frozen=True, slots=True)
class Style:
    """How well and how seekable."""

    options: Mapping[str, str]  # of libx264
    key_every: float  # seconds at most between two frames that a player can seek to at once


FINE = Style({"crf": "20", "preset": "veryfast"}, 2.0)
# No frame refers to a later one: whatever a player seeks to, it decodes no more than the second before it.
LIGHT = Style({"crf": "26", "preset": "veryfast", "bf": "0"}, 1.0)


def check_writable(out: Path, source: Path) -> None:
    """Raises CannotWrite where `out` cannot become a video made from `source`: before hours of work, not after them."""
    if out.suffix.lower() != ".mp4":
        raise CannotWrite(f"{out} must end in .mp4, which is what is written.")
    if out.exists() and out.samefile(source):
        raise CannotWrite(f"{out} is the video itself. Give the new one another name.")
    if out.is_dir():
        raise CannotWrite(f"{out} is a folder. Give the name of a file in it.")
    try:
        _partial(out).touch()
        _partial(out).unlink()
    except OSError as error:
        raise _refused(out, error) from error


@contextmanager
def new_video(out: Path, source: Video, style: Style = FINE) -> Iterator[Write]:
    """A function that appends a picture shown at `seconds`, later than the one before it; all of the first one's size.

    Sides of an odd length get one more row or column, as H.264 wants it. The file gets its name once it is whole;
    where the block ends by an exception, nothing is left. Raises CannotWrite.
    """
    partial = _partial(out)
    try:
        try:
            container = av.open(str(partial), "w", format="mp4", options={"movflags": "faststart"})
        except (OSError, av.error.FFmpegError) as error:
            raise _refused(out, error) from error
        encoder = _Encoder(out, container, source, style)
        yield encoder.write
        encoder.finish()
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


class _Encoder:
    def __init__(self, out: Path, container: Any, source: Video, style: Style) -> None:
        self.out, self.container, self.source, self.style = out, container, source, style
        self.stream: Any = None
        self.colors: int | None = None  # the matrix of the source, where it names one
        self._key_due = 0.0

    def write(self, image: Picture, seconds: float) -> None:
        if not isinstance(image, av.VideoFrame):
            image = av.VideoFrame.from_ndarray(_even(image), format="bgr24")
        if self.stream is None:
            self.stream = self._new_stream(image.width, image.height)
        picture = image.reformat(format="yuv420p", dst_colorspace=self.colors, dst_color_range=LIMITED)
        picture.time_base = self.source.time_base
        picture.pts = round(seconds / self.source.time_base)
        picture.pict_type = PictureType.NONE  # not what it was in the source
        if seconds >= self._key_due:
            picture.pict_type, self._key_due = PictureType.I, seconds + self.style.key_every
        self._mux(picture)

    def finish(self) -> None:
        if self.stream is not None:
            self._mux(None)
        try:
            self.container.close()
        except (OSError, av.error.FFmpegError) as error:
            raise _refused(self.out, error) from error

    def _new_stream(self, width: int, height: int) -> Any:
        rate = round(self.source.stream.average_rate or RATE) or RATE
        stream = self.container.add_stream("libx264", rate=rate, options={**self.style.options, "forced-idr": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = self.source.time_base
        stream.codec_context.gop_size = round(LONGEST_GROUP * self.style.key_every * rate)
        original = self.source.stream.codec_context
        stream.codec_context.sample_aspect_ratio = original.sample_aspect_ratio or 1
        if original.colorspace != UNSPECIFIED:  # else a player makes the same guess for both videos
            self.colors = stream.codec_context.colorspace = original.colorspace
            stream.codec_context.color_primaries = original.color_primaries
            stream.codec_context.color_trc = original.color_trc
            stream.codec_context.color_range = LIMITED
        return stream

    def _mux(self, picture: Any) -> None:
        try:
            self.container.mux(self.stream.encode(picture))
        except (OSError, av.error.FFmpegError) as error:
            raise _refused(self.out, error) from error


def _even(image: Image) -> Image:
    bottom, right = image.shape[0] % 2, image.shape[1] % 2
    if not bottom and not right:
        return image
    return np.asarray(cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_REPLICATE), np.uint8)


def _partial(out: Path) -> Path:
    return out.with_name(out.name + ".part")


def _refused(out: Path, error: Exception) -> CannotWrite:
    return CannotWrite(f"{out} cannot be written: {getattr(error, 'strerror', None) or error}.")
