"""Straighten, cut the characters apart with OpenCV, and classify each one by itself.

What is cut wrongly cannot be read rightly: touching characters, dirt, a band's letters and a shadow are its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition import alphabet
from recognition.baselines import weights_folder
from recognition.types import FloatArray, Image

HEIGHT, WIDTH = 72, 216  # pixels at which a plate is cut apart
SIZE = 24  # of a character's patch
NOTHING = 0  # class of what is no character; the others count from 1 through alphabet.LATIN
TALLEST, SHORTEST = 0.9, 0.2  # of the plate's height
LOW = 0.45  # of the plate's height, below which characters stand in two lines
WIDEST = 1.15  # width over height of one character; what is wider is taken for several that touch

Classify = Callable[[FloatArray], tuple[FloatArray, ...]]


@dataclass(frozen=True, slots=True)
class Piece:
    """An upright box in the plate of HEIGHT × WIDTH pixels."""

    x: int
    y: int
    width: int
    height: int


def grey_of(crop: Image) -> NDArray[np.uint8]:
    """A rectified plate (BGR or grey, any size) in grey, HEIGHT × WIDTH."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if crop.ndim == 3 else crop
    return np.asarray(cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)


def ink_of(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Characters 255, ground 0, whichever of the two is the darker: characters cover less than half of the middle."""
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    mask = cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV, 35, 8)
    middle = grey[HEIGHT // 4 : -HEIGHT // 4, WIDTH // 8 : -WIDTH // 8]
    level, _ = cv2.threshold(middle, 0, 255, cv2.THRESH_OTSU)
    if (middle < level).mean() > 0.55:
        mask = cv2.adaptiveThreshold(255 - soft, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV, 35, 8)
    return np.asarray(mask, np.uint8)


def pieces(ink: NDArray[np.uint8]) -> list[Piece]:
    """Connected parts that are as large as a character, those that are too wide cut at their thinnest columns."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    found = []
    for x, y, width, height, _area in stats[1:count].tolist():
        if SHORTEST * HEIGHT <= height <= TALLEST * HEIGHT and width <= WIDTH / 2:
            found += _parted(ink, Piece(x, y, width, height))
    return _alike(found)


def _parted(ink: NDArray[np.uint8], piece: Piece) -> list[Piece]:
    # A plate of two lines comes as wide as one of a single line: its characters are twice as wide for their height.
    usual = piece.height * (2 if piece.height < LOW * HEIGHT else 1)
    many = round(piece.width / (0.6 * usual)) if piece.width > WIDEST * usual else 1
    if many < 2:
        return [piece]
    columns = ink[piece.y : piece.y + piece.height, piece.x : piece.x + piece.width].astype(np.float32).sum(0)
    cuts, step = [0], piece.width / many
    for index in range(1, many):
        low, high = int((index - 0.25) * step), int((index + 0.25) * step) + 1
        cuts.append(low + int(columns[low:high].argmin()))
    cuts.append(piece.width)
    return [Piece(piece.x + a, piece.y, b - a, piece.height) for a, b in pairwise(cuts) if b - a >= 3]


def _alike(found: Sequence[Piece]) -> list[Piece]:
    """Those about as high as most are, without what lies within another."""
    if not found:
        return []
    usual = float(np.median([piece.height for piece in found]))
    kept = [piece for piece in found if 0.7 * usual <= piece.height <= 1.35 * usual]
    return [piece for piece in kept if not any(_within(piece, other) for other in kept if other is not piece)]


def _within(a: Piece, b: Piece) -> bool:
    across = b.x <= a.x and a.x + a.width <= b.x + b.width
    return across and b.y <= a.y and a.y + a.height <= b.y + b.height


def in_order(found: Sequence[Piece]) -> list[Piece]:
    """From left to right, the upper line first where the pieces lie in two."""
    if not found:
        return []
    middles = sorted(piece.y + piece.height / 2 for piece in found)
    gaps = np.diff(middles)
    split = float("-inf")
    if len(gaps) and gaps.max() > 0.5 * np.median([piece.height for piece in found]):
        split = middles[int(gaps.argmax())]
    return sorted(found, key=lambda piece: (split > float("-inf") and piece.y + piece.height / 2 > split, piece.x))


def patch(grey: NDArray[np.uint8], piece: Piece) -> FloatArray:
    """(1, SIZE, SIZE): a character with two pixels around it, brought to mean 0 and deviation 1."""
    x1, y1 = max(0, piece.x - 2), max(0, piece.y - 2)
    part = grey[y1 : piece.y + piece.height + 2, x1 : piece.x + piece.width + 2].astype(np.float32)
    side = max(part.shape)
    canvas = np.full((side, side), np.median(part), np.float32)
    top, left = (side - part.shape[0]) // 2, (side - part.shape[1]) // 2
    canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    small = np.asarray(cv2.resize(canvas, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray((small - small.mean()) / (small.std() + 4.0), np.float32)[None]


def read_with(classify: Classify, crop: Image) -> str:
    """The text on a rectified plate by a classifier of patches (n, 1, SIZE, SIZE) -> logits (n, 37)."""
    grey = grey_of(crop)
    found = in_order(pieces(ink_of(grey)))
    if not found:
        return ""
    (logits,) = classify(np.stack([patch(grey, piece) for piece in found]))
    return "".join(alphabet.LATIN[index - 1] for index in logits.argmax(1).tolist() if index != NOTHING)


class Segment:
    """A plate reader."""

    name = "segmentation + character classifier"

    def __init__(self, threads: int = 0) -> None:
        self.network, self.parameters, self.gflops = weights_folder.load("segment", threads)

    def read(self, crop: Image) -> str:
        """The text on a rectified plate (BGR or grey uint8, any size); empty where it sees none."""
        return read_with(self.network, crop)
