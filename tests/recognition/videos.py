"""Small videos made on the spot: frames of one color, or with colored plates, at the times that a test wants."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from recognition.geometry import corners_to_box
from recognition.types import Box, Candidate, Detection, Image, Reading

MILLISECOND = Fraction(1, 1000)
COLORS = {"B99BNX": (40, 40, 220), "CJ07ABC": (40, 220, 40), "TM42XYZ": (220, 60, 40)}  # a plate is a colored block


def write_video(
    path: Path, pictures: Sequence[Image], times: Sequence[float], *, key_every: int = 12, container: str | None = None
) -> Path:
    """H.264 without reordering; a frame is shown at its time in seconds, to the millisecond."""
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream("libx264", rate=30, options={"crf": "16", "bf": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, "yuv420p", key_every
        stream.time_base = stream.codec_context.time_base = MILLISECOND
        for picture, seconds in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(seconds * 1000), MILLISECOND
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def grey_levels(count: int, width: int = 64, height: int = 48) -> list[Image]:
    """Frame i is grey of level 5·i, so that a decoded frame tells which one it is."""
    return [np.full((height, width, 3), 5 * i, np.uint8) for i in range(count)]


def level(image: Image) -> int:
    """Which of `grey_levels` a decoded frame is."""
    return int((float(image.mean()) + 4) // 5)  # conversion to YUV and back darkens by 3 at the most


def rotate_mp4(path: Path, clockwise: int) -> None:
    """Write the display matrix of a quarter, half or three-quarter turn into the video's track header."""
    one = 0x10000
    matrices = {0: (one, 0, 0, one), 90: (0, one, -one, 0), 180: (-one, 0, 0, -one), 270: (0, -one, one, 0)}
    a, b, c, d = matrices[clockwise]
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version 0: 40 bytes of other fields come first
    for i, value in enumerate((a, b, 0, c, d, 0)):
        data[at + 4 * i : at + 4 * i + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(bytes(data))


def street(plates: dict[str, tuple[int, int, int]], width: int = 480, height: int = 320) -> Image:
    """A dark picture with a colored block per plate: text -> (left, top, height); a block is four times as wide."""
    image = np.full((height, width, 3), 24, np.uint8)
    for text, (left, top, high) in plates.items():
        image[top : top + high, left : left + 4 * high] = COLORS[text]
    return image


class BlockDetector:
    """Finds the colored blocks of `street` by their saturation."""

    def __call__(self, image: Image) -> list[Detection]:
        saturated = (image.max(2).astype(int) - image.min(2) > 90).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(saturated)
        found = []
        for x, y, w, h, area in stats[1:].tolist():
            if area > 60:
                corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
                found.append(Detection(corners_to_box(corners), corners, 0.9))
        return found


class BlockRecognizer:
    """Reads a block's color as its text; `misreads` counts crops, and every entry of it reads as something else."""

    def __init__(self, misreads: dict[int, str] | None = None) -> None:
        self.misreads, self.count = misreads or {}, -1

    def __call__(self, crops: Sequence[Image], region: str | None = None) -> list[Reading]:
        return [self._read(crop) for crop in crops]

    def _read(self, crop: Image) -> Reading:
        self.count += 1
        high, wide = crop.shape[:2]
        middle = crop[high // 3 : 2 * high // 3, wide // 3 : 2 * wide // 3].reshape(-1, 3).mean(0)
        text = min(COLORS, key=lambda name: float(np.abs(middle - COLORS[name]).sum()))
        if self.count in self.misreads:
            return reading(self.misreads[self.count], 0.55)
        return reading(text, 0.95)


def reading(text: str, confidence: float, *others: tuple[str, float]) -> Reading:
    """A reading without characters, as the vote needs it."""
    return Reading(text, confidence, (), (Candidate(text, confidence), *(Candidate(*other) for other in others)))


def detection(x: float, y: float, height: float = 20.0, score: float = 0.9) -> Detection:
    """A plate four times as wide as high, its centre at (x, y)."""
    box = Box(x - 2 * height, y - height / 2, x + 2 * height, y + height / 2)
    return Detection(box, ((box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2)), score)
