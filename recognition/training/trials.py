"""Drawn trials whose answers are known: plates to be read, and streets in which a plate is to be found.

They are drawn with seeds and, where a folder of fonts has them, in typefaces that no network is trained with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from recognition.geometry import Corners, corners_to_box, quad_size
from recognition.inference import rectify
from recognition.training.datasets_crops import view, window
from recognition.training.datasets_drawn import drawn_pictures
from recognition.training.datasets_scenes import Picture
from recognition.training.synth import degrade, fonts, plates
from recognition.training.synth.fonts import Typeface
from recognition.training.synth.plates import DrawnPlate
from recognition.types import Box, FloatArray, Image

HEIGHTS = (8.0, 60.0)  # pixels of the plates to be found, small ones as frequent as large ones
STREETS = 12  # trials for one drawn street
TWO_LINES = 1.7  # how much higher a plate is that carries two lines, or an American one
COVERED = 1.3  # of the vehicle's own plate, hidden under its paint

Faces = tuple[Sequence[Typeface], Sequence[Typeface]]  # for Latin characters and for Chinese ones


@dataclass(frozen=True, slots=True, eq=False)
class CropTrial:
    """One plate as the recognizer gets it, in a picture that a person reads without effort."""

    image: Image
    text: str
    region: str


@dataclass(frozen=True, slots=True, eq=False)
class StreetTrial:
    """A street with one plate whose place is known, among others that do not count."""

    image: Image
    corners: Corners
    text: str

    @property
    def box(self) -> Box:
        return corners_to_box(self.corners)

    @property
    def height(self) -> float:
        """Pixels of the plate's left and right sides, which a turn does not shorten as it does the box."""
        return quad_size(self.corners)[1]


def load_faces(folder: Path | None) -> Faces:
    """Typefaces kept out of training, or our own outlines where there is no folder that has any."""
    faces, chinese = fonts.load(folder)
    return (fonts.load_held_out(folder) if folder else []) or faces, chinese


def crops(faces: Faces, count: int, seed: int) -> Iterator[CropTrial]:
    rng = np.random.default_rng([seed, 1])
    points = window([rectify.MARGIN] * 4, np.zeros((4, 2)))
    for _ in range(count):
        plate = plates.render_plate(rng, *faces)
        stored = degrade.photograph(plate.image, rng, (), degrade.CLEAR)
        yield CropTrial(view(stored, points, rectify.WIDTH, rectify.HEIGHT), plate.text, plate.region)


def streets(faces: Faces, count: int, seed: int) -> Iterator[StreetTrial]:
    """Every plate lies within its picture and is HEIGHTS[0] pixels high or more; light, focus and noise vary."""
    rng = np.random.default_rng([seed, 2])
    pictures = [picture for picture in drawn_pictures(1 + count // STREETS, seed) if len(picture.plates)]
    made = 0
    while made < count:
        trial = _street(rng, pictures[int(rng.integers(len(pictures)))], plates.render_plate(rng, *faces))
        box, (high, wide) = trial.box, trial.image.shape[:2]
        if trial.height >= HEIGHTS[0] and min(box.x1, box.y1, wide - box.x2, high - box.y2) > 0:
            made += 1
            yield trial


def _street(rng: np.random.Generator, picture: Picture, plate: DrawnPlate) -> StreetTrial:
    """The plate in the place of one of the picture's own, turned in space, and all of it photographed."""
    own = picture.plates[int(rng.integers(len(picture.plates)))][:8].reshape(4, 2)
    image = _painted_over(picture.image, own)
    aspect = plate.image.shape[1] / plate.image.shape[0]
    height = float(np.ptp(own[:, 1])) * (TWO_LINES if aspect < 2.5 else 1.0)
    corners = degrade.turned(aspect, height, rng)
    corners = (corners - corners.mean(0) + own.mean(0)).astype(np.float32)
    _paste(plate.image, corners, image)
    shrink = min(1.0, float(np.exp(rng.uniform(*np.log(HEIGHTS)))) / height)
    scene = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    degrade.light(scene, rng)
    seen = degrade.sensor(degrade.blur(scene, height * shrink, rng, degrade.CLEAR), rng)
    return StreetTrial(seen, tuple((float(x), float(y)) for x, y in corners * shrink), plate.text)


def _painted_over(image: Image, own: FloatArray) -> Image:
    image, middle = image.copy(), own.mean(0)
    around = np.clip(middle + COVERED * (own - middle), 0, [image.shape[1] - 1, image.shape[0] - 1]).astype(np.int32)
    paint = np.median(image[around[:, 1], around[:, 0]], 0)
    cv2.fillConvexPoly(image, around, tuple(float(value) for value in paint))
    return image


def _paste(plate: Image, corners: FloatArray, image: Image) -> None:
    scale = min(1.0, 1.4 * float(np.ptp(corners[:, 1])) / plate.shape[0])
    small = cv2.resize(plate, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    high, wide = small.shape[:2]
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    size = (image.shape[1], image.shape[0])
    cv2.warpPerspective(small, matrix, size, dst=image, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
