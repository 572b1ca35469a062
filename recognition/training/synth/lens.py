"""What the dashcam itself adds to the drawn street: soft focus, darker corners, grain, and the hood of our car."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.camera import Camera
from recognition.types import Image

ROOM = 64  # pixels by which the grain is larger than the picture, to be shifted in


class Lens:
    def __init__(self, camera: Camera, rng: np.random.Generator) -> None:
        self.size = (camera.height, camera.width)
        y, x = np.mgrid[-1 : 1 : camera.height * 1j, -1 : 1 : camera.width * 1j].astype(np.float32)
        light = np.clip(255 * (1.0 - 0.16 * (x * x + 0.8 * y * y)), 0, 255)
        self.light = np.repeat(light[..., None], 3, 2).astype(np.uint8)
        grain = rng.normal(0, 2.4, (camera.height + ROOM, camera.width + ROOM, 1)).repeat(3, 2)
        self.lighter, self.darker = (np.clip(np.rint(sign * grain), 0, 255).astype(np.uint8) for sign in (1, -1))
        self.hood, self.clear = _hood(*self.size)

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        soft = cv2.GaussianBlur(image, (0, 0), 0.5)
        with_hood = cv2.add(cv2.multiply(soft, self.clear, scale=1 / 255), self.hood)
        lit = cv2.multiply(with_hood, self.light, scale=1 / 255)
        y, x = (int(v) for v in rng.integers(0, ROOM, 2))
        part = (slice(y, y + self.size[0]), slice(x, x + self.size[1]))
        return np.asarray(cv2.subtract(cv2.add(lit, self.lighter[part]), self.darker[part]), np.uint8)


def _hood(high: int, wide: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Our hood along the lower edge, times its coverage; and what share of the street stays clear, 0–255."""
    cover = np.zeros((high, wide), np.uint8)
    middle, axes = (wide // 2, round(high * 1.13)), (round(wide * 0.62), round(high * 0.19))
    cv2.ellipse(cover, middle, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), wide / 900), np.uint8)
    top = middle[1] - axes[1]
    down = np.clip((np.arange(high) - top) / max(1, high - top), 0, 1)[:, None, None]
    across = np.abs(np.linspace(-1, 1, wide))[None, :, None]
    sheen = np.exp(-((down / 0.28) ** 2)) * (1 - 0.7 * across)  # of the sky, along the far edge
    color = np.array([52, 44, 40]) * (0.5 + 0.2 * (1 - down)) + np.array([96, 84, 72]) * sheen
    share = cover[..., None].astype(np.float32) / 255
    return np.asarray(color * share, np.uint8), np.repeat(255 - cover[..., None], 3, 2)
