"""Draws what was read over a video: every plate's box, and beside it what its whole pass says.

A plate is read from all frames of its pass together, so the text is known only when the pass is over: the video is
read first, and drawn on while it is decoded a second time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recognition import overlay
from recognition.config import PipelineConfig
from recognition.media import probe
from recognition.media.container import open_video
from recognition.media.frames import decode, upright
from recognition.media.writing import new_video
from recognition.overlay import Mark
from recognition.types import Observation, PlateTrack, Progress

SURE = 0.9  # confidence from which a read is drawn as one to rely on


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Where one plate went without a break, and what is written beside it."""

    seconds: NDArray[np.float64]  # (n), growing
    corners: NDArray[np.float64]  # (n, 8): x and y of the four corners at those moments
    text: str
    sure: bool

    def at(self, seconds: float) -> Mark | None:
        """The plate at a moment, on a straight line between the two frames that were analysed around it."""
        if not self.seconds[0] <= seconds <= self.seconds[-1]:
            return None
        values = [float(np.interp(seconds, self.seconds, column)) for column in self.corners.T]
        return Mark(tuple(zip(values[::2], values[1::2], strict=True)), self.text, self.sure)


def courses(track: PlateTrack, config: PipelineConfig) -> list[Course]:
    """The track's way in pieces, cut where the plate was hidden for longer than a track waits.

    A piece begins and ends half an analysed frame beyond its observations, so that a plate has its box in the frames
    around them too.
    """
    text, sure = f"{track.plate} {math.floor(100 * track.confidence)}%", track.confidence >= SURE
    slot = 1 / config.analysis_fps
    return [
        Course(*_way(piece, slot / 2), text, sure)
        for piece in _pieces(track.observations, max(config.tracking.max_gap, 1.5 * slot))
    ]


def _pieces(observations: Sequence[Observation], longest: float) -> list[list[Observation]]:
    pieces = [[observations[0]]]
    for before, item in pairwise(observations):
        if item.seconds - before.seconds > longest:
            pieces.append([])
        pieces[-1].append(item)
    return pieces


def _way(piece: Sequence[Observation], beyond: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times and corners, with one more at either end, where the plate would be had it gone on as it went."""
    seconds = np.array([item.seconds for item in piece])
    corners = np.array([np.ravel(item.detection.corners) for item in piece])
    pace = np.zeros((2, 8))
    if len(piece) > 1:
        pace = ((corners[[1, -1]] - corners[[0, -2]]).T / (seconds[[1, -1]] - seconds[[0, -2]])).T
    ends = np.array([corners[0] - beyond * pace[0], corners[-1] + beyond * pace[1]])
    return np.array([seconds[0] - beyond, *seconds, seconds[-1] + beyond]), np.vstack([ends[:1], corners, ends[1:]])


def draw(video: Path, out: Path, ways: Sequence[Course], *, every: float = 0.5) -> Iterator[Progress]:
    """Write the video with its plates drawn on it as an H.264 mp4, upright, its frames' size and times kept; no sound.

    Tells how far it is at the beginning, every `every` seconds of work, and at the end; `detections` counts boxes
    drawn. Raises NotAVideo and VideoDamaged, CannotWrite; `out` is there only once it is whole.
    """
    until, count, drawn = probe.probe(video).duration, 0, 0
    yield Progress(0.0, until, 0, 0)
    told = time.monotonic()
    with open_video(video) as source, new_video(out, source) as write:
        for seconds, picture in decode(source):
            image = upright(picture)
            marks = [mark for way in ways if (mark := way.at(seconds)) is not None]
            overlay.draw(image, marks)
            write(image, seconds)
            count, drawn = count + 1, drawn + len(marks)
            if time.monotonic() - told >= every:
                yield Progress(min(seconds, until), until, count, drawn)
                told = time.monotonic()
    yield Progress(until, until, count, drawn)
