"""Auto-levels on the HSV V channel and Tesseract, as the YOLO-and-OCR projects of the 2010s read plates."""

from __future__ import annotations

import math
import os
import shutil
import subprocess

import cv2
import numpy as np

from recognition import images
from recognition.plates import normalize
from recognition.types import Image

HEIGHT = 64  # pixels of the crop that Tesseract is shown; its letters are then some 40 high, as it likes them
CLIPPED = 2.0  # percent of pixels made black, and made white
TIMEOUT_S = 10
ONE_LINE, BLOCK = "7", "6"  # page segmentation modes
TWO_LINES_BELOW = 2.5  # width over height from which a plate has one line


def leveled(crop: Image) -> Image:
    """The V channel of a BGR or grey crop, stretched to the whole range, HEIGHT rows high (two lines: twice that)."""
    value = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV)[..., 2] if crop.ndim == 3 else crop
    low, high = np.percentile(value, (CLIPPED, 100 - CLIPPED))
    stretched = np.clip((value.astype(np.float32) - low) * 255 / max(1.0, high - low), 0, 255)
    rows = HEIGHT if value.shape[1] >= TWO_LINES_BELOW * value.shape[0] else 2 * HEIGHT
    width = max(rows, round(value.shape[1] * rows / value.shape[0]))
    return np.asarray(cv2.resize(stretched.astype(np.uint8), (width, rows), interpolation=cv2.INTER_CUBIC), np.uint8)


class Tesseract:
    """A plate reader. Raises FileNotFoundError where the program is not installed."""

    name = "V channel auto-levels + Tesseract"
    parameters = 0
    gflops = math.nan

    def __init__(self) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise FileNotFoundError("tesseract is not installed (Debian: tesseract-ocr)")
        self.program = program

    def read(self, crop: Image) -> str:
        """The text on a rectified plate (BGR or grey uint8); empty where Tesseract sees none or takes too long."""
        shown = leveled(crop)
        mode = ONE_LINE if shown.shape[0] == HEIGHT else BLOCK
        letters = "tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        try:
            done = subprocess.run(
                [self.program, "stdin", "stdout", "--psm", mode, "-c", letters],
                input=images.encode_jpeg(shown, 95),
                capture_output=True,
                timeout=TIMEOUT_S,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ""
        return normalize(done.stdout.decode("utf-8", "replace"))
