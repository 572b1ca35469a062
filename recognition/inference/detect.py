"""A picture -> where its plates are. The preparation of a picture here is the one that training and evaluation use."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recognition import images
from recognition.geometry import box_iou, center, clip, corners_to_box
from recognition.inference import backends, weights
from recognition.types import Box, Detection, FloatArray, Image

GRID = 32  # the coarsest stride: both sides of the network's input are multiples of it
MAX_SIDE = 1280  # pixels; a dashcam frame of 720 lines is read as it is
SMALL_SIDE = 700  # pixels; pictures up to this are often close-ups, and are looked at in half their size as well
MIN_SIZE = 4.0  # pixels; nothing smaller is a plate
NEAR_SIZE, NEAR_PLATES = (256.0, 160.0), (3.0, 4.0)  # of a part: least width and height in pixels, and in plates
CLOSE_SIZE, CLOSE_PLATES = (160.0, 96.0), (2.0, 2.0)  # the same for what a scout points at, which has not moved
NEAR_SIDE = 480  # pixels; a part that is larger holds a plate so large that it may shrink
SCOUTED = 0.75  # this share of the least score is enough for a second look
SAME = 0.4  # IoU from which on two boxes are of one plate
OVERLAP = 240  # pixels that two parts of a large picture share: no plate that is not seen anyway is wider

Network = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], ...]]


def prepare(image: Image, max_side: int = MAX_SIDE) -> tuple[NDArray[np.uint8], float]:
    """(1, 3, h, w) with padding at the right and the bottom, and the scale from `image` to it (at most 1)."""
    rows, columns = image.shape[:2]
    scale = min(1.0, max_side / max(rows, columns))
    if scale < 1.0:
        image = images.resize(image, max(1, round(columns * scale)), max(1, round(rows * scale)), quick=True)
    rows, columns = image.shape[:2]
    canvas = np.full((-(-rows // GRID) * GRID, -(-columns // GRID) * GRID, 3), images.PADDING, np.uint8)
    canvas[:rows, :columns] = image
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None]), scale


def decode(cells: FloatArray, min_score: float, max_overlap: float = SAME) -> list[tuple[float, FloatArray]]:
    """One picture's answers (cells, 9) -> [(score, corners 4 × 2)], best first, one a plate (non-maximum suppression).

    Two answers are of one plate where their boxes overlap by more than `max_overlap` (IoU), or where one lies
    within the other by three quarters.
    """
    chosen = cells[cells[:, 0] > np.log(min_score / (1 - min_score))]
    chosen = chosen[np.argsort(-chosen[:, 0], kind="stable")][:300]
    corners = chosen[:, 1:].reshape(-1, 4, 2)
    low, high = corners.min(1), corners.max(1)
    area = (high - low).prod(1)
    alive = (high - low).min(1) >= MIN_SIZE
    found = []
    for index in range(len(chosen)):
        if not alive[index]:
            continue
        found.append((float(1 / (1 + np.exp(-chosen[index, 0]))), corners[index]))
        shared = (np.minimum(high, high[index]) - np.maximum(low, low[index])).clip(min=0).prod(1)
        same = shared > max_overlap * (area + area[index] - shared)
        within = shared > 0.75 * np.minimum(area, area[index])
        alive &= ~(same | within)
    return found


def part_around(box: Box, image: Image, *, close: bool = False) -> Box:
    """The part of a picture in which a plate is looked for that is expected at `box`; whole pixels."""
    rows, columns = image.shape[:2]
    least, plates = (CLOSE_SIZE, CLOSE_PLATES) if close else (NEAR_SIZE, NEAR_PLATES)
    wide = min(columns, math.ceil(max(least[0], plates[0] * box.width) / GRID) * GRID)
    high = min(rows, math.ceil(max(least[1], plates[1] * box.height) / GRID) * GRID)
    x, y = center(box)
    left, top = int(min(max(0.0, x - wide / 2), columns - wide)), int(min(max(0.0, y - high / 2), rows - high))
    return Box(left, top, left + wide, top + high)


def inside(box: Box, part: Box) -> bool:
    return part.x1 <= box.x1 and part.y1 <= box.y1 and box.x2 <= part.x2 and box.y2 <= part.y2


def cut_off(box: Box, part: Box, image: Image) -> bool:
    """Whether a plate reaches an edge of the part that is not an edge of the picture."""
    rows, columns = image.shape[:2]
    return (
        (0 < part.x1 >= box.x1 - 1)
        or (0 < part.y1 >= box.y1 - 1)
        or (columns > part.x2 <= box.x2 + 1)
        or (rows > part.y2 <= box.y2 + 1)
    )


def _starts(length: int, part: int) -> list[int]:
    """Where parts begin that cover a side of this length, evenly, and share OVERLAP pixels or more."""
    count = 1 if length <= part else math.ceil((length - OVERLAP) / (part - OVERLAP))
    return [round(index * (length - part) / max(1, count - 1)) if count > 1 else 0 for index in range(count)]


def _boxes(cells: FloatArray, min_score: float) -> list[Box]:
    """Where a second look is worth its time."""
    found = decode(cells, SCOUTED * min_score)
    return [corners_to_box([(float(x), float(y)) for x, y in corners]) for _, corners in found]


class Detector:
    """Finds plates with the network given; scores below `min_score` are dropped.

    With a `scout`, the same network in coarser and quicker numbers, whole pictures are searched by that one, and what
    it points at is looked at by `network`, whose score and corners count.
    """

    def __init__(
        self, network: Network, min_score: float = 0.3, max_side: int = MAX_SIDE, scout: Network | None = None
    ) -> None:
        self.network, self.min_score, self.max_side, self.scout = network, min_score, max_side, scout

    def __call__(self, image: Image) -> list[Detection]:
        return self.many([image])[0]

    def many(self, pictures: Sequence[Image]) -> list[list[Detection]]:
        """The plates of pictures of one size, in one batch: what a GPU is fed with."""
        side = max(pictures[0].shape[:2])
        if self.scout is not None and side > SMALL_SIDE:
            pointed_at = [_boxes(cells, self.min_score) for cells in self._cells(pictures, self.max_side, self.scout)]
            return [self.near(picture, boxes, close=True) for picture, boxes in zip(pictures, pointed_at, strict=True)]
        views = [self.max_side, side // 2] if side <= SMALL_SIDE else [self.max_side]
        cells = np.concatenate([self._cells(pictures, view) for view in views], 1)
        return [
            [self._detection(picture, score, corners) for score, corners in decode(answers, self.min_score)]
            for picture, answers in zip(pictures, cells, strict=True)
        ]

    def near(self, image: Image, boxes: Sequence[Box], *, close: bool = False) -> list[Detection]:
        """The plates near where some are expected, looked for in these parts of the picture alone, not shrunk.

        With `close` they are expected just there.
        """
        found: list[Detection] = []
        parts: list[Box] = []
        for box in boxes:
            if any(inside(box, part) and not cut_off(box, part, image) for part in parts):
                continue  # it was looked at along with another
            parts.append(part := part_around(box, image, close=close))
            (x, y), (right, bottom) = (int(part.x1), int(part.y1)), (int(part.x2), int(part.y2))
            cells = self._cells([image[y:bottom, x:right]], NEAR_SIDE)[0]
            cells[:, 1::2] += x
            cells[:, 2::2] += y
            for score, corners in decode(cells, self.min_score):
                item = self._detection(image, score, corners)
                known = any(box_iou(item.box, other.box) > SAME for other in found)
                if not known and not cut_off(item.box, part, image):
                    found.append(item)
        return found

    def everywhere(self, image: Image) -> list[Detection]:
        """As called, and where that shrinks the picture, in parts of it at full size too: several times the work.

        The same plate may come twice.
        """
        found = self(image)
        rows, columns = image.shape[:2]
        if max(rows, columns) <= self.max_side:
            return found
        for top in _starts(rows, self.max_side):
            for left in _starts(columns, self.max_side):
                part = image[top : top + self.max_side, left : left + self.max_side]
                for score, corners in decode(self._cells([part], self.max_side)[0], self.min_score):
                    found.append(self._detection(image, score, corners + np.array([left, top], np.float32)))
        return found

    def _cells(self, pictures: Sequence[Image], max_side: int, network: Network | None = None) -> FloatArray:
        """The network's answers, (n, cells, 9), with corners in pixels of the pictures."""
        batch, scales = zip(*(prepare(picture, max_side) for picture in pictures), strict=True)
        (answers,) = (network or self.network)(np.concatenate(batch))
        cells: FloatArray = answers.copy()
        cells[:, :, 1:] /= scales[0]
        return cells

    @staticmethod
    def _detection(image: Image, score: float, corners: FloatArray) -> Detection:
        points = tuple((float(x), float(y)) for x, y in corners)
        box: Box = clip(corners_to_box(points), image.shape[1], image.shape[0])
        return Detection(box, points, score)


def load_detector(
    name: str,
    min_score: float,
    device: backends.Device = "auto",
    *,
    folder: Path = weights.FOLDER,
    threads: int = 0,
) -> Detector:
    """The detector of that name in the manifest, on a CPU with its scout. Raises WeightsRefused."""
    network = backends.load_network(name, device, folder=folder, threads=threads)
    scout = None if backends.on_gpu(device) else backends.load_scout(name, folder=folder, threads=threads)
    max_side = int(weights.entry_of(name, folder).input.get("max_side", MAX_SIDE))
    return Detector(network, min_score, max_side, scout)
