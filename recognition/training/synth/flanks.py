"""The side of a drawn vehicle that the camera sees, in true perspective."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.bodies import Body, Color, shade
from recognition.training.synth.camera import NEAREST, Camera, Place, haze, shapes
from recognition.types import Image

TIRE_RADIUS, RIM_RADIUS, ARCH = 0.33, 0.215, 0.40
ROUND = [(math.cos(a), math.sin(a)) for a in np.linspace(0, 2 * math.pi, 26, endpoint=False)]


class Flank:
    """A plane bent to the body's profile, on which points are given by height and distance from the near end."""

    def __init__(self, image: Image, camera: Camera, body: Body, x: float, z: float) -> None:
        self.image, self.camera, self.body, self.x, self.z = image, camera, body, x, z
        self.side = -math.copysign(1, x)
        self.light = 1.0 if self.side < 0 else 0.74  # the sun stands on the left

    def at(self, up: float, along: float, out: float = 0.0) -> Place:
        return self.x + self.side * (self.body.half(up) + out), up, self.z + along

    def band(self, color: Color, low: float, high: float, *edges: tuple[float, float, float, float]) -> None:
        """Fill between two heights; each edge: where it begins and ends at the lower, and at the upper height."""
        tone = haze(shade(color, self.light), self.z)
        places = [[self.at(low, a), self.at(low, b), self.at(high, d), self.at(high, c)] for a, b, c, d in edges]
        shapes(self.image, self.camera, tone, places)

    def disc(self, color: Color, along: float, radius: float, out: float) -> None:
        x = self.at(TIRE_RADIUS, along, out)[0]
        ring = [(x, max(0.0, TIRE_RADIUS + radius * up), self.z + along + radius * on) for on, up in ROUND]
        shapes(self.image, self.camera, haze(color, self.z), [ring])

    def spokes(self, along: float) -> None:
        x = self.at(TIRE_RADIUS, along, 0.01)[0]
        gaps: list[list[Place]] = []
        for spoke in range(5):
            points = [(0.35, 0.30), (0.88, 0.16), (0.88, -0.16), (0.35, -0.30)]
            turned = [(r * RIM_RADIUS, spoke * 1.2566 + a) for r, a in points]
            gaps.append([(x, TIRE_RADIUS + r * math.cos(a), self.z + along + r * math.sin(a)) for r, a in turned])
        shapes(self.image, self.camera, haze((52, 50, 50), self.z), gaps)


def draw_flank(
    image: Image, camera: Camera, body: Body, paint: Color, x: float, z: float, *, rear: bool
) -> NDArray[np.float32] | None:
    """Draw it, where the vehicle stands beside the camera's way. Returns its outline, (4, 2) pixels."""
    if abs(x) <= body.width / 2:
        return None
    flank = Flank(image, camera, body, x, z)
    length, waist = body.length, body.waist
    for low, high, light, cut in ((0.2, 0.34, 0.5, 0.2), (0.34, 0.55, 0.72, 0.06), (0.55, waist - 0.15, 0.9, 0.0),
                                  (waist - 0.15, waist, 1.12, 0.1)):  # fmt: skip
        flank.band(shade(paint, light), low, high, (0.0, length - cut, 0.0, length - cut * 0.5))
    flank.band((34, 32, 32), 0.19, 0.27, (0.0, length - 0.3, 0.0, length - 0.3))
    _glasshouse(flank, paint, rear)
    _details(flank, paint, rear)
    for along in (0.78, length - 0.85):
        if z + along - ARCH > NEAREST:
            _wheel(flank, along)
    corners = (flank.at(0.0, 0), flank.at(0.0, length), flank.at(waist, length), flank.at(waist, 0))
    return np.asarray(camera.project_all([corners])[0], np.float32)


def _glasshouse(flank: Flank, paint: Color, rear: bool) -> None:
    body = flank.body
    foot = body.length - (body.bonnet if rear else 0.15)
    top = foot - (0.85 if rear else 0.35)
    roof, low, high = body.height - 0.08, body.waist + 0.05, body.height - 0.17
    flank.band(shade(paint, 1.0), body.waist, roof, (0.0, foot, 0.0, top))
    slope = (foot - top) / (roof - body.waist)
    cuts = np.linspace(0.14, 1.0, body.windows + 1)
    for low_, high_, glass in ((low, high, (58, 50, 44)), ((low + high) / 2, high, (104, 92, 80))):
        panes = []
        for a, b in pairwise(cuts):
            start, end = a * top + 0.05, b * top - 0.05
            lean = [slope * (roof - up) - 0.1 if b == cuts[-1] else 0.0 for up in (low_, high_)]
            panes.append((start, end + lean[0], start, end + lean[1]))
        flank.band(glass, low_, high_, *panes)


def _details(flank: Flank, paint: Color, rear: bool) -> None:
    """Seams of the doors, their handles, the crease along the side, and the mirror."""
    body = flank.body
    top = body.length - (body.bonnet + 0.85 if rear else 0.5)
    seams = [float(share) * top for share in np.linspace(0.14, 1.0, body.windows + 1)][1:]
    flank.band(shade(paint, 0.45), 0.3, body.waist, *[(s - 0.012, s + 0.012, s - 0.012, s + 0.012) for s in seams])
    up = body.waist - 0.12
    flank.band(shade(paint, 0.5), up - 0.02, up + 0.02, *[(s - 0.34, s - 0.12, s - 0.34, s - 0.12) for s in seams])
    flank.band(shade(paint, 1.25), 0.6, 0.62, (0.2, body.length - 0.3, 0.2, body.length - 0.3))


def _wheel(flank: Flank, along: float) -> None:
    flank.disc((24, 22, 22), along, ARCH, 0.004)
    flank.disc((38, 36, 36), along, TIRE_RADIUS, 0.008)
    flank.disc((176, 174, 172), along, RIM_RADIUS, 0.01)
    flank.spokes(along)
    flank.disc((120, 118, 116), along, 0.05, 0.012)
