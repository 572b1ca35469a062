"""A window slid over a picture at several sizes that finds and reads plates of seven characters (after deep-anpr).

One pass of a fully convolutional network per size gives every window at once; hits that overlap are merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition import alphabet
from recognition.baselines import weights_folder
from recognition.geometry import box_iou
from recognition.inference import decode
from recognition.types import Box, FloatArray, Image

HEIGHT, WIDTH, STRIDE = 64, 128, 8
MIDDLE = np.array([WIDTH / 2, HEIGHT / 2] * 2, np.float32)
REACH = 64.0  # pixels in which edges are told
BOX, LETTERS = 4, 36
MIN_SCORE = 0.9  # of a plate's presence in a picture, where windows without one are thousands …
MIN_CROP_SCORE = 0.5  # … and in a crop that is thought to be one
MAX_OVERLAP = 0.3  # IoU from which on two hits are of one plate
MAX_SIDE = 1280  # pixels of the largest view; small pictures are enlarged, at most this much:
MAX_ENLARGED = 2.0
STEP = 2**-0.5  # from one view to the next; a window reads plates that fill 58 to 88 % of its width
CROP_SIZES = ((84, 24), (100, 24), (84, 32), (100, 32))  # at which a crop is put into the window


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    score: float
    box: Box
    letters: NDArray[np.float64]  # 7 × 36 probabilities

    @property
    def text(self) -> str:
        return "".join(alphabet.LATIN[index] for index in self.letters.argmax(1))


def flatten(grey: NDArray[np.uint8]) -> FloatArray:
    """Every pixel against the mean and the deviation of half a window around it, so that night equals day."""
    values, size = grey.astype(np.float32), (WIDTH // 2 + 1, HEIGHT // 2 + 1)
    mean, square = cv2.blur(values, size), cv2.blur(values * values, size)
    return np.asarray((values - mean) / (np.sqrt(np.maximum(square - mean * mean, 0)) + 8), np.float32)


def hits(cells: FloatArray, scale: float, min_score: float) -> list[Hit]:
    """What the windows (257, rows, columns) of a view see; `scale` is from the picture to the view."""
    found = []
    for row, column in np.argwhere(cells[0] > np.log(min_score / (1 - min_score))):
        cell = cells[:, row, column]
        corner = np.array([column, row, column, row], np.float32) * STRIDE
        edges = (cell[1 : 1 + BOX] * REACH + MIDDLE + corner) / scale
        letters = decode.probabilities(cell[1 + BOX :].reshape(-1, LETTERS))
        found.append(Hit(float(1 / (1 + np.exp(-cell[0]))), Box(*map(float, edges)), letters))
    return found


def merge(found: Sequence[Hit]) -> list[Hit]:
    """One hit a plate, best first: the most certain one's box, and the mean of what all that overlap it read."""
    left, merged = sorted(found, key=lambda hit: -hit.score), []
    while left:
        best = left[0]
        near = [hit for hit in left if box_iou(hit.box, best.box) > MAX_OVERLAP]
        letters = np.average([hit.letters for hit in near], 0, [hit.score for hit in near])
        merged.append(Hit(best.score, best.box, letters))
        left = [hit for hit in left[1:] if hit not in near]
    return merged


def scales(height: int, width: int) -> list[float]:
    """Sizes at which a picture is looked at, from the largest down to where one window covers it."""
    scale, found = min(MAX_ENLARGED, MAX_SIDE / max(height, width)), []
    while scale * height >= HEIGHT and scale * width >= WIDTH:
        found.append(scale)
        scale *= STEP
    return found


def to_grey(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image, np.uint8)


def crop_views(crop: Image) -> FloatArray:
    """(n, 1, 64, 128): a rectified plate in the middle of the window, its border repeated, at several sizes."""
    grey, views = to_grey(crop), []
    for width, height in CROP_SIZES:
        sized = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
        x, y = (WIDTH - width) // 2, (HEIGHT - height) // 2
        view = cv2.copyMakeBorder(sized, y, HEIGHT - height - y, x, WIDTH - width - x, cv2.BORDER_REPLICATE)
        views.append(flatten(np.asarray(view, np.uint8)))
    return np.stack(views)[:, None]


def crop_text(cells: FloatArray) -> str:
    """(n, 257, 1, 1) windows of one crop -> what the most certain one reads; empty where none sees a plate."""
    best = cells[cells[:, 0, 0, 0].argmax()]
    found = hits(best, 1.0, MIN_CROP_SCORE)
    return found[0].text if found else ""


class Windows:
    """A scene reader; it also reads crops, to be compared on them."""

    name = "sliding window (deep-anpr)"

    def __init__(self, threads: int = 0) -> None:
        self.network, self.parameters, self.gflops = weights_folder.load("windows", threads)

    def read_scene(self, image: Image) -> list[tuple[Box, str]]:
        """Plates of a whole picture (BGR uint8), the most certain first."""
        grey, found = to_grey(image), []
        for scale in scales(*grey.shape):
            shrinks = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
            view = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=shrinks), np.uint8)
            found += hits(self.network(flatten(view)[None, None])[0][0], scale, MIN_SCORE)
        return [(hit.box, hit.text) for hit in merge(found)]

    def read(self, crop: Image) -> str:
        """The seven characters on a rectified plate (BGR or grey uint8, any size); empty where it sees none."""
        return crop_text(self.network(crop_views(crop))[0])
