"""More real plates out of few: characters of one crop change places or are doubled, and the text with them.

Where the characters stand is read off a network that reads the crop without a mistake already (after a first part
of the training); cuts are moved to the emptiest column between two characters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.inference.recognize import WIDTH
from recognition.networks.recognizer import COLUMNS
from recognition.training import datasets_crops
from recognition.training.datasets_crops import CropSet
from recognition.training.validation import greedy, inputs, shown_margin
from recognition.types import Image

Network = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """A character's column in the network's view (0–143), in one of its two rows."""

    character: str
    row: int
    x: float


def places(logits: NDArray[np.float32]) -> list[Place]:
    """Where the network writes each character of its greedy reading."""
    best, found, start = logits.argmax(-1), [], 0
    for step in range(1, len(best) + 1):
        if step == len(best) or best[step] != best[start]:
            if best[start]:
                row, middle = divmod((start + step - 1) / 2, COLUMNS)
                text = greedy(logits[start : start + 1])
                found.append(Place(text, int(row), (middle + 0.5) * WIDTH / COLUMNS))
            start = step
    return found


def cuts(image: Image, centers: Sequence[float]) -> list[int]:
    """Columns that part the characters at `centers` of a stored crop, with one before the first and after the last.

    Networks tend to write a character when they have seen most of it, so the search leans to the left.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
    ink = grey[10:54].astype(np.float32).std(0)
    gaps = np.diff(centers)
    found = []
    for left, gap in zip(centers, gaps, strict=False):
        first = int(left + 0.05 * gap)
        last = max(first + 1, int(left + 0.65 * gap))
        found.append(first + int(ink[first:last].argmin()))
    usual = int(np.median(np.diff(found))) if len(found) > 1 else int(gaps[0])
    return [max(0, found[0] - usual), *found, min(image.shape[1], found[-1] + usual)]


def put(image: Image, columns: Sequence[int], moves: Sequence[tuple[int, int]]) -> Image:
    """Copy characters (from, to), all at once; each is stretched to the room that it finds."""
    out = image.copy()
    for source, target in moves:
        piece = image[:, columns[source] : columns[source + 1]]
        left, right = columns[target], columns[target + 1]
        out[:, left:right] = cv2.resize(piece, (right - left, image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return out


def kind(character: str) -> int:
    """Digit, letter or Chinese: exchanged among themselves alone, so that O and 0 stay where a format has them."""
    return 0 if character.isdigit() else 1 if character.isascii() else 2


def permuted(image: Image, text: str, columns: Sequence[int], rng: np.random.Generator) -> tuple[Image, str]:
    """One to four exchanges between characters of about the same width; a third of them double one instead.

    Doubles matter: networks that write with CTC tend to lose one of two equal neighbors.
    """
    letters = list(text)
    widths = np.diff(columns)
    for _ in range(int(rng.integers(1, 5))):
        first, second = (int(i) for i in rng.choice(len(letters), 2, replace=False))
        narrow, wide = sorted((widths[first], widths[second]))
        if kind(letters[first]) != kind(letters[second]) or narrow < 0.75 * wide or narrow < 5:
            continue
        if rng.random() < 0.33:
            image = put(image, columns, [(first, second)])
            letters[second] = letters[first]
        else:
            image = put(image, columns, [(first, second), (second, first)])
            letters[first], letters[second] = letters[second], letters[first]
    return image, "".join(letters)


def extend(crops: CropSet, network: Network, copies: int, rng: np.random.Generator, size: int = 64) -> CropSet:
    """The set and, behind it, `copies` permuted versions of each one-line crop that the network reads rightly."""
    images, texts, origin = [], [], []
    margin = shown_margin(crops)
    batch = inputs(crops)
    for start in range(0, len(crops), size):
        for offset, logits in enumerate(network(batch[start : start + size])[0]):
            index, found = start + offset, places(logits)
            if "".join(p.character for p in found) != crops.texts[index] or not _one_line(found):
                continue
            # From the network's view to the stored crop, which shows more around the plate.
            stored = datasets_crops.window([margin] * 4, np.zeros((4, 2)))
            scale = float(stored[1, 0] - stored[0, 0]) / WIDTH
            columns = cuts(crops.images[index], [float(stored[0, 0]) + p.x * scale for p in found])
            for _ in range(copies):
                image, text = permuted(crops.images[index], crops.texts[index], columns, rng)
                if text != crops.texts[index]:
                    images.append(image)
                    texts.append(text)
                    origin.append(index)
    if not images:
        return crops
    more = np.array(origin, np.int64)
    return CropSet(
        crops.name,
        np.concatenate([crops.images, np.stack(images)]),
        [*crops.texts, *texts],
        np.concatenate([crops.regions, crops.regions[more]]),
        crops.margin,
        np.concatenate([crops.clear, crops.clear[more]]),
    )


def save(path: Path, crops: CropSet) -> None:
    np.savez(path, images=crops.images, texts=np.array(crops.texts), regions=crops.regions, clear=crops.clear)


def restore(path: Path, crops: CropSet) -> CropSet:
    """What `save` wrote for this set."""
    held = np.load(path)
    texts = [str(text) for text in held["texts"]]
    return CropSet(crops.name, held["images"], texts, held["regions"], crops.margin, held["clear"])


def _one_line(found: Sequence[Place]) -> bool:
    """At least four characters, all written in order from left to right (rows may change in a tilted crop)."""
    xs = [place.x for place in found]
    return len(xs) >= 4 and all(b - a > 3 for a, b in pairwise(xs))
