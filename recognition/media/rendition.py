"""A light copy of a video for pages: H.264 that every browser plays, each frame at the time it has in the original."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from recognition.errors import VideoDamaged
from recognition.media.container import NO_PICTURE, open_video
from recognition.media.frames import decode, quarters, turned
from recognition.media.sound import add_sound
from recognition.media.writing import LIGHT, Picture, new_video
from recognition.types import VideoInfo

LONGEST_SIDE = 1280  # pixels
EIGHT_BITS = ("yuv420p", "yuvj420p")  # what browsers' H.264 decoders know; 10 bits and 4:2:2 they do not

Size = tuple[int, int]


def plays_everywhere(info: VideoInfo) -> bool:
    """Whether every browser plays the file as it is."""
    return info.container.startswith("mov,mp4") and info.codec == "h264" and info.pixel_format in EIGHT_BITS


def render(source: Path | str, out: Path, note: Callable[[float], None]) -> None:
    """Write the light copy, upright and with its sound; `note` is told the time (s) of each frame.

    `out` gets its name once it is whole, so that this may be repeated. Raises NotAVideo, VideoDamaged, CannotWrite.
    """
    silent, spoken = (out.with_name(f"{kind}.{out.name}") for kind in ("silent", "spoken"))
    try:
        _render_pictures(source, silent, note)
        whole = spoken if add_sound(silent, source, spoken) else silent
        whole.replace(out)
    finally:
        for path in (silent, spoken):
            path.unlink(missing_ok=True)


def _render_pictures(source: Path | str, out: Path, note: Callable[[float], None]) -> None:
    size: Size | None = None
    with open_video(source) as video, new_video(out, video, LIGHT) as write:
        for seconds, picture in decode(video):
            size = size or _light_size(picture)
            write(_light(picture, size), seconds)
            note(seconds)
        if size is None:
            raise VideoDamaged(NO_PICTURE, name=Path(source).name)


def _light_size(picture: Any) -> Size:
    """Of the picture as it is stored, with even sides, as H.264 wants them."""
    share = min(1.0, LONGEST_SIDE / max(picture.width, picture.height))
    width, height = (max(2, 2 * round(side * share / 2)) for side in (picture.width, picture.height))
    return width, height


def _light(picture: Any, size: Size) -> Picture:
    small = picture.reformat(width=size[0], height=size[1], format="yuv420p")
    turns = quarters(picture)
    return turned(small.to_ndarray(format="bgr24"), turns) if turns else small
