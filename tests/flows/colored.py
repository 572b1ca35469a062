"""A film of colored plates, and a reader that tells plates by their color: quick, exact, the same on every run.

It takes the networks' place in tests of what happens around them; the pipeline between is the real one. Workers in
processes of their own find it by READER_FACTORY=tests.flows.colored.load_reader.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from recognition.geometry import box_to_corners
from recognition.pipeline import Reader
from recognition.types import Box, Candidate, Character, Detection, Image, Reading, Region

WIDTH, HEIGHT, RATE = 480, 272, 10
PLATE = (72, 24)  # width and height in pixels


@dataclass(frozen=True, slots=True)
class Car:
    """A plate of one color, driving from left to right between two moments."""

    text: str
    hue: int  # OpenCV's, 0–179
    start: float
    end: float
    y: int


VERSION = "colors@1"

# With segments of 6 s, the second and the third car cross a cut, and the fifth crosses two.
CARS = (
    Car("RED1001", 0, 1.0, 4.5, 40),
    Car("GRN2002", 60, 3.0, 8.6, 90),
    Car("BLU3003", 120, 9.2, 14.6, 140),
    Car("CYA4004", 90, 15.0, 17.5, 40),
    Car("MAG5005", 150, 5.0, 13.4, 190),
)


def draw_film(path: Path, *, seconds: float = 18.0, cars: Sequence[Car] = CARS) -> Path:
    """An H.264 film with a key frame every second; the same arguments give the same bytes."""
    with av.open(str(path), "w") as container:
        options = {"preset": "ultrafast", "crf": "16", "threads": "1"}
        stream = container.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = RATE
        for index in range(round(seconds * RATE)):
            frame = av.VideoFrame.from_ndarray(_picture(index / RATE, cars), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def _picture(seconds: float, cars: Sequence[Car]) -> Image:
    image = np.full((HEIGHT, WIDTH, 3), 70, np.uint8)
    for car in cars:
        if car.start <= seconds <= car.end:
            share = (seconds - car.start) / (car.end - car.start)
            x = round(8 + share * (WIDTH - PLATE[0] - 16))
            color = cv2.cvtColor(np.array([[[car.hue, 255, 230]]], np.uint8), cv2.COLOR_HSV2BGR)[0, 0]
            image[car.y : car.y + PLATE[1], x : x + PLATE[0]] = color
    return image


def detect(image: Image) -> list[Detection]:
    """Everything that is strongly colored."""
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    mask = np.asarray(hsv[..., 1] > 120, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    boxes = [Box(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h, area in stats[1:] if area > 400]
    return [Detection(box, tuple((x, y) for x, y in box_to_corners(box)), 0.9) for box in boxes]


def recognize(crops: Sequence[Image], region: str | None = None) -> list[Reading]:
    return [_reading(crop) for crop in crops]


def _reading(crop: Image) -> Reading:
    rows, columns = crop.shape[:2]
    middle = np.ascontiguousarray(crop[rows // 3 : rows * 2 // 3, columns // 3 : columns * 2 // 3])
    hue = int(np.median(cv2.cvtColor(middle, cv2.COLOR_BGR2HSV)[..., 0]))
    car = min(CARS, key=lambda car: min(abs(car.hue - hue), 180 - abs(car.hue - hue)))
    return _said(car.text)


def _said(text: str) -> Reading:
    characters = tuple(Character(letter, 0.97) for letter in text)
    return Reading(text, 0.97, characters, (Candidate(text, 0.97),), Region("ro", 0.8))


def load_reader(device: str, detector: str = "", recognizer: str = "") -> Reader:
    """The small recognizer is a poorer one: it cannot tell zeros from O."""
    if recognizer != "recognizer-s":
        return Reader(detect, recognize, version=VERSION)
    return Reader(detect, _with_round_zeros, version=f"{detector}@1+{recognizer}@1")


def _with_round_zeros(crops: Sequence[Image], region: str | None = None) -> list[Reading]:
    return [_said(one.plate.replace("0", "O")) for one in recognize(crops, region)]


def load_slow_reader(device: str) -> Reader:
    """Takes its time over every frame, so that a test can strike in the middle of a segment."""

    def slowly(image: Image) -> list[Detection]:
        time.sleep(0.05)
        return detect(image)

    return Reader(slowly, recognize, version=VERSION)
