"""Proportions of drawn vehicles, and a sheet in meters on which their faces are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Color = tuple[int, int, int]  # blue, green, red
Point = tuple[float, float]
SCALE = 360  # pixels per meter of a face's picture
MARGIN = 0.2  # meters beside the body, for its mirrors


@dataclass(frozen=True, slots=True)
class Body:
    """Proportions of a vehicle, in meters."""

    width: float
    height: float
    length: float
    waist: float  # height at which the windows begin
    roof: float  # width of the roof over the width
    plate: float  # height of the rear plate's middle
    tall_lamps: bool = False  # rear lamps that stand, as on vans
    windows: int = 2  # along the flank
    bonnet: float = 1.05  # how far the windshield's foot lies behind the nose

    def half(self, up: float) -> float:
        """Half the width at a height above the road."""
        heights, shares = zip(*self.profile(), strict=True)
        return float(np.interp(up, heights, shares)) * self.width / 2

    def profile(self) -> list[Point]:
        """(height, share of half the width), from the road up to where the roof bends."""
        return [(0.2, 0.93), (0.34, 0.985), (0.55, 1.0), (self.waist - 0.15, 0.985), (self.waist, 0.945),
                (self.height - 0.12, self.roof)]  # fmt: skip


BODIES = {
    "sedan": Body(1.80, 1.43, 4.6, 0.93, 0.70, 0.66),
    "hatch": Body(1.74, 1.48, 3.9, 0.95, 0.74, 0.58),
    "suv": Body(1.88, 1.68, 4.6, 1.07, 0.79, 0.74, windows=3),
    "van": Body(1.92, 1.96, 4.9, 1.16, 0.90, 0.60, tall_lamps=True, windows=3, bonnet=0.7),
}


def shade(color: Color, factor: float) -> Color:
    blue, green, red = (int(min(255, max(0, channel * factor))) for channel in color)
    return blue, green, red


def rounded(points: Sequence[Point], radius: float = 0.06) -> list[Point]:
    """A closed outline whose corners are rounded from `radius` meters before to as much after, less on short edges."""
    line = np.array(points)
    turned: list[Point] = []
    for before, corner, after in zip(np.roll(line, 1, 0), line, np.roll(line, -1, 0), strict=True):
        start, end = (corner + (other - corner) * min(0.45, radius / max(1e-6, float(np.hypot(*(other - corner)))))
                      for other in (before, after))  # fmt: skip
        for t in np.linspace(0, 1, 7):
            x, y = (1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t * t * end
            turned.append((float(x), float(y)))
    return turned


def mirrored(half: Sequence[Point]) -> list[Point]:
    """The right half of an outline from foot to top, and the left half back down."""
    return [*half, *((-x, y) for x, y in reversed(half))]


class Sheet:
    """A transparent picture. Points are in meters: x from the middle, y up from the road."""

    def __init__(self, body: Body) -> None:
        self.height = body.height + 0.02
        self.middle = (body.width / 2 + MARGIN) * SCALE
        self.pixels = np.zeros((round(self.height * SCALE), round(2 * self.middle), 4), np.uint8)

    def at(self, x: float, y: float) -> Point:
        return self.middle + x * SCALE, (self.height - y) * SCALE

    def fill(self, points: Sequence[Point], top: Color, foot: Color | None = None, share: float = 1.0) -> None:
        """Fill an outline with a color that turns from `top` to `foot`, over what was there by `share`."""
        mask = np.zeros(self.pixels.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self._fixed(points)], 255, cv2.LINE_AA, 4)
        self._lay(mask, top, foot or top, share)

    def line(self, points: Sequence[Point], color: Color, width: float = 0.008, share: float = 1.0) -> None:
        mask = np.zeros(self.pixels.shape[:2], np.uint8)
        cv2.polylines(mask, [self._fixed(points)], False, 255, max(1, round(width * SCALE)), cv2.LINE_AA, 4)
        self._lay(mask, color, color, share)

    def ring(self, x: float, y: float, radius: float, color: Color, width: float = 0.0) -> None:
        """A circle, filled where no width of its line is given."""
        turn = np.linspace(0, 2 * np.pi, 40)
        points = [(x + radius * float(np.cos(a)), y + radius * float(np.sin(a))) for a in turn]
        if width:
            self.line(points, color, width)
        else:
            self.fill(points, color)

    def _fixed(self, points: Sequence[Point]) -> NDArray[np.int32]:
        return np.asarray(np.rint(np.array([self.at(*point) for point in points]) * 16), np.int32)

    def _lay(self, mask: NDArray[np.uint8], top: Color, foot: Color, share: float) -> None:
        x, y, wide, high = cv2.boundingRect(mask)
        part, cover = self.pixels[y : y + high, x : x + wide], mask[y : y + high, x : x + wide]
        down = np.linspace(0, 1, high, dtype=np.float32)[:, None, None]
        color = np.array(top, np.float32) * (1 - down) + np.array(foot, np.float32) * down
        weight = cover[..., None].astype(np.float32) * (share / 255)
        part[..., :3] = part[..., :3] * (1 - weight) + color * weight
        if share == 1:
            part[..., 3] = np.maximum(part[..., 3], cover)

    def bulge(self, strength: float = 0.3) -> None:
        """Darken towards the sides, as a rounded body turns from the light."""
        across = np.linspace(-1, 1, self.pixels.shape[1], dtype=np.float32)[None, :, None]
        light = 1.04 - strength * np.abs(across) ** 3.5 - 0.05 * across
        self.pixels[..., :3] = np.clip(self.pixels[..., :3] * light, 0, 255)
