"""What happens to a plate between the car and the recognizer, in the order in which it happens.

Seen at an angle → light and shadow → lens and motion blur at a plate height of 10–60 pixels → sensor noise and color
cast → JPEG → the crop that a detector with imprecise corners would cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.types import Image

Corners = NDArray[np.float32]  # 4 × (x, y), clockwise from the top left
STORED_WIDTH, STORED_HEIGHT = 192, 64
STORED_MARGIN = 0.2  # of the plate's width and height, on each side of it


@dataclass(frozen=True, slots=True)
class Conditions:
    """How bad the picture of a plate may be."""

    heights: tuple[float, float] = (12, 60)  # pixels, of a one-line plate; small ones are as frequent as large ones
    blur: float = 0.06  # greatest defocus, in plate heights
    smear: float = 0.14  # greatest motion, in plate heights
    video: float = 0.25  # how often it passed through a video's compression
    harsh: float = 1.0  # how often light, shadow, haze and casts are against it, 0–1


ANY = Conditions()
CLEAR = Conditions(heights=(24, 60), blur=0.03, smear=0.06, harsh=0.3)  # what a person reads without effort


def turned(aspect: float, height: float, rng: np.random.Generator) -> Corners:
    """Corners of a plate `height` pixels high, turned in space and seen in perspective, moved to start at (0, 0)."""
    yaw = np.clip(rng.normal(0, 0.42), -1.05, 1.05)
    pitch = np.clip(rng.normal(0, 0.2), -0.7, 0.7)
    roll = np.clip(rng.normal(0, 0.09), -0.4, 0.4)
    turn = _rotation(yaw, pitch, roll)
    flat = np.array([[-aspect, -1, 0], [aspect, -1, 0], [aspect, 1, 0], [-aspect, 1, 0]], np.float64) / 2
    space = flat @ turn.T
    distance = aspect * rng.uniform(2.0, 8.0)
    seen = space[:, :2] / (1 + space[:, 2:] / distance)
    edge = (np.linalg.norm(seen[3] - seen[0]) + np.linalg.norm(seen[2] - seen[1])) / 2
    seen *= height / edge
    return np.asarray(seen - seen.min(0), np.float32)


def _rotation(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    around_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    around_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    around_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(around_z @ around_x @ around_y)


def backdrop(width: int, height: int, rng: np.random.Generator, pictures: Sequence[Image]) -> Image:
    """A piece of a picture, or a plain body color with an edge or two across."""
    if pictures and rng.random() < 0.5:
        picture = pictures[int(rng.integers(len(pictures)))]
        scale = rng.uniform(0.3, 2.0)
        w, h = min(picture.shape[1], int(width * scale) + 2), min(picture.shape[0], int(height * scale) + 2)
        x, y = int(rng.integers(picture.shape[1] - w + 1)), int(rng.integers(picture.shape[0] - h + 1))
        return np.asarray(cv2.resize(picture[y : y + h, x : x + w], (width, height)), np.uint8)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = rng.integers(5, 240, 3) if rng.random() < 0.5 else np.uint8(rng.integers(5, 240))
    for _ in range(int(rng.integers(0, 5))):
        a, b = rng.integers(0, [width, height], (2, 2))
        color = tuple(int(c) for c in rng.integers(0, 255, 3))
        cv2.line(image, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), color, int(rng.integers(1, 9)))
    return image


def place(
    plate: Image, rng: np.random.Generator, pictures: Sequence[Image], heights: tuple[float, float]
) -> tuple[Image, Corners]:
    """The plate in a small scene around it, and its true corners there."""
    height = float(np.exp(rng.uniform(*np.log(heights))))
    aspect = plate.shape[1] / plate.shape[0]
    if aspect < 2.5:  # two lines, or an American one: the characters take half of the height or less
        height *= 1.7
    corners = turned(aspect, height, rng)
    width, high = corners.max(0)
    pad = 0.35 * np.array([width, max(high, width / 6)]) + 4
    corners = corners + pad.astype(np.float32)
    size = (int(width + 2 * pad[0]), int(high + 2 * pad[1]))
    scale = min(1.0, 1.4 * height / plate.shape[0])
    small = cv2.resize(plate, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    h, w = small.shape[:2]
    flat = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    scene = backdrop(*size, rng, pictures)
    cv2.warpPerspective(small, matrix, size, dst=scene, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
    return scene, corners


def light(scene: NDArray[np.float32], rng: np.random.Generator, harsh: float = 1.0) -> None:
    """Exposure, a slope of light, the edge of a shadow, the glow of a lamp; in place."""
    height, width = scene.shape[:2]
    scene *= rng.uniform(1 - 0.55 * harsh, 1 + 0.25 * harsh)
    if rng.random() < 0.35 * harsh:
        slope = 1 + np.linspace(-1, 1, width) * rng.uniform(-0.4, 0.4)
        scene *= slope[None, :, None].astype(np.float32)
    if rng.random() < 0.25 * harsh:
        shade = np.ones((height, width), np.float32)
        points = np.array([[rng.uniform(-0.5, 1.5) * width, 0], [rng.uniform(-0.5, 1.5) * width, height]])
        far = np.array([[2 * width, height], [2 * width, 0]])
        cv2.fillPoly(shade, [np.vstack([points, far]).astype(np.int32)], float(rng.uniform(0.35, 0.8)))
        scene *= cv2.GaussianBlur(shade, (0, 0), 1.5)[..., None]
    if rng.random() < 0.15 * harsh:
        x, y = np.arange(width) - rng.uniform(0, width), np.arange(height) - rng.uniform(0, height)
        glow = np.exp(-(x[None] ** 2 + y[:, None] ** 2) / (2 * (rng.uniform(0.15, 0.6) * width) ** 2))
        scene += (glow * rng.uniform(40, 200))[..., None].astype(np.float32)


def blur(
    scene: NDArray[np.float32], height: float, rng: np.random.Generator, conditions: Conditions
) -> NDArray[np.float32]:
    """Defocus and motion, in pixels that follow the plate's height."""
    legible = 0.6 if scene.shape[1] < 2.5 * scene.shape[0] else 1.0  # low characters stand less of it
    if rng.random() < 0.75:
        scene = cv2.GaussianBlur(scene, (0, 0), 0.25 + float(rng.beta(1.2, 3.0)) * conditions.blur * height * legible)  # type: ignore[assignment]
    length = int(rng.uniform(0, conditions.smear) * height)
    if length >= 2 and rng.random() < 0.25:
        kernel = np.zeros((length, length), np.float32)
        angle = rng.normal(0, 0.4)
        dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
        middle = (length - 1) / 2
        ends = (round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy))
        cv2.line(kernel, ends[0], ends[1], 1.0)
        scene = cv2.filter2D(scene, -1, kernel / max(1.0, float(kernel.sum())))  # type: ignore[assignment]
    return scene


def compress(image: Image, rng: np.random.Generator) -> Image:
    """What a dashcam's encoder leaves: coarse blocks whose grid lies anywhere, color at half resolution, soft edges.

    JPEG at a low quality on a shifted grid stands in for H.264: both quantize 8 × 8 cosine blocks.
    """
    dx, dy = (int(v) for v in rng.integers(0, 8, 2))
    padded = cv2.copyMakeBorder(image, dy, 8, dx, 8, cv2.BORDER_REPLICATE)
    flags = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(12, 45))]
    _, data = cv2.imencode(".jpg", padded, flags)
    coarse = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    soft = cv2.bilateralFilter(coarse, 5, float(rng.uniform(8, 30)), 1.5)
    return np.asarray(soft[dy : dy + image.shape[0], dx : dx + image.shape[1]], np.uint8)


def sensor(scene: NDArray[np.float32], rng: np.random.Generator, harsh: float = 1.0) -> Image:
    """Color cast, haze, gamma, noise, clipping and JPEG."""
    if rng.random() < 0.4:
        scene = scene * rng.uniform(0.5, 1.5, 3).astype(np.float32)
    if rng.random() < 0.3 * harsh:
        haze = rng.uniform(0.1, 0.55)
        scene = scene * np.float32(1 - haze) + np.float32(haze * rng.uniform(30, 220))
    gamma = np.float32(rng.uniform(0.6, 1.5))
    scene = np.asarray(255 * np.clip(scene / 255, 0, 1) ** gamma, np.float32)
    if rng.random() < 0.7:
        scene = scene + rng.standard_normal(scene.shape, np.float32) * np.float32(rng.exponential(4))
    image = np.clip(scene, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 92))])
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return image


def enclosing(corners: Corners) -> Corners:
    """The upright rectangle around four corners."""
    (x1, y1), (x2, y2) = corners.min(0), corners.max(0)
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)


def cut(image: Image, corners: Corners) -> Image:
    """The plate within STORED_MARGIN of its surroundings, STORED_HEIGHT × STORED_WIDTH; the border is repeated."""
    mx, my = STORED_MARGIN * STORED_WIDTH, STORED_MARGIN * STORED_HEIGHT
    mx, my = mx / (1 + 2 * STORED_MARGIN), my / (1 + 2 * STORED_MARGIN)
    right, bottom = STORED_WIDTH - mx, STORED_HEIGHT - my
    target = np.array([[mx, my], [right, my], [right, bottom], [mx, bottom]], np.float32)
    shrink = min(1.0, 1.5 * STORED_WIDTH / max(1.0, float(np.ptp(corners[:, 0]))))
    if shrink < 0.9:  # a large picture is shrunk first: the warp alone would skip pixels
        image = np.asarray(cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
        corners = corners * np.float32(shrink)
    matrix = cv2.getPerspectiveTransform(corners, target)
    size = (STORED_WIDTH, STORED_HEIGHT)
    return np.asarray(cv2.warpPerspective(image, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def photograph(
    plate: Image, rng: np.random.Generator, pictures: Sequence[Image] = (), conditions: Conditions = ANY
) -> Image:
    """The whole chain: a flat plate -> the stored crop, in color."""
    scene, corners = place(plate, rng, pictures, conditions.heights)
    height = float(np.linalg.norm(corners[3] - corners[0]))
    bright = scene.astype(np.float32)
    light(bright, rng, conditions.harsh)
    image = sensor(blur(bright, height, rng, conditions), rng, conditions.harsh)
    if rng.random() < conditions.video:
        image = compress(image, rng)
    corners = corners + rng.normal(0, 0.025 * height, (4, 2)).astype(np.float32)
    return cut(image, enclosing(corners) if rng.random() < 0.4 else corners)
