"""The light augmentation of a stored crop, anew each time that it is drawn into a batch."""

from __future__ import annotations

import cv2
import numpy as np

from recognition.inference.recognize import HEIGHT, WIDTH
from recognition.training import datasets_crops
from recognition.training.datasets_crops import GREY
from recognition.types import Image


def to_grey(image: Image, rng: np.random.Generator) -> Image:
    """Usually the grey of inference, sometimes another mixture of the channels, as another cast would give."""
    if image.ndim == 2:
        return image
    weights = GREY if rng.random() < 0.6 else rng.dirichlet(GREY * 4 + 0.3)
    return np.asarray(cv2.transform(image, weights.astype(np.float32)[None]), np.uint8)


def cut_again(grey: Image, margin: float, rng: np.random.Generator) -> Image:
    """Another margin on each side, each corner a little off, sometimes turned or slanted."""
    margins = np.clip(rng.normal(margin * 0.8 + 0.012, 0.045, 4), -0.035, 0.19).tolist()
    shifts = rng.normal(0, 0.035, (4, 2))
    if rng.random() < 0.3:
        slope = rng.normal(0, 0.14)
        shifts[[0, 3], 1] += slope
        shifts[[1, 2], 1] -= slope
    if rng.random() < 0.2:
        slant = rng.normal(0, 0.12)
        shifts[:2, 0] += slant
        shifts[2:, 0] -= slant
    return datasets_crops.view(grey, datasets_crops.window(margins, shifts), WIDTH, HEIGHT)


def spoil(grey: Image, rng: np.random.Generator, strength: float = 1.0) -> Image:
    """Less resolution, blur, contrast, noise, JPEG, patches that hide; each at times only."""
    if rng.random() < 0.3 * strength:
        scale = rng.uniform(0.35, 0.9)
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.2 * strength:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.3, 1.3), sigmaY=rng.uniform(0.3, 1.0)), np.uint8)
    values = grey.astype(np.float32)
    if rng.random() < 0.5:
        values = np.asarray(255 * (values / 255) ** np.float32(np.exp(rng.normal(0, 0.35))), np.float32)
    if rng.random() < 0.2:
        values += np.float32(rng.normal(0, 25)) * np.linspace(-1, 1, WIDTH, dtype=np.float32)[None]
    if rng.random() < 0.25 * strength:
        values += rng.standard_normal(values.shape, np.float32) * np.float32(rng.exponential(6))
    if rng.random() < 0.1:
        values = 255 - values
    if rng.random() < 0.12:
        x, y = int(rng.integers(WIDTH)), int(rng.integers(HEIGHT))
        values[y : y + int(rng.integers(3, 12)), x : x + int(rng.integers(2, 9))] = rng.uniform(0, 255)
    grey = np.clip(values, 0, 255).astype(np.uint8)
    if rng.random() < 0.15 * strength:
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 80))])
        grey = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return grey
