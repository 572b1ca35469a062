"""Which detections of successive frames are the same plate, from a camera that moves itself.

A pair of track and detection costs the less, the more the detection lies where the plate's own motion predicts it and
the more the two texts agree. Place decides over a few frames, text over longer gaps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from recognition.config import TrackingConfig
from recognition.geometry import box_iou, center
from recognition.plates import lookalike_key
from recognition.types import Box, Observation

FRAME_SLACK = 0.6  # plate widths that a detection may jitter, however short the time
LARGEST_SHIFT = 2.0  # plate widths beyond which place alone joins nothing, however long the time
SCALE_SLACK = 0.3  # as FRAME_SLACK, for the logarithm of the size
SURE = 0.5  # two readings at least this sure, and unlike each other, are two plates
SETTLED = 0.8  # confidence of a reading that helps to settle what a plate says
UNLIKE = 0.5
LONG_TEXT = 6  # texts of this length are the same plate with one character misread
SPARSE_GAP = 15.0  # seconds between two frames in a row that one pass may still bridge by its text
PREDICT_S = 0.5  # motion is believed for this long


class Associator:
    """Feed it every analysed frame in order; it hands back the observations of each pass as soon as it is over."""

    def __init__(self, config: TrackingConfig | None = None, keep_crops: int = 12) -> None:
        self.config, self.keep_crops = config or TrackingConfig(), keep_crops
        self._active: list[list[Observation]] = []
        self._waiting: list[list[Observation]] = []  # ended, but the same text may yet come back
        self._frames: list[float] = []  # times of the frames of the last SPARSE_GAP seconds

    def update(self, seconds: float, observations: Sequence[Observation]) -> list[list[Observation]]:
        """The observations of one frame (none, too, counts as a frame). Returns the passes that are over."""
        self._frames = [*(moment for moment in self._frames if seconds - moment <= 2 * SPARSE_GAP), seconds]
        still = [track for track in self._active if seconds - track[-1].seconds <= self.config.max_gap]
        for track in self._active:
            if seconds - track[-1].seconds > self.config.max_gap:
                self._end(track)
        self._active = still
        for item, track in self._pairs(observations):
            track.append(item)
            lighten(track, self.keep_crops)
            if len(track) == 1:
                self._active.append(track)
        return self._over(seconds)

    def unsettled(self, seconds: float) -> list[Box]:
        """Where the plates are expected that are being followed and have not yet been read often enough."""
        return [predict(track, seconds) for track in self._active if not self._settled(track)]

    def _settled(self, track: Sequence[Observation]) -> bool:
        return sum(item.reading.confidence >= SETTLED for item in track) >= self.config.settled

    def finish(self) -> list[list[Observation]]:
        """The passes that were not over when the frames ended."""
        for track in self._active:
            self._end(track)
        over, self._active, self._waiting = self._waiting, [], []
        return sorted(over, key=lambda track: track[0].seconds)

    def _pairs(self, observations: Sequence[Observation]) -> list[tuple[Observation, list[Observation]]]:
        """Cheapest pairs first, each track and each detection once; what is left gets an empty track of its own."""
        costs = sorted(
            (cost, i, j)
            for i, track in enumerate(self._active)
            for j, item in enumerate(observations)
            if (cost := pair_cost(track, item, self.config)) <= self.config.max_cost
        )
        paired = dict[int, int]()
        for _, i, j in costs:
            if i not in paired.values() and j not in paired:
                paired[j] = i
        return [(item, self._active[paired[j]] if j in paired else []) for j, item in enumerate(observations)]

    def _end(self, track: list[Observation]) -> None:
        """Put a track aside, or join it to one that waits."""
        for earlier in self._waiting:
            if self._continues(earlier, track):
                earlier.extend(track)
                earlier.sort(key=lambda item: item.seconds)
                lighten(earlier, self.keep_crops)
                return
        self._waiting.append(track)

    def _continues(self, before: list[Observation], after: list[Observation]) -> bool:
        last, first = before[-1].seconds, after[0].seconds
        in_a_row = last < first <= last + SPARSE_GAP and not any(last < moment < first for moment in self._frames)
        config = replace(self.config, rejoin_gap=max(self.config.rejoin_gap, first - last)) if in_a_row else self.config
        return same_track(before, after, config)

    def _over(self, seconds: float) -> list[list[Observation]]:
        over = [
            track
            for track in self._waiting
            if self._too_late(track, seconds) and not any(self._continues(track, later) for later in self._active)
        ]
        self._waiting = [track for track in self._waiting if track not in over]
        return sorted(over, key=lambda track: track[0].seconds)

    def _too_late(self, track: list[Observation], seconds: float) -> bool:
        """Whether nothing that comes from now on can belong to the track."""
        last = track[-1].seconds
        return seconds - last > self.config.rejoin_gap and any(last < moment < seconds for moment in self._frames)


def pair_cost(track: Sequence[Observation], item: Observation, config: TrackingConfig) -> float:
    """0 for the same place and text, growing; infinite for what cannot be the same plate."""
    passed = item.seconds - track[-1].seconds
    if passed <= 0 or passed > config.max_gap:
        return math.inf
    alike, sureness = text_likeness(best_reading(track), item)
    if sureness >= SURE and alike < UNLIKE:
        return math.inf
    # A known motion predicts well; a text that both are sure of forgives a prediction that was wrong.
    reach = FRAME_SLACK + config.max_shift * passed * (0.5 if len(track) > 1 else 1.0)
    reach = min(reach, LARGEST_SHIFT) * (1 + sureness * alike)
    room = SCALE_SLACK + math.log(config.max_scale_rate) * passed
    # Where a jolt of the camera threw the prediction off, the plate is still near where it was last.
    expected = {predict(track, item.seconds), track[-1].detection.box}
    place = min(_place_cost(box, item.detection.box, reach, room) for box in expected)
    return place + sureness * (1 - alike) - 0.3 * sureness * alike


def _place_cost(expected: Box, box: Box, reach: float, room: float) -> float:
    """0 for the same box; infinite beyond `reach` plate widths, or beyond `room` in the logarithm of the height."""
    width = max(1.0, (expected.width + box.width) / 2)
    (x1, y1), (x2, y2) = center(expected), center(box)
    shift = math.hypot(x2 - x1, y2 - y1) / width / reach
    growth = abs(math.log(max(1.0, box.height) / max(1.0, expected.height))) / room
    if shift > 1 or growth > 1:
        return math.inf
    return 0.4 * (1 - box_iou(expected, box)) + 0.4 * shift + 0.2 * growth


def predict(track: Sequence[Observation], seconds: float) -> Box:
    """Where the plate of a track would be if it kept its motion for a moment; it is not believed for long."""
    last = track[-1].detection.box
    if len(track) < 2 or track[-1].seconds <= track[-2].seconds:
        return last
    before = track[-2].detection.box
    share = min(seconds - track[-1].seconds, PREDICT_S) / (track[-1].seconds - track[-2].seconds)
    share = min(share, 2.0)
    (x1, y1), (x2, y2) = center(before), center(last)
    x, y = x2 + (x2 - x1) * share, y2 + (y2 - y1) * share
    scale = (last.height / max(1.0, before.height)) ** min(share, 1.0)
    half_w, half_h = last.width * scale / 2, last.height * scale / 2
    return Box(x - half_w, y - half_h, x + half_w, y + half_h)


def text_likeness(a: Observation, b: Observation) -> tuple[float, float]:
    """(likeness of two readings 0–1, look-alikes forgiven; how sure the less sure one is)."""
    first, second = plain_text(a), plain_text(b)
    if not first or not second:
        return 0.0, 0.0
    return likeness(first, second), min(a.reading.confidence, b.reading.confidence)


def plain_text(item: Observation) -> str:
    """The best candidate: the reading before its weak characters became `?`."""
    return item.reading.candidates[0].plate if item.reading.candidates else item.reading.plate


def best_reading(track: Sequence[Observation]) -> Observation:
    """The surest observation of a track, weight counted in."""
    return max(track, key=lambda item: (item.reading.confidence * item.weight, item.seconds))


def same_text(a: Observation, b: Observation) -> bool:
    """Equal but for look-alikes, or long and but for one character."""
    first, second = lookalike_key(plain_text(a)), lookalike_key(plain_text(b))
    if not first or not second:
        return False
    return first == second or (min(len(first), len(second)) >= LONG_TEXT and Levenshtein.distance(first, second) <= 1)


def same_pass(last: Observation, first: Observation, config: TrackingConfig | None = None) -> bool:
    """Whether the end of one piece and the beginning of a later one are the same plate in the same pass.

    By place and text over a short gap, by text over a longer one. This is what joins tracks across the cut between
    two segments that were read apart.
    """
    config = config or TrackingConfig()
    gap = first.seconds - last.seconds
    if gap <= 0 or gap > config.rejoin_gap:
        return False
    if gap <= config.max_gap and pair_cost([last], first, config) <= config.max_cost:
        return True
    return same_text(last, first)


def same_track(
    before: Sequence[Observation], after: Sequence[Observation], config: TrackingConfig | None = None
) -> bool:
    """As `same_pass` for whole tracks: the surest reading of each speaks for its text."""
    config = config or TrackingConfig()
    gap = after[0].seconds - before[-1].seconds
    if gap <= 0 or gap > config.rejoin_gap:
        return False
    if gap <= config.max_gap and pair_cost(before, after[0], config) <= config.max_cost:
        return True
    return same_text(best_reading(before), best_reading(after))


def trim(track: Sequence[Observation], text: str) -> list[Observation]:
    """Without the observations at both ends that do not look like `text`.

    A plate that comes out of the distance, or goes into it, ends in frames that nobody could read, and a track may
    have caught or kept a detection of something else there.
    """
    alike = [i for i, item in enumerate(track) if likeness(plain_text(item), text) >= UNLIKE]
    return list(track[alike[0] : alike[-1] + 1]) if alike else list(track)


def likeness(a: str, b: str) -> float:
    """1 for equal texts, 0 for texts without anything in common; look-alikes are the same."""
    return Levenshtein.normalized_similarity(lookalike_key(a), lookalike_key(b))


def lighten(track: list[Observation], keep_crops: int, keep_contexts: int = 3) -> None:
    """Keep the pictures of the heaviest observations alone, in place: a car in front for an hour is one track."""
    by_weight = sorted(range(len(track)), key=lambda i: (-track[i].weight, i))
    for rank, i in enumerate(by_weight):
        item = track[i]
        crop = item.crop if rank < keep_crops else None
        context = item.context if rank < keep_contexts else None
        if crop is not item.crop or context is not item.context:
            track[i] = replace(item, crop=crop, context=context)
