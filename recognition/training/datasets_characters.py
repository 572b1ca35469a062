"""Plates of which every character's box is known: drawn ones, and real ones that a trained network has boxed.

The generator's own plates do not tell where their characters stand, so these are set here, a little simpler, from the
same hands, ornaments and grammars, and then photographed by the same camera.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition import alphabet
from recognition.inference.recognize import HEIGHT, WIDTH
from recognition.training import datasets_crops, validation
from recognition.training.datasets_crops import CropSet
from recognition.training.synth import degrade, grammars, ornaments, plates
from recognition.training.synth.fonts import HEIGHT as INK
from recognition.training.synth.fonts import Typeface
from recognition.training.synth.grammars import Line, PlateText
from recognition.training.synth.plates import Hand, Style
from recognition.types import Image

Boxes = NDArray[np.float32]  # m × 5: class (from 1, as in the alphabet) and x1, y1, x2, y2 in pixels


@dataclass(frozen=True, slots=True, eq=False)
class BoxedCrops:
    """Stored crops (n × 64 × 192, grey) and the characters on each."""

    images: NDArray[np.uint8]
    characters: Sequence[Boxes]

    def __len__(self) -> int:
        return len(self.characters)


def set_line(line: Line, hand: Hand, rng: np.random.Generator) -> tuple[NDArray[np.float32], Boxes]:
    """The ink of one line, 0–1, INK rows, and its characters' boxes."""
    pieces, boxes, x = [], [], 0
    for index, group in enumerate(line.groups):
        if index:
            blank = np.zeros((INK, max(6, int(hand.group_gap * INK))), np.float32)
            if line.separators[index - 1] == "-" and rng.random() < 0.6:
                blank = np.zeros((INK, max(34, blank.shape[1])), np.float32)
                if rng.random() < 0.5:
                    blank = ornaments.seal((INK, blank.shape[1]), rng)
                else:
                    blank[28:36, 8:-8] = 1
            pieces.append(blank)
            x += blank.shape[1]
        for character in group:
            mask = hand.mask(character)
            room = max(0, int(hand.fixed * INK) - mask.shape[1]) // 2
            gap = max(1, int(hand.gap * INK))
            boxes.append((alphabet.encode(character)[0], x + room, 0, x + room + mask.shape[1], INK))
            pieces.append(np.pad(mask, ((0, 0), (room, room + gap))))
            x += pieces[-1].shape[1]
    return np.hstack(pieces), np.array(boxes, np.float32)


def draw(text: PlateText, style: Style, hand: Hand, rng: np.random.Generator) -> tuple[Image, Boxes]:
    """A flat plate in color, and its characters' boxes."""
    paint, two = ornaments.any_color(rng, 120, 250), len(text.lines) == 2
    ground, ink = style.colors[int(rng.integers(len(style.colors)))] if style.colors else (paint, plates.BLACK)
    ratio = float(rng.uniform(0.34, 0.44)) if two else float(rng.uniform(*style.ratio))
    height = min(int(INK / ratio), 190)
    aspect = float(rng.uniform(*(plates.TWO_LINE_ASPECT if two else style.aspect)))
    image = np.empty((height, int(height * aspect), 3), np.float32)
    image[:] = np.array(ground) * rng.uniform(0.75, 1.08)
    if text.style == "us" and rng.random() < 0.6:
        ornaments.state_art(image, rng)
    left = ornaments.band(image, text.region, rng) if rng.random() < style.band * (0.5 if two else 1) else 0
    if rng.random() < style.words and not two:
        ornaments.small_print(image, ink, rng, (1 - ratio) / 2)
    room = int((image.shape[1] - left) * rng.uniform(0.86, 0.97))
    high = int(ratio * height)
    gap = int((height - high * len(text.lines)) * rng.uniform(0.15, 0.4)) if two else 0
    y = int((height - high * len(text.lines) - gap) * rng.uniform(0.4, 0.6))
    found = []
    for line in text.lines:
        mask, boxes = set_line(line, hand, rng)
        wide = min(room, max(8, round(mask.shape[1] * high / INK)))
        x = left + int((image.shape[1] - left - wide) * rng.uniform(0.35, 0.65))
        sized = np.asarray(cv2.resize(mask, (wide, high), interpolation=cv2.INTER_AREA), np.float32)
        ornaments.lay(image[y : y + high, x : x + wide], sized, ink)
        boxes[:, [1, 3]] = boxes[:, [1, 3]] * (wide / mask.shape[1]) + x
        boxes[:, [2, 4]] = boxes[:, [2, 4]] * (high / INK) + y
        found.append(boxes)
        y += high + gap
    if rng.random() < 0.6:
        corner = (image.shape[1] - 2, height - 2)
        cv2.rectangle(image, (1, 1), corner, ink, int(rng.integers(1, 5)))
    ornaments.screws(image, rng)
    ornaments.wear(image, rng)
    return np.clip(image, 0, 255).astype(np.uint8), np.concatenate(found)


def moved(boxes: Boxes, matrix: NDArray[Any]) -> Boxes:
    """Upright boxes around the boxes after a homography."""
    if not len(boxes):
        return boxes
    x1, y1, x2, y2 = boxes[:, 1:].T
    corners = np.stack([x1, y1, x2, y1, x2, y2, x1, y2], 1).reshape(-1, 1, 2).astype(np.float32)
    seen = cv2.perspectiveTransform(corners, np.asarray(matrix, np.float64)).reshape(-1, 4, 2)
    # Of a slanted character the middle of its edges: the upright box around its corners would hold its neighbors.
    left, right = (seen[:, 0] + seen[:, 3])[:, 0] / 2, (seen[:, 1] + seen[:, 2])[:, 0] / 2
    top, foot = (seen[:, 0] + seen[:, 1])[:, 1] / 2, (seen[:, 2] + seen[:, 3])[:, 1] / 2
    return np.stack([boxes[:, 0], left, top, right, foot], 1).astype(np.float32)


def rectangle(width: float, height: float) -> NDArray[np.float32]:
    """Corners of an upright rectangle at (0, 0), clockwise from the top left."""
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def photograph(plate: Image, boxes: Boxes, rng: np.random.Generator, pictures: Sequence[Image]) -> tuple[Image, Boxes]:
    """`degrade.photograph`, with the boxes taken along: a flat plate -> the stored crop, in grey."""
    scene, corners = degrade.place(plate, rng, pictures, degrade.ANY.heights)
    boxes = moved(boxes, cv2.getPerspectiveTransform(rectangle(plate.shape[1], plate.shape[0]), corners))
    height = float(np.linalg.norm(corners[3] - corners[0]))
    bright = scene.astype(np.float32)
    degrade.light(bright, rng)
    image = degrade.sensor(degrade.blur(bright, height, rng, degrade.ANY), rng)
    if rng.random() < degrade.ANY.video:
        image = degrade.compress(image, rng)
    corners = corners + rng.normal(0, 0.025 * height, (4, 2)).astype(np.float32)
    corners = degrade.enclosing(corners) if rng.random() < 0.4 else corners
    stored = datasets_crops.window([0.0] * 4, np.zeros((4, 2)))  # where `cut` lays the corners
    seen = cv2.cvtColor(degrade.cut(image, corners), cv2.COLOR_BGR2GRAY)
    return np.asarray(seen, np.uint8), moved(boxes, cv2.getPerspectiveTransform(corners, stored))


def render(
    seed: int, count: int, faces: Sequence[Typeface], chinese: Sequence[Typeface], pictures: Sequence[Image]
) -> BoxedCrops:
    """`count` drawn plates, photographed."""
    rng = np.random.default_rng([seed, 78])
    images, characters = np.empty((count, degrade.STORED_HEIGHT, degrade.STORED_WIDTH), np.uint8), []
    for index in range(count):
        text = grammars.sample(rng)
        while not chinese and not text.text.isascii():
            text = grammars.sample(rng)
        plate, boxes = draw(text, plates.STYLES[text.style], plates.choose_hand(rng, faces, chinese), rng)
        images[index], seen = photograph(plate, boxes, rng, pictures)
        characters.append(seen)
    return BoxedCrops(images, characters)


def boxed(crops: CropSet, read: Callable[[Image], Boxes], agree: float = 0.5) -> BoxedCrops:
    """The crops on which `read` finds as many characters as the label has, most of them the right ones.

    `read` takes a crop as inference sees it and gives its characters in order of reading. Their boxes are kept, what
    they say is taken from the label: so the real crops, which nobody has boxed, teach the network too.
    """
    images, characters = [], []
    points = datasets_crops.window([crops.margin] * 4, np.zeros((4, 2)))
    back = cv2.getPerspectiveTransform(rectangle(WIDTH, HEIGHT), points)
    for index, text in enumerate(crops.texts):
        found, truth = read(validation.as_inference_sees(crops, index)), alphabet.encode(text)
        if not truth or len(found) != len(truth) or (found[:, 0] == truth).mean() < agree:
            continue
        found[:, 0] = truth
        image = crops.images[index]
        images.append(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image)
        characters.append(moved(found, back))
    return BoxedCrops(np.array(images, np.uint8).reshape(-1, degrade.STORED_HEIGHT, degrade.STORED_WIDTH), characters)


def write(path: Path, crops: BoxedCrops) -> None:
    """One file; a kill never leaves half of it."""
    partial = path.with_suffix(".part.npz")
    counts = [len(boxes) for boxes in crops.characters]
    rows = np.concatenate(crops.characters) if len(crops) else np.zeros((0, 5), np.float32)
    np.savez(partial, images=crops.images, counts=counts, boxes=rows)
    partial.replace(path)


def read(paths: Sequence[Path]) -> BoxedCrops:
    parts = [np.load(path) for path in paths]
    boxes = [rows for part in parts for rows in np.split(part["boxes"], np.cumsum(part["counts"])[:-1])]
    return BoxedCrops(np.concatenate([part["images"] for part in parts]), boxes)
