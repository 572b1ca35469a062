"""Cutting a long video into pieces that can be read apart, each beginning at a key frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av

from recognition.media.container import open_video

SHORTEST_SHARE = 0.3  # a rest shorter than this share of the length is added to the piece before it
LAST_FRAME = 0.001  # seconds that the last frame is shown at the very least, so that "before the end" includes it


@dataclass(frozen=True, slots=True)
class _KeyFrames:
    seconds: list[float]
    end: float


def plan(path: Path | str, length: float = 90.0) -> list[tuple[float, float]]:
    """(start, end) of pieces of about `length` seconds that cover the video without gap or overlap.

    Every start but the first, which is 0, is the time of a key frame, so a piece is at least as long as the distance
    of key frames. Demultiplexes the file once and decodes nothing. Raises NotAVideo and VideoDamaged.
    """
    keys = _key_frames(path)
    cuts = [0.0]
    for moment in keys.seconds:
        if moment - cuts[-1] >= length and keys.end - moment >= length * SHORTEST_SHARE:
            cuts.append(moment)
    return list(zip(cuts, [*cuts[1:], keys.end], strict=True))


def _key_frames(path: Path | str) -> _KeyFrames:
    with open_video(path) as video:
        seconds, end = list[float](), LAST_FRAME
        try:
            for packet in video.container.demux(video.stream):
                stamp = video.stamp_of(packet)
                if stamp is None:
                    continue
                moment = video.seconds(stamp)
                end = max(end, video.seconds(stamp + (packet.duration or 0)), moment + LAST_FRAME)
                if packet.is_keyframe:
                    seconds.append(moment)
        except av.error.FFmpegError:
            pass  # a cut-off file ends here
        return _KeyFrames(sorted(seconds), end)
