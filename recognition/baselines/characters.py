"""Characters detected as objects: every character of a straightened plate is found with its box, then they are sorted.

Nothing here knows of sequences: a character that is missed or found twice makes the text wrong.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recognition import alphabet
from recognition.baselines import weights_folder
from recognition.inference import decode
from recognition.inference.recognize import prepare
from recognition.types import FloatArray, Image

MIN_SCORE = 0.7  # as it did best on training crops
MAX_OVERLAP = 0.25  # IoU from which on two boxes are of one character
LINE_GAP = 0.5  # of a character's height between the middles of the characters of two lines


def boxes(cells: FloatArray) -> NDArray[np.float32]:
    """One crop's cells (432, CLASSES + 4) -> (m, 5) class and box of each character, in order of reading."""
    shares = decode.probabilities(cells[:, : alphabet.CLASSES])
    score, best = shares[:, 1:].max(1), shares[:, 1:].argmax(1) + 1
    # A character that is between two classes is a character nevertheless: what counts is that it is none of nothing.
    sure = np.flatnonzero(1 - shares[:, 0] > MIN_SCORE)
    sure = sure[np.argsort(-(1 - shares[sure, 0] + score[sure]), kind="stable")]
    kept: list[int] = []
    for index in sure:
        if all(overlap(cells[index, -4:], cells[other, -4:]) < MAX_OVERLAP for other in kept):
            kept.append(int(index))
    found = np.array([[best[i], *cells[i, -4:]] for i in kept], np.float32).reshape(-1, 5)
    return found[in_order(found)]


def overlap(a: FloatArray, b: FloatArray) -> float:
    """IoU of two boxes."""
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return float(shared / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - shared))


def in_order(found: NDArray[np.float32]) -> NDArray[np.int64]:
    """Indices of the characters from left to right, the upper line first where there are two."""
    x, y = (found[:, 1] + found[:, 3]) / 2, (found[:, 2] + found[:, 4]) / 2
    lower = np.zeros(len(found), np.int64)
    if len(found) > 1:
        steps = np.sort(y)
        widest = int(np.diff(steps).argmax())
        if steps[widest + 1] - steps[widest] > LINE_GAP * np.median(found[:, 4] - found[:, 2]):
            lower = (y > steps[widest]).astype(np.int64)
    return np.lexsort((x, lower))


def view(crop: Image) -> FloatArray:
    """A rectified plate (BGR or grey uint8, any size) -> (1, 1, 48, 144)."""
    return prepare(crop)[None]


def text(cells: FloatArray) -> str:
    """What the cells (1, 432, CLASSES + 4) of one crop spell."""
    return alphabet.decode(boxes(cells[0])[:, 0].astype(int).tolist())


class Characters:
    """A plate reader."""

    name = "characters as objects"

    def __init__(self, threads: int = 0) -> None:
        self.network, self.parameters, self.gflops = weights_folder.load("characters", threads)

    def read(self, crop: Image) -> str:
        """The text on a rectified plate (BGR or grey uint8, any size); empty where it sees none."""
        return text(self.network(view(crop))[0])
