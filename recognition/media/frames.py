"""Frames with their true times, upright, in the order in which they are shown."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import numpy as np

from recognition import images
from recognition.errors import VideoDamaged
from recognition.media.container import NO_PICTURE, Video, open_video
from recognition.types import Frame, Image

# How far before the wanted moment a second and a third try begin, where the container's index led past it (transport
# streams have none); the last try begins at the start of the file.
STEPS_BACK = (0.0, 10.0, 60.0)
MOVING_WIDTH = 640  # pixels; a picture thinned out to this still shows that a part of it changes


def upright(frame: Any) -> Image:
    """A decoded picture as BGR, turned as the container asks (by quarters; other angles are left as they are)."""
    return turned(frame.to_ndarray(format="bgr24"), quarters(frame))


def quarters(frame: Any) -> int:
    """Quarter turns, counter-clockwise, that bring a decoded picture upright."""
    return round(float(frame.rotation) / 90) % 4


def turned(image: Image, turns: int) -> Image:
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else np.asarray(image, np.uint8)


def decode(video: Video) -> Iterator[tuple[float, Any]]:
    """(seconds, picture) from where the container stands; pictures that cannot be decoded are left out.

    Ends without complaint where a cut-off file ends. Times only ever grow: a picture that does not come later than
    the one before it is dropped.
    """
    last, step = -1.0, float(1 / video.stream.average_rate) if video.stream.average_rate else 1 / 25
    for picture in _pictures(video):
        stamp = video.stamp_of(picture)
        seconds = video.seconds(stamp) if stamp is not None else last + step
        if seconds > last:
            last = seconds
            yield seconds, picture


def _pictures(video: Video) -> Iterator[Any]:
    try:
        for packet in video.container.demux(video.stream):
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                continue  # one broken packet; the next key frame heals it
        return
    except av.error.FFmpegError:
        pass  # the file ends here, whatever its index promised
    try:
        yield from video.stream.codec_context.decode(None)  # what the decoder still holds
    except av.error.FFmpegError:
        return


def _decode_from(video: Video, start: float) -> Iterator[tuple[float, Any]]:
    """As `decode`, from a picture at or before `start` on (the first one of the file where there is none)."""
    if start <= 0:
        yield from decode(video)
        return
    for back in STEPS_BACK:
        if start - back <= 0:
            break
        try:
            video.container.seek(video.stamp(start - back), stream=video.stream, backward=True)
        except av.error.FFmpegError:
            break  # a recording without an index: there is no way but from its start
        pictures = decode(video)
        first = next(pictures, None)
        if first is not None and first[0] <= start:
            yield first
            yield from pictures
            return
    with open_video(video.path) as anew:
        yield from decode(anew)


def frames(
    path: Path | str,
    *,
    start: float = 0.0,
    end: float | None = None,
    every: float | None = None,
    gpu: bool = False,
) -> Iterator[Frame]:
    """The frames with start ≤ seconds < end.

    With `every`, one frame per slot of that many seconds, slots being counted from the start of the file, so that the
    choice does not depend on where reading began; the others are decoded but not converted. `index` counts decoded
    frames. With `gpu`, an NVIDIA card decodes what it can. Raises NotAVideo and VideoDamaged when the file cannot be
    opened; a cut-off file gives what is there.
    """
    with open_video(path, gpu=gpu) as video:
        index, slot = -1, -1
        for seconds, picture in _decode_from(video, start):
            if seconds < start:
                continue
            if end is not None and seconds >= end:
                return
            index += 1
            if every:
                if int(seconds / every + 1e-6) <= slot:
                    continue
                slot = int(seconds / every + 1e-6)
            yield Frame(index, seconds, upright(picture))


def ahead(source: Iterator[Frame], depth: int) -> Iterator[Frame]:
    """The same frames, decoded by a thread of their own while the last ones are looked at, at most `depth` ahead."""
    with ThreadPoolExecutor(1, "decode") as thread:
        waiting = deque(thread.submit(next, source, None) for _ in range(depth))
        while (frame := waiting.popleft().result()) is not None:
            waiting.append(thread.submit(next, source, None))
            yield frame


def moving(source: Iterator[Frame], change: float, longest: float) -> Iterator[Frame]:
    """Only the frames that show something new: some part differs from the frame before by `change` levels of green.

    A part is 1/64 of the width by 1/36 of the height. One frame in `longest` seconds is given in any case. Whether a
    frame shows something new depends on the film alone, not on where reading began (but for the first frame).
    """
    before, given = None, -math.inf
    for frame in source:
        step = max(1, frame.image.shape[1] // MOVING_WIDTH)
        parts = images.resize(np.ascontiguousarray(frame.image[::step, ::step, 1]), 64, 36).astype(np.int16)
        new = before is None or float(np.abs(parts - before).max()) >= change
        before = parts
        if new or frame.seconds - given >= longest - 1e-3:
            given = frame.seconds
            yield frame


def frame_at(path: Path | str, seconds: float) -> Frame:
    """The frame that is shown at that moment: the last one that is not later (the first one, the last one at the ends).

    Raises VideoDamaged where not one frame can be decoded.
    """
    with open_video(path) as video:
        shown: tuple[float, Any] | None = None
        for moment, picture in _decode_from(video, seconds):
            if shown is not None and moment > seconds:
                break
            shown = moment, picture
        if shown is None:
            raise VideoDamaged(NO_PICTURE, name=Path(path).name)
        return Frame(0, shown[0], upright(shown[1]))
