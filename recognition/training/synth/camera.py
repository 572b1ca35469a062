"""The camera of the drawn street, and flat shapes put before it.

World coordinates in meters: x to the right of the camera's path, up from the road, z ahead of the camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.bodies import Color
from recognition.types import FloatArray, Image

NEAREST = 1.2  # meters before the camera at which things are cut off
AIR: Color = (222, 226, 226)  # the color that far things fade to
Place = tuple[float, float, float]  # x, up, z


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera. `shake` moves the picture by so many pixels; `border` is drawn around it on all sides."""

    width: int = 1280
    height: int = 720
    shake: tuple[float, float] = (0.0, 0.0)
    above_road: float = 1.3
    border: int = 0

    @property
    def focal(self) -> float:
        """In pixels."""
        return 1.15 * self.width

    @property
    def middle(self) -> tuple[float, float]:
        return self.border + self.width / 2 + self.shake[0], self.border + 0.46 * self.height + self.shake[1]

    def project(self, x: float, up: float, z: float) -> tuple[float, float]:
        z = max(z, NEAREST)
        u, v = self.middle
        return u + self.focal * x / z, v + self.focal * (self.above_road - up) / z

    def project_all(self, places: Sequence[Sequence[Place]]) -> FloatArray:
        """(shapes, points, 2) pixels of so many shapes of as many points each."""
        world = np.array(places, np.float32)
        z = np.maximum(world[..., 2], NEAREST)
        u, v = self.middle
        return np.stack(
            [u + self.focal * world[..., 0] / z, v + self.focal * (self.above_road - world[..., 1]) / z], -1
        )


def shapes(image: Image, camera: Camera, color: Color, places: Sequence[Sequence[Place]]) -> None:
    """Fill shapes of one color that have equally many points and do not overlap."""
    if places:
        flat = np.rint(np.clip(camera.project_all(places), -30000, 30000) * 16).astype(np.int32)
        cv2.fillPoly(image, list(flat), color, cv2.LINE_AA, 4)


def quad(image: Image, camera: Camera, color: Color, *points: Place) -> None:
    shapes(image, camera, color, [points])


def haze(color: Color, z: float) -> Color:
    """A color as it looks through `z` meters of morning air."""
    share = mist(z)
    blue, green, red = (int(c * (1 - share) + air * share) for c, air in zip(color, AIR, strict=True))
    return blue, green, red


def mist(z: float) -> float:
    """How much of what we see at `z` meters is air, 0–1."""
    return min(0.8, max(0.0, z - 15) / 150)


def paste(image: Image, sprite: NDArray[np.uint8], left: float, top: float, scale: float, fade: float = 0.0) -> None:
    """Lay a picture (BGRA, colors times coverage) over the image, to a fraction of a pixel.

    `fade` mixes in so much air.
    """
    original = sprite.shape
    if scale < 0.6:  # averaged down first, since warping skips pixels
        sprite = np.asarray(cv2.resize(sprite, None, fx=scale * 1.25, fy=scale * 1.25, interpolation=cv2.INTER_AREA))
    across, down = scale * original[1] / sprite.shape[1], scale * original[0] / sprite.shape[0]
    x1, y1 = max(0, int(left)), max(0, int(top))
    x2 = min(image.shape[1], int(left + original[1] * scale) + 2)
    y2 = min(image.shape[0], int(top + original[0] * scale) + 2)
    if x2 > x1 and y2 > y1:
        # Pixel middles lie at +0.5, hence the half pixels.
        move = np.array([[across, 0, left - x1 + across / 2 - 0.5], [0, down, top - y1 + down / 2 - 0.5]])
        laid = cv2.warpAffine(sprite, move, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR)
        cover = cv2.cvtColor(laid[..., 3], cv2.COLOR_GRAY2BGR)
        ink = laid[..., :3]
        if fade > 0.02:
            air = cv2.multiply(cover, np.full_like(cover, AIR), scale=1 / 255)
            ink = np.asarray(cv2.addWeighted(ink, 1 - fade, air, fade, 0), np.uint8)
        part = image[y1:y2, x1:x2]
        part[:] = cv2.add(cv2.multiply(part, 255 - cover, scale=1 / 255), ink)
