"""Opening a video, and saying in plain words why one cannot be opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec.hwaccel import HWAccel, hwdevices_available

from recognition.errors import NotAVideo, VideoDamaged, gettext_noop
from recognition.media.boxes import lacks_index, top_boxes

# A text file may be a play list that names other files of this machine: only true containers are opened, and no
# protocol but the local file. Source of the names: `ffmpeg -demuxers`.
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,asf,flv,ogg,h264,hevc,mjpeg,mpegvideo,mxf"
OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}

OWN_CLOCK = ("mov,mp4", "matroska")  # containers whose time stamps are the player's

MOST_PIXELS = 8192 * 8192  # of one picture; a damaged header may claim more than there is memory

NO_PICTURE = gettext_noop(
    "%(name)s opens, but not one of its pictures can be decoded. Copy the file from the card again."
)


@dataclass(frozen=True, slots=True)
class Video:
    """An open container with its first video stream. `origin` is the time stamp of second 0, in `time_base`s."""

    path: Path
    container: Any  # av.container.InputContainer
    stream: Any  # av.VideoStream
    time_base: Fraction
    origin: int

    def stamp_of(self, item: Any) -> int | None:
        """When a packet or a picture is shown. AVI keeps no such stamps, and those made up for it come in doubles."""
        if item.pts is None or self.container.format.name == "avi":
            return item.dts  # type: ignore[no-any-return]
        return item.pts  # type: ignore[no-any-return]

    def seconds(self, stamp: int) -> float:
        """A time stamp of the stream -> seconds of the video, as players count them."""
        return float((stamp - self.origin) * self.time_base)

    def stamp(self, seconds: float) -> int:
        """Seconds from the first frame -> the nearest time stamp at or before it."""
        return self.origin + int(Fraction(seconds) / self.time_base)


@contextmanager
def open_video(path: Path | str, *, gpu: bool = False) -> Iterator[Video]:
    """With `gpu`, an NVIDIA card decodes what it can, and the CPU the rest.

    Raises NotAVideo, or VideoDamaged for a recording that was cut off; FileNotFoundError as usual.
    """
    path = Path(path)
    try:
        container = _opened(path, gpu)
    except FileNotFoundError:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        raise _why_not(path) from error
    with container:
        if not container.streams.video:
            words = gettext_noop(
                "%(name)s holds no picture, only %(streams)s. MP4, MOV, AVI, MKV and TS recordings can be read."
            )
            raise NotAVideo(words, name=path.name, streams=_streams(container))
        stream = container.streams.video[0]
        _check_pictures(path, stream.codec_context)
        stream.thread_type = "AUTO"  # frames and slices in parallel: 1.2 to 1.7 times as fast as one thread
        yield Video(path, container, stream, stream.time_base or Fraction(1, av.time_base), _origin(container, stream))


def _opened(path: Path, gpu: bool) -> Any:
    if gpu and "cuda" in hwdevices_available():
        with suppress(av.error.FFmpegError):  # no driver, or none of its decoders is free: the CPU does it
            return _open(path, HWAccel("cuda", allow_software_fallback=True))
    return _open(path)


def _open(path: Path, accelerator: HWAccel | None = None) -> Any:
    return av.open(str(path), options=dict(OPTIONS), metadata_errors="replace", hwaccel=accelerator)


def _check_pictures(path: Path, codec: Any) -> None:
    if codec is None:
        words = gettext_noop(
            "%(name)s is damaged, or written in a codec that cannot be read here: H.264, HEVC, MJPEG and AV1 can. "
            "Copy the file from the card again, or set the camera to one of these."
        )
        raise VideoDamaged(words, name=path.name)
    if codec.width * codec.height > MOST_PIXELS:
        words = gettext_noop("%(name)s claims pictures of %(size)s. Copy the file from the card again.")
        raise VideoDamaged(words, name=path.name, size=f"{codec.width} × {codec.height}")
    codec.options = {"max_pixels": str(MOST_PIXELS)}  # also where they grow on the way


def _origin(container: Any, stream: Any) -> int:
    """Where a player's clock stands at 0: at the first frame, but for MP4 and Matroska, whose own clock begins before
    it if the recording says so (checked against Chromium's `currentTime`).
    """
    start = int(stream.start_time or 0)
    return min(0, start) if container.format.name.startswith(OWN_CLOCK) else start


def _why_not(path: Path) -> NotAVideo | VideoDamaged:
    if path.stat().st_size == 0:
        return NotAVideo(gettext_noop("%(name)s is empty. Copy the file from the card again."), name=path.name)
    boxes = top_boxes(path)
    if lacks_index(boxes):
        words = gettext_noop(
            "%(name)s was cut off before its index was written. Copy the file from the card again. Where the card "
            "holds no longer one, the camera lost power while it recorded: start the camera with the card in it, which "
            "mends such files in many makes, or mend it with a program like untrunc and a sound file of that camera."
        )
        return VideoDamaged(words, name=path.name)
    if boxes:
        words = gettext_noop("%(name)s is damaged: its index cannot be read. Copy the file from the card again.")
        return VideoDamaged(words, name=path.name)
    words = gettext_noop("%(name)s is not a video. MP4, MOV, AVI, MKV and TS recordings can be read.")
    return NotAVideo(words, name=path.name)


def _streams(container: Any) -> str:
    return " and ".join(sorted({stream.type for stream in container.streams})) or "no stream at all"
