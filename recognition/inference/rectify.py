"""A detection -> the straightened crop that the recognizer reads, with the margin that it was trained with."""

from __future__ import annotations

from recognition import images
from recognition.types import Detection, Image

WIDTH, HEIGHT = 288, 96  # pixels: twice what the recognizer takes, enough to show to people
MARGIN = 0.05  # share of the plate's width and height kept beyond its corners; detected corners lie a little outside


def rectify(image: Image, detection: Detection, margin: float = MARGIN) -> Image:
    """(96, 288, 3): the plate upright and flat, whatever the angle it was seen at."""
    return images.rectify_crop(image, detection.corners, WIDTH, HEIGHT, margin)
