"""A clip of a video in which one plate alone can be read: all others are filled with one grey, frame by frame.

Nothing of what is filled is left in the clip, so nothing can be computed back from it. Plates are looked for in every
frame and followed from frame to frame: a plate that was found with some certainty in one frame is filled in all others
too, where it was found with little, where it was missed, and for a moment before and after. The clip is then read like
any other film; what can still be read is filled too. The one plate is left alone only where a detection lies on the way
that it is known to have gone, and never where another one's fill reaches over it.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recognition.errors import RecognitionError, VideoDamaged
from recognition.geometry import box_iou, center, clip, expand
from recognition.media.container import open_video
from recognition.media.frames import frames
from recognition.media.writing import FINE, new_video
from recognition.pipeline import Detect, Reader, read_video
from recognition.tracking.associate import likeness, plain_text
from recognition.types import Box, Detection, Frame, Image, Observation, PlateTrack

GREY = 96
SURE = 0.3  # score that one detection of a way needs, for the way to be filled
BEYOND_S = 0.25  # for so long a plate is filled before it is first found and after it is last found
CARRY_S = 0.1  # for so long before and after a frame the boxes that were found in it are filled where they were
LOST_S = 0.6  # after so long without a hit a plate is no longer followed
REACH = 0.5  # plate widths that a plate may stray from where it is expected …
REACH_PER_S = 6.0  # … and this many more for each second since it was last found
GROWTH = 2.0  # times larger or smaller at most that it may be then
WIDER, HIGHER = 0.25, 0.45  # of its width and height are added to a fill at each side …
LEAST_MARGIN = 3.0  # … and at least so many pixels
OWN_GAP_S = 0.75  # two sightings of the one plate farther apart do not say where it was between them
OWN_REACH = 0.5  # plate widths that its detection may lie beside its known way …
OWN_GROWTH = 1.6  # … and times that it may be larger or smaller
UNLIKE, CERTAIN = 0.5, 0.5  # a reading so sure and so unlike the one plate's is of another one, wherever it lies
SAME = 0.4  # IoU from which on two boxes are of one plate
MOST_ROUNDS = 3  # readings of the clip before it is given up

Note = Callable[[float], None]
Passing = list[tuple[float, Detection]]


class StillReadable(RecognitionError):
    """Another plate can be read in the clip, whatever was filled."""

    code = "still_readable"


@dataclass(frozen=True, slots=True)
class Way:
    """Where one plate was: boxes at moments in order of time, and between them on straight lines."""

    seconds: NDArray[np.float64]  # (n), growing
    boxes: NDArray[np.float64]  # (n, 4): x1, y1, x2, y2

    @classmethod
    def through(cls, seen: Iterable[tuple[float, Box]]) -> Way:
        """`seen` has one entry at least, in any order; of several at one moment, one counts."""
        ordered = dict(sorted(seen, key=lambda item: item[0]))
        corners = [(box.x1, box.y1, box.x2, box.y2) for box in ordered.values()]
        return cls(np.array(list(ordered)), np.array(corners, np.float64))

    def at(self, seconds: float, beyond: float, longest: float = math.inf) -> Box | None:
        """The plate at a moment, up to `beyond` before and after it was seen; None within a gap of over `longest`."""
        after = int(np.searchsorted(self.seconds, seconds))
        if after in (0, len(self.seconds)):
            return self._outside(seconds, beyond)
        if self.seconds[after] - self.seconds[after - 1] > longest and self.seconds[after] != seconds:
            return None
        return Box(*(float(np.interp(seconds, self.seconds, column)) for column in self.boxes.T))

    def _outside(self, seconds: float, beyond: float) -> Box | None:
        """Where it would be had it gone on as it went."""
        first = seconds <= self.seconds[0]
        end, inner = (0, 1) if first else (-1, -2)
        away = seconds - self.seconds[end]
        if abs(away) > beyond:
            return None
        last = self.boxes[end]
        if len(self.seconds) < 2:
            return Box(*map(float, last))
        pace = (last - self.boxes[inner]) / (self.seconds[end] - self.seconds[inner])
        x1, y1, x2, y2 = (float(value) for value in last + pace * away)
        return Box(min(x1, x2 - 1), min(y1, y2 - 1), x2, y2)


@dataclass(slots=True)
class Plan:
    """What is to be filled: the times of all frames, what was found in each, and the ways of plates."""

    seconds: list[float] = field(default_factory=list)
    found: list[list[Detection]] = field(default_factory=list)  # for each frame, without the one plate
    ways: list[Way] = field(default_factory=list)
    seen_own: int = 0  # frames in which the one plate was found

    def fills(self, index: int) -> list[Box]:
        """The boxes to fill in a frame, margins not counted in."""
        now = self.seconds[index]
        boxes = [box for way in self.ways if (box := way.at(now, BEYOND_S)) is not None]
        start = bisect_left(self.seconds, now - CARRY_S)
        end = bisect_right(self.seconds, now + CARRY_S)
        near = (item for frame in self.found[start:end] for item in frame)
        return boxes + [item.box for item in near if item.score >= SURE]


@dataclass(frozen=True, slots=True)
class Redacted:
    """What came of it."""

    first_s: float  # of the video, shown at 0 in the clip
    last_s: float
    frames: int
    own_frames: int  # in which the one plate was found and left readable unless another's fill reached over it
    filled: int  # ways of other plates, or of what might be one
    rounds: int  # how often the clip was read before nothing else could be read in it
    best: Image  # the frame shown at the moment that was asked for, filled like the clip's


def redact(
    source: Path | str,
    out: Path,
    reader: Reader,
    *,
    start: float,
    end: float,
    best: float,
    own: Way,
    text: str,
    others: Sequence[Way] = (),
    note: Note = lambda share: None,
) -> Redacted:
    """Write the frames with start ≤ seconds < end as an mp4 without sound, upright, each at its time since the first.

    `own` is the known way of the plate to leave, `text` what `reader` reads on it, `others` are the ways of the others;
    `note` is told how far it is, 0–1.
    Raises NotAVideo, VideoDamaged, CannotWrite; StillReadable where another plate can be read in the end.
    """
    plan = find(source, reader.detect_all or reader.detector, start, end, own, _part(note, 0.0, 0.6))
    plan.ways += [*others, *follow(plan.seconds, plan.found)]
    first, last = plan.seconds[0], plan.seconds[-1]
    for done in range(MOST_ROUNDS):
        shown = _write(source, out, plan, start, end, best, _part(note, 0.6 + 0.12 * done, 0.08))
        left = readable(out, reader, first, own, text)
        if not left:
            return Redacted(first, last, len(plan.seconds), plan.seen_own, len(plan.ways), done + 1, shown)
        plan.ways += left
    raise StillReadable("Another plate can still be read in the clip.")


def _part(note: Note, begun: float, share: float) -> Note:
    """For a part of the work: tells of the whole."""
    return lambda done: note(begun + share * done)


def find(source: Path | str, detect: Detect, start: float, end: float, own: Way, note: Note) -> Plan:
    """Look at every frame. Raises VideoDamaged where there is none."""
    plan = Plan()
    for frame in frames(source, start=start, end=end):
        found = detect(frame.image)
        mine = own_among([item.box for item in found], own.at(frame.seconds, BEYOND_S / 2, OWN_GAP_S))
        plan.seconds.append(frame.seconds)
        plan.found.append([item for item in found if item.box not in mine])
        plan.seen_own += bool(mine)
        note((frame.seconds - start) / (end - start))
    if not plan.seconds:
        raise VideoDamaged(f"{Path(source).name} has no picture that can be decoded at that moment.")
    return plan


def own_among(boxes: Sequence[Box], expected: Box | None) -> list[Box]:
    """The detection of the one plate, and those of the same place; none where it is not expected, or not found."""
    if expected is None:
        return []
    near = [box for box in boxes if _beside(box, expected) <= OWN_REACH and _growth(box, expected) <= OWN_GROWTH]
    if not near:
        return []
    best = min(near, key=lambda box: (-box_iou(box, expected), _beside(box, expected)))
    return [box for box in boxes if box_iou(box, best) > SAME or _within(box, best)]


def follow(seconds: Sequence[float], found: Sequence[Sequence[Detection]]) -> list[Way]:
    """The ways of what is a plate with some certainty: each detection continues the way that it lies nearest to."""
    over: list[Passing] = []
    active: list[Passing] = []
    for now, items in zip(seconds, found, strict=True):
        over += [way for way in active if now - way[-1][0] > LOST_S]
        active = [way for way in active if now - way[-1][0] <= LOST_S]
        costs = sorted(
            (cost, i, j)
            for i, way in enumerate(active)
            for j, item in enumerate(items)
            if (cost := _cost(way, now, item.box)) is not None
        )
        joined: dict[int, int] = {}
        for _, i, j in costs:
            if i not in joined.values() and j not in joined:
                joined[j] = i
        for j, item in enumerate(items):
            if j in joined:
                active[joined[j]].append((now, item))
            else:
                active.append([(now, item)])
    sure = (way for way in (*over, *active) if max(item.score for _, item in way) >= SURE)
    return [Way.through((at, item.box) for at, item in way) for way in sure]


def readable(film: Path, reader: Reader, first: float, own: Way, text: str) -> list[Way]:
    """The ways of plates that can be read in the clip, in seconds of the video, but for the one that may be."""
    left = []
    for track in read_video(film, reader):
        if isinstance(track, PlateTrack):
            seen = ((item.seconds + first, item) for item in track.observations)
            other = [
                (at, item.detection.box)
                for at, item in seen
                if not _is_own(item, own.at(at, BEYOND_S, OWN_GAP_S), text)
            ]
            if other:
                left.append(Way.through(other))
    return left


def _is_own(item: Observation, expected: Box | None, text: str) -> bool:
    """Whether it is the one plate by its place, and not another one that came in between by what it says."""
    unlike = item.reading.confidence >= CERTAIN and likeness(plain_text(item), text) < UNLIKE
    return bool(own_among([item.detection.box], expected)) and not (text and unlike)


def fill(image: Image, boxes: Iterable[Box]) -> None:
    """Grey over each box and a margin around it, in place."""
    rows, columns = image.shape[:2]
    for box in boxes:
        wide = expand(box, WIDER, HIGHER)
        part = clip(_at_least(wide, box), columns, rows)
        image[int(part.y1) : math.ceil(part.y2), int(part.x1) : math.ceil(part.x2)] = GREY


def _at_least(wide: Box, box: Box) -> Box:
    return Box(
        min(wide.x1, box.x1 - LEAST_MARGIN),
        min(wide.y1, box.y1 - LEAST_MARGIN),
        max(wide.x2, box.x2 + LEAST_MARGIN),
        max(wide.y2, box.y2 + LEAST_MARGIN),
    )


def _write(source: Path | str, out: Path, plan: Plan, start: float, end: float, best: float, note: Note) -> Image:
    """Write the clip; returns the frame shown at `best`."""
    shown: Image | None = None
    first = plan.seconds[0]
    with open_video(source) as video, new_video(out, video, FINE) as write:
        for index, frame in enumerate(_same(source, plan, start, end)):
            fill(frame.image, plan.fills(index))
            write(frame.image, frame.seconds - first)
            if shown is None or frame.seconds <= best:
                shown = frame.image
            note((index + 1) / len(plan.seconds))
    assert shown is not None
    return shown


def _same(source: Path | str, plan: Plan, start: float, end: float) -> Iterator[Frame]:
    """The frames that were looked at, again. Raises VideoDamaged where they are others: nothing is shown unseen."""
    again = frames(source, start=start, end=end)
    for seconds in plan.seconds:
        frame = next(again, None)
        if frame is None or frame.seconds != seconds:
            raise VideoDamaged(f"{Path(source).name} is damaged: decoded twice, it gives different pictures.")
        yield frame


def _cost(way: Passing, now: float, box: Box) -> float | None:
    """How far a box lies from where a way would go on, in plate widths; None where it cannot be of that way."""
    at, last = way[-1][0], way[-1][1].box
    expected = Way.through((then, item.box) for then, item in way[-2:]).at(now, LOST_S) or last
    away = min(_beside(box, expected), _beside(box, last))
    return away if away <= REACH + REACH_PER_S * (now - at) and _growth(box, last) <= GROWTH else None


def _beside(box: Box, other: Box) -> float:
    """How far two boxes' middles lie apart, in widths of the wider one."""
    (x1, y1), (x2, y2) = center(box), center(other)
    return math.hypot(x2 - x1, y2 - y1) / max(1.0, box.width, other.width)


def _growth(box: Box, other: Box) -> float:
    small, large = sorted((max(1.0, box.height), max(1.0, other.height)))
    return large / small


def _within(box: Box, other: Box) -> bool:
    """Whether a box lies in the other by three quarters."""
    width = min(box.x2, other.x2) - max(box.x1, other.x1)
    height = min(box.y2, other.y2) - max(box.y1, other.y1)
    return width > 0 and height > 0 and width * height > 0.75 * box.area
