"""A drawn street as a dashcam sees it: sky, hills, road, roadside, and vehicles with plates, in true perspective.

World coordinates in meters: x to the right of the camera's path, up from the road, z ahead of the camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.vehicles import SCALE, Color, Vehicle, shade
from recognition.types import FloatArray, Image

NEAREST = 1.2  # meters before the camera at which things are cut off
DASH, GAP = 3.0, 6.0  # of the lane marks
ROAD, LANE = 6.2, 3.0  # half width of the road, width of a lane
SIDE_PITCH = 14.0  # meters between things at the roadside


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera. `focal` in pixels; `shake` moves the picture by so many pixels."""

    width: int = 1280
    height: int = 720
    shake: tuple[float, float] = (0.0, 0.0)
    above_road: float = 1.3

    @property
    def focal(self) -> float:
        return 1.15 * self.width

    @property
    def middle(self) -> tuple[float, float]:
        return self.width / 2 + self.shake[0], 0.46 * self.height + self.shake[1]

    def project(self, x: float, up: float, z: float) -> tuple[float, float]:
        z = max(z, NEAREST)
        u, v = self.middle
        return u + self.focal * x / z, v + self.focal * (self.above_road - up) / z


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A vehicle in the scene: its face stands at (x, z), its middle line at x."""

    vehicle: Vehicle
    x: float
    z: float


@dataclass(frozen=True, slots=True, eq=False)
class SeenPlate:
    """Where a plate is in a picture. Corners clockwise from the top left, in pixels."""

    vehicle: Vehicle
    corners: NDArray[np.float32]


def draw_scene(
    camera: Camera, placed: Sequence[Placed], traveled: float, turn: float = 0.0
) -> tuple[Image, list[SeenPlate]]:
    """The picture, and the plates that are wholly in it and behind nothing.

    `traveled`: meters driven so far, which moves marks and roadside; `turn`: radians turned, which moves the hills.
    """
    image = _backdrop(camera, turn).copy()
    _road(image, camera, traveled)
    _roadside(image, camera, traveled)
    seen: list[SeenPlate] = []
    for item in sorted(placed, key=lambda item: -item.z):
        if item.z < NEAREST + 1:
            continue
        _shadow(image, camera, item)
        flank = _side(image, camera, item)
        covered = _put_face(image, camera, item)
        seen = [p for p in seen if not _hidden(p.corners, covered) and not _behind(p.corners, flank)]
        corners = _plate_corners(camera, item)
        if corners.min() >= 1 and (corners.max(0) <= (camera.width - 2, camera.height - 2)).all():
            seen.append(SeenPlate(item.vehicle, corners))
    return image, seen


def _hidden(corners: NDArray[np.float32], covered: NDArray[np.float32]) -> bool:
    low, high = np.maximum(corners.min(0), covered[:2]), np.minimum(corners.max(0), covered[2:])
    return bool((low < high).all())


def _behind(corners: NDArray[np.float32], flank: NDArray[np.float32] | None) -> bool:
    """Whether a corner or the middle of a plate lies within a nearer vehicle's flank, (n, 2) points or None."""
    points = [*corners, corners.mean(0)]
    return flank is not None and any(cv2.pointPolygonTest(flank, (float(x), float(y)), False) >= 0 for x, y in points)


# --- what does not move ---


@lru_cache(maxsize=64)
def _sky(width: int, height: int) -> Image:
    """A clear morning: blue above, warm and hazy at the horizon."""
    rows: FloatArray = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    above, low = np.array([214, 176, 128], np.float32), np.array([205, 224, 240], np.float32)
    image = np.repeat(above + (low - above) * np.clip(rows / 0.46, 0, 1) ** 1.6, width, 1)
    rng = np.random.default_rng(11)
    clouds = np.zeros((height, width), np.float32)
    for _ in range(26):
        x, y = rng.uniform(0, width), rng.uniform(0.03, 0.36) * height
        size = (int(rng.uniform(0.04, 0.14) * width), int(rng.uniform(0.008, 0.02) * height))
        cv2.ellipse(clouds, (int(x), int(y)), size, 0, 0, 360, float(rng.uniform(0.25, 0.6)), -1)
    share = cv2.GaussianBlur(clouds, (0, 0), width / 90)[..., None]
    return np.asarray(image * (1 - share) + 250 * share, np.uint8)


def _backdrop(camera: Camera, turn: float) -> Image:
    """Sky, two chains of hills and the meadow; the hills slide as the road turns."""
    image = _sky(camera.width, camera.height).copy()
    horizon = round(camera.middle[1])
    columns = np.arange(camera.width)
    for color, tall, stretch, speed in (((178, 176, 158), 0.075, 260, 0.4), ((120, 138, 112), 0.04, 120, 0.7)):
        phase = (columns + turn * speed * camera.width) / stretch / (camera.width / 1280)
        ridge = horizon - tall * camera.height * (0.55 + 0.3 * np.sin(phase) + 0.15 * np.sin(2.7 * phase + 1))
        points = np.stack([columns, ridge], 1).astype(np.int32)
        cv2.fillPoly(image, [np.vstack([points, [[camera.width, horizon + 2], [0, horizon + 2]]])], color, cv2.LINE_AA)
    far, near = np.array([112, 150, 128], np.float32), np.array([52, 96, 74], np.float32)
    share = np.linspace(0, 1, camera.height - horizon, dtype=np.float32)[:, None, None] ** 0.7
    image[horizon:] = far + (near - far) * share
    return image


# --- the road ---


def _quad(image: Image, camera: Camera, color: Color, *points: tuple[float, float, float]) -> None:
    flat = np.array([camera.project(*point) for point in points])
    cv2.fillPoly(image, [np.rint(np.clip(flat, -9999, 9999) * 16).astype(np.int32)], color, cv2.LINE_AA, 4)


def _strip(image: Image, camera: Camera, color: Color, left: float, right: float, near: float, far: float) -> None:
    """A piece of paint on the road."""
    if far > NEAREST:
        near = max(near, NEAREST)
        _quad(image, camera, color, (left, 0, near), (right, 0, near), (right, 0, far), (left, 0, far))


def _road(image: Image, camera: Camera, traveled: float) -> None:
    _strip(image, camera, (120, 128, 132), -ROAD - 1.6, ROAD + 1.6, NEAREST, 400)  # verge and pavement
    _strip(image, camera, (84, 84, 86), -ROAD, ROAD, NEAREST, 400)
    for patch in range(int(traveled // 25), int((traveled + 110) // 25)):  # tar of other years
        rng = np.random.default_rng(patch)
        z, x, tone = patch * 25 - traveled + rng.uniform(0, 15), rng.uniform(-ROAD, ROAD - 3), int(rng.integers(74, 94))
        _strip(image, camera, (tone, tone, tone + 2), x, x + rng.uniform(1, 3), z, z + rng.uniform(3, 9))
    for edge in (-ROAD + 0.25, ROAD - 0.4):
        _strip(image, camera, (226, 230, 232), edge, edge + 0.15, NEAREST, 220)
    first = -(traveled % (DASH + GAP))
    for start in np.arange(first, 110, DASH + GAP):
        for x in (-LANE / 2, LANE / 2):
            _strip(image, camera, (222, 226, 228), x - 0.07, x + 0.07, float(start), float(start + DASH))


def _roadside(image: Image, camera: Camera, traveled: float) -> None:
    """Trees, houses and lamps, each place with its own, from the farthest to the nearest."""
    first = int(traveled // SIDE_PITCH)
    for place in range(first + 9, first, -1):
        for side in (-1, 1):
            rng = np.random.default_rng((place, side + 1))
            z = place * SIDE_PITCH - traveled
            x = side * (ROAD + rng.uniform(3.2, 6.0))
            kind = rng.random()
            if kind < 0.45:
                _tree(image, camera, x, z, rng)
            elif kind < 0.8:
                _house(image, camera, side, z, rng)
            else:
                _lamp(image, camera, side * (ROAD + 1.0), z)


def _haze(color: Color, z: float) -> Color:
    """Far things fade to the color of the air."""
    share = min(0.75, max(0.0, z - 20) / 160)
    blue, green, red = (int(c * (1 - share) + air * share) for c, air in zip(color, (206, 214, 218), strict=True))
    return blue, green, red


def _tree(image: Image, camera: Camera, x: float, z: float, rng: np.random.Generator) -> None:
    tall = rng.uniform(5, 9)
    _quad(image, camera, _haze((48, 66, 84), z), (x - 0.2, 0, z), (x + 0.2, 0, z), (x + 0.15, tall / 2, z),
          (x - 0.15, tall / 2, z))  # fmt: skip
    for dx, up, size, light in (
        (-0.5, 0.62, 0.3, 0.85),
        (0.5, 0.6, 0.28, 0.9),
        (0, 0.78, 0.32, 1.0),
        (0.1, 0.9, 0.2, 1.15),
    ):
        u, v = camera.project(x + dx * tall * 0.25, up * tall, z)
        radius = max(1, int(camera.focal * size * tall / 1.6 / z))
        color = _haze(shade((58, 118, 82), light * rng.uniform(0.85, 1.1)), z)
        cv2.circle(image, (int(u), int(v)), radius, color, -1, cv2.LINE_AA)


def _house(image: Image, camera: Camera, side: int, z: float, rng: np.random.Generator) -> None:
    near_x, deep, tall = side * (ROAD + 4.0), rng.uniform(7, 11), rng.uniform(5, 9)
    wall = (int(rng.integers(150, 215)), int(rng.integers(165, 220)), int(rng.integers(185, 232)))
    far_x = near_x + side * 14
    _quad(image, camera, _haze(shade(wall, 0.82), z), (near_x, 0, z), (near_x, 0, z + deep), (near_x, tall, z + deep),
          (near_x, tall, z))  # fmt: skip
    _quad(image, camera, _haze(wall, z), (near_x, 0, z), (far_x, 0, z), (far_x, tall, z), (near_x, tall, z))
    _quad(image, camera, _haze((70, 78, 128), z), (near_x - side * 0.4, tall, z), (far_x, tall, z),
          (far_x, tall + 2, z + deep / 2), (near_x + side * 1.5, tall + 2, z + deep / 2))  # fmt: skip
    for floor in np.arange(1.2, tall - 1.4, 2.7):
        for window in np.arange(1.2, 12, 2.6):
            x = near_x + side * window
            _quad(image, camera, _haze((112, 96, 80), z), (x, floor, z), (x + side * 1.3, floor, z),
                  (x + side * 1.3, floor + 1.5, z), (x, floor + 1.5, z))  # fmt: skip


def _lamp(image: Image, camera: Camera, x: float, z: float) -> None:
    color = _haze((104, 108, 110), z)
    _quad(image, camera, color, (x - 0.07, 0, z), (x + 0.07, 0, z), (x + 0.05, 7, z), (x - 0.05, 7, z))
    arm = x - np.sign(x) * 1.6
    _quad(image, camera, color, (x, 6.9, z), (arm, 7.1, z), (arm, 7.25, z), (x, 7.05, z))


# --- vehicles ---


def _shadow(image: Image, camera: Camera, item: Placed) -> None:
    half, length = item.vehicle.body.width / 2 + 0.12, item.vehicle.body.length
    points = [(item.x - half, 0, item.z - 0.15), (item.x + half, 0, item.z - 0.15),
              (item.x + half, 0, item.z + length), (item.x - half, 0, item.z + length)]  # fmt: skip
    _quad(image, camera, (48, 46, 46), *points)


def _side(image: Image, camera: Camera, item: Placed) -> NDArray[np.float32] | None:
    """The flank that the camera sees, where the vehicle is not straight ahead. Returns its outline, (4, 2) pixels."""
    body, paint = item.vehicle.body, item.vehicle.paint
    x = item.x - np.sign(item.x) * body.width / 2
    if abs(item.x) <= body.width / 2:
        return None
    near, far, roof = item.z, item.z + body.length, item.x - np.sign(item.x) * body.width / 2 * body.roof
    _quad(image, camera, shade(paint, 0.72), (x, 0.22, near), (x, 0.22, far), (x, body.waist - 0.1, far),
          (x, body.waist, near))  # fmt: skip
    _quad(image, camera, shade(paint, 0.66), (x, body.waist, near), (x, body.waist - 0.05, far - 0.9),
          (roof, body.height - 0.05, far - 2.0), (roof, body.height - 0.03, near + 0.1))  # fmt: skip
    _quad(image, camera, (58, 48, 40), (x, body.waist + 0.04, near + 0.5), (x, body.waist, far - 1.5),
          (roof, body.height - 0.16, far - 2.3), (roof, body.height - 0.14, near + 0.6))  # fmt: skip
    for z in (near + 0.8, far - 0.8):
        u, v = camera.project(float(x), 0.32, z)
        tall = camera.focal * 0.33 / max(z, NEAREST)
        broad = max(
            1.0, abs(camera.project(float(x), 0.3, z + 0.33)[0] - camera.project(float(x), 0.3, z - 0.33)[0]) / 2
        )
        cv2.ellipse(image, (int(u), int(v)), (int(broad), int(tall)), 0, 0, 360, (26, 24, 24), -1, cv2.LINE_AA)
        cv2.ellipse(image, (int(u), int(v)), (int(broad * 0.5), int(tall * 0.5)), 0, 0, 360, (140, 140, 140), -1,
                    cv2.LINE_AA)  # fmt: skip
    outline = ((x, 0.0, near), (x, 0.0, far), (x, body.waist, far), (x, body.waist, near))
    return np.array([camera.project(float(a), b, c) for a, b, c in outline], np.float32)


def _to_picture(camera: Camera, item: Placed) -> tuple[float, float, float]:
    """Scale, and left and upper edge in the picture, of a vehicle's face."""
    scale = camera.focal / item.z / SCALE
    left, top = camera.project(item.x - item.vehicle.body.width / 2, item.vehicle.body.height, item.z)
    return scale, left, top


def _plate_corners(camera: Camera, item: Placed) -> NDArray[np.float32]:
    scale, left, top = _to_picture(camera, item)
    return np.asarray(item.vehicle.corners * scale + (left, top), np.float32)


def _put_face(image: Image, camera: Camera, item: Placed) -> NDArray[np.float32]:
    """Lay the face over the picture, to a fraction of a pixel. Returns the box that it covers."""
    scale, left, top = _to_picture(camera, item)
    face = item.vehicle.face
    step = 1.0
    if scale < 0.6:  # averaged down first, since warping skips pixels
        step = scale * 1.25
        face = np.asarray(cv2.resize(face, None, fx=step, fy=step, interpolation=cv2.INTER_AREA), np.uint8)
        scale *= item.vehicle.face.shape[1] / face.shape[1]
    x1, y1 = max(0, int(left)), max(0, int(top))
    x2 = min(camera.width, int(left + face.shape[1] * scale) + 2)
    y2 = min(camera.height, int(top + face.shape[0] * scale) + 2)
    if x2 > x1 and y2 > y1:
        # Pixel middles lie at +0.5, hence the half pixels.
        move = np.array([[scale, 0, left - x1 + scale / 2 - 0.5], [0, scale, top - y1 + scale / 2 - 0.5]])
        laid = cv2.warpAffine(face, move, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR)
        share = laid[..., 3:].astype(np.float32) / 255
        part = image[y1:y2, x1:x2]
        part[:] = part * (1 - share) + laid[..., :3] * share
    return np.array([x1, y1, x2, y2], np.float32)
