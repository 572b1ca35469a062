"""When each frame of a video is shown: what a player needs to go on by exactly one frame."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import av

from recognition.media.container import open_video


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """In units of `unit` seconds: the first frame, then (distance, how many times) to each next one."""

    unit: tuple[int, int]  # numerator and denominator
    first: int
    steps: list[tuple[int, int]]

    def seconds(self) -> list[float]:
        """All of them, as players count them."""
        at, (numerator, denominator) = self.first, self.unit
        found = [at * numerator / denominator]
        for distance, times in self.steps:
            for _ in range(times):
                at += distance
                found.append(at * numerator / denominator)
        return found


def frame_times(path: Path | str) -> FrameTimes:
    """Demultiplexes the file once and decodes nothing. Raises NotAVideo and VideoDamaged."""
    with open_video(path) as video:
        stamps = set[int]()
        try:
            for packet in video.container.demux(video.stream):
                stamp = video.stamp_of(packet)
                if stamp is not None and packet.size and not packet.is_discard:
                    stamps.add(stamp - video.origin)
        except av.error.FFmpegError:
            pass  # a cut-off file ends here
        ordered = sorted(stamps)
        distances = groupby(b - a for a, b in pairwise(ordered))
        unit = (video.time_base.numerator, video.time_base.denominator)
        return FrameTimes(unit, ordered[0] if ordered else 0, [(step, len(list(all_))) for step, all_ in distances])
