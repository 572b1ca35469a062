"""A drawn street as a dashcam sees it: sky, hills, road, roadside, and vehicles with plates, in true perspective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.bodies import MARGIN, SCALE
from recognition.training.synth.camera import NEAREST, Camera, Place, haze, mist, paste, quad, shapes
from recognition.training.synth.flanks import draw_flank
from recognition.training.synth.roadside import EDGES, PAVEMENT, draw_roadside, tree_shadows
from recognition.training.synth.vehicles import Vehicle
from recognition.types import FloatArray, Image

LANE = 2.8  # width of a lane; ours is the middle one, oncoming traffic on the left, parked cars on the right
DASH, GAP = 3.0, 6.0  # of the lane marks
BAY = 6.0  # meters from one parking place to the next
BORDER = 64  # pixels around the standing picture, for the camera to shake in
# Color, height and length of a chain of hills, how fast it slides, and how rough its line is.
HILLS = (
    ((204, 196, 178), 0.075, 260, 0.4, 0.0),
    ((176, 184, 164), 0.045, 120, 0.7, 0.05),
    ((150, 168, 148), 0.022, 60, 1.0, 0.3),
)
SUN = (0.2, 0.2)  # where it stands, in shares of the picture


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
    image = _standing(camera)
    _hills(image, camera, turn)
    _marks(image, camera, traveled)
    _shadows(image, camera, placed, traveled)
    draw_roadside(image, camera, traveled)
    seen: list[SeenPlate] = []
    for item in sorted(placed, key=lambda item: -item.z):
        body = item.vehicle.body
        if item.z + body.length < NEAREST + 1:
            continue
        flank = draw_flank(image, camera, body, item.vehicle.paint, item.x, item.z, rear=item.vehicle.rear)
        seen = [p for p in seen if not _behind(p.corners, flank)]
        if item.z < NEAREST + 1:
            continue
        covered = _put_face(image, camera, item)
        seen = [p for p in seen if not _hidden(p.corners, covered)]
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


# --- what stands still before the camera ---


def _standing(camera: Camera) -> Image:
    """Sky and ground, which only the camera's shaking moves."""
    middle = (camera.width / 2 + BORDER - 0.5 - camera.shake[0], camera.height / 2 + BORDER - 0.5 - camera.shake[1])
    return np.asarray(
        cv2.getRectSubPix(_still(camera.width, camera.height), (camera.width, camera.height), middle), np.uint8
    )


@lru_cache(maxsize=4)
def _still(width: int, height: int) -> Image:
    wide, high = width + 2 * BORDER, height + 2 * BORDER
    image = _sky(wide, high)
    camera = Camera(width, height, border=BORDER)
    horizon = round(camera.middle[1])
    far, near = np.array([150, 176, 160], np.float32), np.array([60, 108, 84], np.float32)
    share = np.linspace(0, 1, high - horizon, dtype=np.float32)[:, None, None] ** 0.5
    image[horizon:] = far + (near - far) * share
    left, right = EDGES[-1], EDGES[1]
    _fading(image, camera, left - PAVEMENT, right + PAVEMENT, (150, 156, 160))
    _fading(image, camera, left - 0.18, right + 0.18, (186, 190, 192))
    _fading(image, camera, left, right, (104, 102, 102))
    _fading(image, camera, LANE / 2 + 0.1, right, (116, 115, 116))
    for middle in (-LANE, 0.0):
        for side in (-0.75, 0.75):  # tracks that wheels have polished
            _fading(image, camera, middle + side - 0.28, middle + side + 0.28, (99, 97, 97))
    return image


def _fading(image: Image, camera: Camera, left: float, right: float, color: tuple[int, int, int]) -> None:
    """A strip along the road, in pieces that fade with distance."""
    edges = (NEAREST, 3, 5, 8, 12, 17, 23, 30, 38, 48, 60, 76, 96, 120, 160, 240, 500)
    for near, far in pairwise(edges):
        quad(
            image,
            camera,
            haze(color, (near + far) / 2),
            (left, 0, near),
            (right, 0, near),
            (right, 0, far),
            (left, 0, far),
        )


def _sky(width: int, height: int) -> Image:
    """A clear morning: blue above, warm and hazy at the horizon, the sun on the left."""
    y, x = np.mgrid[0 : height / width : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    rows: FloatArray = np.clip(y / (0.46 * height / width), 0, 1)[..., None]
    above, low = np.array([206, 158, 104], np.float32), np.array([212, 228, 240], np.float32)
    image = above + (low - above) * rows**1.3
    clouds = _clouds(width, height)[..., None]
    image = image * (1 - clouds) + np.array([246, 246, 246], np.float32) * clouds
    far = np.hypot(x - SUN[0], y - SUN[1])[..., None]
    glow = 0.75 * np.exp(-((far / 0.16) ** 2)) + 0.3 * np.exp(-((far / 0.45) ** 2))
    image = image * (1 - glow) + np.array([222, 244, 255], np.float32) * glow
    return np.asarray(np.clip(image, 0, 255), np.uint8)


def _clouds(width: int, height: int) -> FloatArray:
    """Coverage 0–1, thin and streaky."""
    rng = np.random.default_rng(11)
    cover = np.zeros((height, width), np.float32)
    for octave, share in ((3, 0.5), (6, 0.3), (12, 0.2), (24, 0.12)):
        rough = rng.random((octave * 4, octave * 2)).astype(np.float32)
        cover += share * cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip((cover - 0.60) * 2.4, 0, 0.85), np.float32)


def _hills(image: Image, camera: Camera, turn: float) -> None:
    """Two chains of hills and a line of far trees, which slide as the road turns."""
    horizon = round(camera.middle[1])
    columns = np.arange(-8, camera.width + 8, 4)
    unit = camera.width / 1280
    for color, tall, stretch, speed, rough in HILLS:
        phase = (columns + turn * speed * camera.width) / stretch / unit
        shape = 0.55 + 0.3 * np.sin(phase) + 0.15 * np.sin(2.7 * phase + 1) + rough * np.abs(np.sin(7.3 * phase))
        ridge = horizon - tall * camera.height * shape
        points = np.stack([columns, ridge], 1) * 16
        foot = np.array([[columns[-1], horizon + 1], [columns[0], horizon + 1]]) * 16
        cv2.fillPoly(image, [np.rint(np.vstack([points, foot])).astype(np.int32)], color, cv2.LINE_AA, 4)


# --- what moves ---


def _strip(left: float, right: float, near: float, far: float) -> list[list[Place]]:
    """A piece of paint on the road, or nothing where it is behind us."""
    near = max(near, NEAREST)
    return [[(left, 0, near), (right, 0, near), (right, 0, far), (left, 0, far)]] if far > near else []


def _marks(image: Image, camera: Camera, traveled: float) -> None:
    for patch in range(int(traveled // 25), int((traveled + 90) // 25)):  # tar of other years
        rng = np.random.default_rng(patch)
        z, x, tone = patch * 25 - traveled + rng.uniform(0, 15), rng.uniform(EDGES[-1], 0), int(rng.integers(86, 100))
        shapes(
            image,
            camera,
            haze((tone, tone, tone + 2), z + 4),
            _strip(x, x + rng.uniform(0.8, 2), z, z + rng.uniform(3, 9)),
        )
    for start in np.arange(-(traveled % (DASH + GAP)), 130, DASH + GAP)[::-1]:
        white = haze((228, 232, 234), float(start))
        shapes(image, camera, white, _strip(-LANE / 2 - 0.07, -LANE / 2 + 0.07, float(start), float(start + DASH)))
    edge = LANE / 2 + 0.1
    for start in np.arange(-(traveled % BAY), 80, BAY)[::-1]:
        white = haze((214, 218, 220), float(start))
        shapes(image, camera, white, _strip(edge, EDGES[1], float(start), float(start) + 0.12))
        shapes(image, camera, white, _strip(edge - 0.05, edge + 0.05, float(start), float(start) + BAY / 2))
    for joint in np.arange(-(traveled % 2.4), 40, 2.4)[::-1]:  # of the paving stones
        for side, curb in EDGES.items():
            a, b = sorted((curb + side * 0.2, curb + side * PAVEMENT))
            shapes(image, camera, haze((138, 144, 148), float(joint)), _strip(a, b, float(joint), float(joint) + 0.05))


def _shadows(image: Image, camera: Camera, placed: Sequence[Placed], traveled: float) -> None:
    """Darken the road below vehicles and behind trees, all at once and softly."""
    horizon = max(0, min(camera.height - 2, round(camera.middle[1])))
    mask = np.zeros((camera.height, camera.width, 3), np.uint8)
    for blot in tree_shadows(camera, traveled):
        shapes(mask, camera, (50, 58, 64), [blot])
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), camera.width / 250), np.uint8)
    for item in sorted(placed, key=lambda item: -item.z):
        half, length = item.vehicle.body.width / 2, item.vehicle.body.length
        for spread, dark in ((0.25, 96), (0.1, 150), (-0.12, 196)):
            a, b = item.x - half - spread, item.x + half + spread + 0.25
            shapes(mask, camera, (dark, dark, dark), _strip(a, b, item.z - spread, item.z + length))
    soft = cv2.GaussianBlur(mask[horizon:], (0, 0), camera.width / 640)
    image[horizon:] = cv2.multiply(image[horizon:], 255 - soft, scale=1 / 255)


def _to_picture(camera: Camera, item: Placed) -> tuple[float, float, float]:
    """Scale, and left and upper edge in the picture, of a vehicle's face."""
    scale = camera.focal / item.z / SCALE
    foot = item.vehicle.face.shape[0] / SCALE
    left, top = camera.project(item.x - item.vehicle.body.width / 2 - MARGIN, foot, item.z)
    return scale, left, top


def _plate_corners(camera: Camera, item: Placed) -> NDArray[np.float32]:
    scale, left, top = _to_picture(camera, item)
    return np.asarray(item.vehicle.corners * scale + (left, top), np.float32)


def _put_face(image: Image, camera: Camera, item: Placed) -> NDArray[np.float32]:
    """Lay the face over the picture. Returns the box of its body, without the mirrors."""
    scale, left, top = _to_picture(camera, item)
    paste(image, item.vehicle.face, left, top, scale, mist(item.z))
    high, wide = (side * scale for side in item.vehicle.face.shape[:2])
    inset = MARGIN * SCALE * scale
    return np.array([left + inset, top, left + wide - inset, top + high], np.float32)
