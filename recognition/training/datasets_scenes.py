"""Training pictures for the detector: cuts of real pictures, zoomed, turned and recolored, with plates pasted in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from recognition.geometry import order_corners
from recognition.training.datasets_crops import HELD_OUT_DRIVES, labels
from recognition.training.losses_detector import DetectorBatch
from recognition.types import FloatArray, Image

SHARES = {
    "dashcam_ro": 0.34, "cars_in": 0.13, "cars_mixed": 0.13, "cars_closeup": 0.12, "cars_web": 0.06,
    "street_es": 0.08, "background": 0.14, "drawn": 0.10,
}  # fmt: skip
FAR, CLOSE = (8.0, 80.0), (70.0, 190.0)  # pixels of height that a plate is zoomed to
CLOSE_SHARE = 0.2
HARD_SHARE = 0.4  # of the cuts from a picture in which a network saw plates that are not there
SMALLEST = 6.0  # pixels of height under which a plate in a cut is neither asked for nor forbidden
UNLABELLED = {"dashcam_ro": 0.35, "background": 0.7}  # weight of what is not labelled, where plates may have been left


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    name: str
    image: Image
    plates: FloatArray  # m × 9: corners, and 1 where they are exact
    background: float  # weight of the cells without a plate
    hard: FloatArray = field(default_factory=lambda: np.zeros((0, 4), np.float32))  # boxes once mistaken for plates


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    image: Image
    plates: FloatArray
    ignored: FloatArray  # k × 4 boxes
    background: float


def _plate(entry: dict[str, Any]) -> list[float]:
    if "corners" in entry:
        points = order_corners(entry["corners"])
        return [value for point in points for value in point] + [1.0]
    x1, y1, x2, y2 = entry["box"]
    return [x1, y1, x2, y1, x2, y2, x1, y2, 0.0]


def load(data: Path) -> tuple[dict[str, list[Picture]], list[Picture]]:
    """(training pictures by folder, pictures kept apart: the held-out drives and one in ten of the others)."""
    kept: dict[str, list[Picture]] = {}
    apart: list[Picture] = []
    for folder in SHARES:
        for row in labels(data / folder):
            image = cv2.imread(str(data / folder / row["image"]))
            if image is None:
                continue
            plates = np.array([_plate(entry) for entry in row["plates"]], np.float32).reshape(-1, 9)
            complete = row.get("complete", True)
            weight = 1.0 if complete else UNLABELLED.get(folder, 0.5)
            picture = Picture(f"{folder}/{row['image']}", np.asarray(image, np.uint8), plates, weight)
            out = row["video"] in HELD_OUT_DRIVES if "video" in row else tenth(picture.name)
            (apart if out else kept.setdefault(folder, [])).append(picture)
    return kept, apart


def tenth(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 10 == 0


class Cutter:
    """Batches by step number: the same step gives the same pictures, whatever was drawn before."""

    def __init__(
        self,
        pictures: dict[str, list[Picture]],
        stickers: Sequence[Image],
        size: int,
        batch: int,
        seed: int,
        distractors: Sequence[Image] = (),
    ) -> None:
        self.pictures, self.stickers, self.size, self.batch, self.seed = pictures, stickers, size, batch, seed
        self.distractors = distractors
        self.folders = list(pictures)
        shares = np.array([SHARES.get(folder, 0.15) for folder in self.folders])
        self.shares = shares / shares.sum()

    def __call__(self, step: int, progress: float) -> DetectorBatch:
        rng = np.random.default_rng((self.seed, step))
        cuts = [self.cut(rng) for _ in range(self.batch)]
        stack = np.stack([cut.image for cut in cuts])
        return DetectorBatch(
            torch.from_numpy(stack).permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last),
            [torch.from_numpy(cut.plates) for cut in cuts],
            [torch.from_numpy(cut.ignored) for cut in cuts],
            torch.tensor([cut.background for cut in cuts]),
        )

    def cut(self, rng: np.random.Generator) -> Cut:
        folder = self.folders[int(rng.choice(len(self.folders), p=self.shares))]
        picture = self.pictures[folder][int(rng.integers(len(self.pictures[folder])))]
        matrix, zoom = self._view(picture, rng)
        image = _warp(picture.image, matrix, zoom, self.size)
        plates, ignored = _seen(picture.plates, matrix, self.size)
        if self.distractors and rng.random() < (0.5 if folder == "background" else 0.2):
            image, _ = self._paste(image, plates, ignored, rng, self.distractors)
        if self.stickers and rng.random() < (0.6 if folder == "background" else 0.15):
            image, plates = self._paste(image, plates, ignored, rng, self.stickers)
        if rng.random() < 0.3:
            image, plates, ignored = _mirror(image, plates, ignored)
        return Cut(recolor(image, rng), plates, ignored, picture.background)

    def _view(self, picture: Picture, rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
        """A homography from the picture to a square cut, and its zoom."""
        high, wide = picture.image.shape[:2]
        if len(picture.hard) and rng.random() < HARD_SHARE:
            box = picture.hard[int(rng.integers(len(picture.hard)))]
            zoom, middle = float(np.exp(rng.normal(0, 0.4))), np.asarray(box.reshape(2, 2).mean(0), np.float64)
        elif len(picture.plates) and rng.random() < 0.88:
            plate = picture.plates[int(rng.integers(len(picture.plates)))]
            corners = plate[:8].reshape(4, 2)
            tall = max(4.0, float(np.ptp(corners[:, 1])))
            broad = max(8.0, float(np.ptp(corners[:, 0])))
            smallest, largest = CLOSE if rng.random() < CLOSE_SHARE else FAR
            zoom = float(np.exp(rng.uniform(np.log(smallest), np.log(largest)))) / tall
            if picture.name.startswith("dashcam") and rng.random() < 0.5:
                zoom = float(np.exp(rng.normal(0, 0.3)))
            zoom = min(zoom, 0.95 * self.size / broad)
            middle = corners.mean(0)
        else:
            zoom, middle = float(np.exp(rng.uniform(np.log(0.45), np.log(1.6)))), rng.uniform(0, [wide, high])
        zoom = float(np.clip(zoom, 0.2, 2.2))
        place = rng.uniform(0.12, 0.88, 2) * self.size
        angle, stretch = rng.normal(0, 0.04), np.exp(rng.normal(0, 0.1))
        cos, sin = np.cos(angle) * zoom, np.sin(angle) * zoom
        linear = np.array([[cos * stretch, -sin + zoom * rng.normal(0, 0.04)], [sin, cos / stretch]])
        matrix = np.eye(3)
        matrix[:2, :2], matrix[:2, 2] = linear, place - linear @ middle
        slope = np.eye(3)
        slope[2, :2] = rng.normal(0, 0.08, 2) / self.size
        return slope @ matrix, zoom

    def _paste(
        self,
        image: Image,
        plates: FloatArray,
        ignored: FloatArray,
        rng: np.random.Generator,
        stickers: Sequence[Image],
    ) -> tuple[Image, FloatArray]:
        """The picture with one to three stickers where no plate is, and the plates if each of them is one."""
        for _ in range(int(rng.integers(1, 4))):
            sticker = stickers[int(rng.integers(len(stickers)))]
            tall = float(np.exp(rng.uniform(np.log(8), np.log(80))))
            broad = min(0.9 * self.size, tall * sticker.shape[1] / sticker.shape[0] * rng.uniform(0.7, 1.1))
            flat = np.array([[0, 0], [broad, 0], [broad, tall], [0, tall]], np.float32)
            skew = np.array([[0, 0], [0, 1], [0, 1], [0, 0]], np.float32) * np.float32(rng.normal(0, 0.12) * broad)
            corners = flat + skew + rng.normal(0, 0.05 * tall, (4, 2)).astype(np.float32)
            corners += rng.uniform(0, np.maximum(1, self.size - np.ptp(corners, axis=0))) - corners.min(0)
            box = np.concatenate([corners.min(0), corners.max(0)])
            others = [np.concatenate([p[:8].reshape(4, 2).min(0), p[:8].reshape(4, 2).max(0)]) for p in plates]
            if any(_touch(box, other) for other in [*others, *ignored]):
                continue
            image = _stick(image, sticker, np.asarray(corners, np.float32), rng)
            plates = np.vstack([plates, np.append(corners.ravel(), 1.0)[None].astype(np.float32)])
        return image, plates


def _touch(a: FloatArray, b: FloatArray) -> bool:
    return bool((np.minimum(a[2:], b[2:]) > np.maximum(a[:2], b[:2])).all())


def _stick(image: Image, sticker: Image, corners: FloatArray, rng: np.random.Generator) -> Image:
    """Lay a flat plate over the picture, darker or lighter as the place is, with a soft edge."""
    tall = max(4, int(np.ptp(corners[:, 1])))
    broad = max(8, int(np.ptp(corners[:, 0])))
    small = cv2.resize(sticker, (broad, tall), interpolation=cv2.INTER_AREA)
    source = np.array([[0, 0], [broad, 0], [broad, tall], [0, tall]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    size = (image.shape[1], image.shape[0])
    mask = cv2.warpPerspective(np.full((tall, broad), 255, np.uint8), matrix, size)
    laid = cv2.warpPerspective(small, matrix, size, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    laid *= rng.uniform(0.45, 1.05)
    if rng.random() < 0.6:  # the bumper or the boot around it
        around = cv2.dilate(mask, np.ones((2 * (tall // 2) + 1,) * 2, np.uint8))
        paint = np.array(rng.integers(10, 200, 3), np.float32)
        soft = cv2.GaussianBlur(around, (0, 0), max(1.0, tall / 6))[..., None] / np.float32(255) * np.float32(0.9)
        image = np.asarray(image * (1 - soft) + paint * soft, np.uint8)
    share = cv2.GaussianBlur(mask, (3, 3), 0)[..., None] / np.float32(255)
    return np.asarray(np.clip(image * (1 - share) + laid * share, 0, 255), np.uint8)


def _warp(image: Image, matrix: NDArray[np.float64], zoom: float, size: int) -> Image:
    """The cut; a picture that shrinks by much is averaged down first, since warping skips pixels."""
    if zoom < 0.67:
        step = max(zoom * 1.2, 0.1)
        small = cv2.resize(image, None, fx=step, fy=step, interpolation=cv2.INTER_AREA)
        matrix = matrix @ np.diag([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0], 1.0])
        image = np.asarray(small, np.uint8)
    grey = (114, 114, 114)
    return np.asarray(cv2.warpPerspective(image, matrix, (size, size), borderValue=grey), np.uint8)


def _seen(plates: FloatArray, matrix: NDArray[np.float64], size: int) -> tuple[FloatArray, FloatArray]:
    """(plates that are well inside the cut, boxes of those that are cut off or too small)."""
    kept, ignored = [], []
    for plate in plates:
        corners = cv2.perspectiveTransform(plate[None, :8].reshape(1, 4, 2).astype(np.float64), matrix)[0]
        low, high = corners.min(0), corners.max(0)
        inside = np.minimum(high, size) - np.maximum(low, 0)
        if (inside <= 1).any():
            continue
        if inside.prod() < 0.75 * (high - low).prod() or high[1] - low[1] < SMALLEST:
            ignored.append([*low, *high])
        else:
            kept.append([*corners.ravel(), plate[8]])
    return np.array(kept, np.float32).reshape(-1, 9), np.array(ignored, np.float32).reshape(-1, 4)


def _mirror(image: Image, plates: FloatArray, ignored: FloatArray) -> tuple[Image, FloatArray, FloatArray]:
    size = image.shape[1]
    plates, ignored = plates.copy(), ignored.copy()
    plates[:, 0:8:2] = size - plates[:, 0:8:2]
    plates = plates[:, [2, 3, 0, 1, 6, 7, 4, 5, 8]]
    ignored[:, [0, 2]] = size - ignored[:, [2, 0]]
    return np.ascontiguousarray(image[:, ::-1]), plates, ignored


def recolor(image: Image, rng: np.random.Generator) -> Image:
    """Light, color cast, blur, noise and JPEG; each at times only."""
    values = image.astype(np.float32) / 255
    if rng.random() < 0.7:
        values = values ** np.float32(np.exp(rng.normal(0, 0.35)))
        values = values * np.float32(np.exp(rng.normal(0, 0.2))) + np.float32(rng.normal(0, 0.05))
    if rng.random() < 0.4:
        values = values * np.exp(rng.normal(0, 0.12, 3)).astype(np.float32)
    if rng.random() < 0.1:
        values = np.repeat(values.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.15:
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), rng.uniform(0.4, 1.4)), np.float32)
    if rng.random() < 0.2:
        values = values + rng.standard_normal(values.shape, np.float32) * np.float32(rng.exponential(0.02))
    image = np.asarray(np.clip(values * 255, 0, 255), np.uint8)
    if rng.random() < 0.25:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 90))])
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return image
