"""Crops to readings: the one preprocessing, the network, the decoder, and confidence that means something."""

from __future__ import annotations

import cv2
import numpy as np

from recognition.types import FloatArray, Image

HEIGHT, WIDTH = 48, 144


def normalize(grey: Image) -> FloatArray:
    """A grey uint8 crop of any size -> float32 with mean 0 and deviation 1 of its own, so that night equals day."""
    values = grey.astype(np.float32)
    return np.asarray((values - values.mean()) / (values.std() + 4.0), np.float32)


def prepare(crop: Image) -> FloatArray:
    """A rectified plate (BGR or grey uint8, any size, 8 % of margin) -> (1, 48, 144) for the network."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if crop.ndim == 3 else crop
    shrinks = grey.shape[0] > HEIGHT or grey.shape[1] > WIDTH
    resized = cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return normalize(np.asarray(resized, np.uint8))[None]
