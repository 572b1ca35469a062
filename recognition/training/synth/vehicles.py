"""Drawn vehicles: a face with a plate on it as a picture with transparency, in meters, ready to be put on a road."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth import glyphs
from recognition.types import Image

Color = tuple[int, int, int]  # blue, green, red
SCALE = 360  # pixels per meter of a face's picture
BLUE, INK, WHITE, YELLOW = (153, 51, 0), (28, 24, 22), (244, 246, 246), (60, 200, 250)


@dataclass(frozen=True, slots=True)
class PlateKind:
    """How plates of one country look. Sizes in meters."""

    region: str
    ground: Color = WHITE
    ink: Color = INK
    band: str = ""  # letters on a blue band at the left; "" for none
    strip: Color | None = None  # along the upper edge
    width: float = 0.52
    height: float = 0.11
    style: str = "grotesque"


KINDS = {
    "ro": PlateKind("ro", band="RO"),
    "de": PlateKind("de", band="D"),
    "pl": PlateKind("pl", band="PL"),
    "es": PlateKind("es", band="E"),
    "fr": PlateKind("fr", band="F"),
    "nl": PlateKind("nl", ground=YELLOW, band="NL"),
    "gb": PlateKind("gb", ground=YELLOW, style="highway"),
    "br": PlateKind("br", strip=BLUE, width=0.40, height=0.13, style="highway"),
    "us": PlateKind("us", ground=(246, 238, 226), ink=(120, 60, 20), strip=(90, 50, 200), width=0.34, height=0.16),
    "in": PlateKind("in", width=0.34, height=0.20, style="highway"),
}


@dataclass(frozen=True, slots=True, eq=False)
class FlatPlate:
    """A plate seen from straight ahead. `text` has no separators."""

    image: Image
    text: str
    kind: PlateKind
    lines: int


def draw_plate(lines: tuple[str, ...], kind: PlateKind, scale: float = 2.0 * SCALE) -> FlatPlate:
    """A plate with these lines of text (groups apart by spaces), `scale` pixels per meter."""
    wide, high = round(kind.width * scale), round(kind.height * scale)
    image = np.empty((high, wide, 3), np.uint8)
    image[:] = kind.ground
    left = 0
    if kind.band:
        left = round(0.085 * wide)
        image[:, :left] = BLUE
        _ink(image, kind.band, (left // 2, round(0.78 * high)), round(0.17 * high), (240, 240, 240))
        cv2.circle(image, (left // 2, round(0.32 * high)), round(0.3 * left), (60, 200, 250), max(1, left // 14))
    top = 0
    if kind.strip is not None:
        top = round(0.2 * high)
        image[:top] = kind.strip
    room = (high - top) / len(lines)
    for index, line in enumerate(lines):
        middle = (left + (wide - left) // 2, round(top + room * (index + 0.5)))
        size = round(room * (0.7 if len(lines) == 1 else 0.78))
        _ink(image, line, middle, size, kind.ink, 0.9 * (wide - left), kind.style)
    cv2.rectangle(image, (1, 1), (wide - 2, high - 2), kind.ink, max(2, high // 28))
    return FlatPlate(image, "".join(lines).replace(" ", ""), kind, len(lines))


def _ink(
    image: Image, text: str, middle: tuple[int, int], height: int, color: Color, room: float = 1e9, style: str = "slim"
) -> None:
    """Write `text` around `middle`, squeezed to at most `room` pixels of width."""
    mask = glyphs.draw_text(text, height, style=style)
    if mask.shape[1] > room:
        mask = np.asarray(cv2.resize(mask, (int(room), height), interpolation=cv2.INTER_AREA), np.uint8)
    y, x = middle[1] - mask.shape[0] // 2, middle[0] - mask.shape[1] // 2
    part = image[max(0, y) : y + mask.shape[0], max(0, x) : x + mask.shape[1]]
    share = mask[: part.shape[0], : part.shape[1], None].astype(np.float32) / 255
    part[:] = part * (1 - share) + np.array(color, np.float32) * share


@dataclass(frozen=True, slots=True)
class Body:
    """Proportions of a vehicle, in meters."""

    width: float
    height: float
    length: float
    waist: float  # height at which the windows begin
    roof: float  # width of the roof over the width
    plate: float  # height of the plate's middle


BODIES = {
    "sedan": Body(1.80, 1.42, 4.5, 0.92, 0.68, 0.62),
    "hatch": Body(1.74, 1.50, 3.9, 0.95, 0.74, 0.50),
    "suv": Body(1.90, 1.72, 4.6, 1.08, 0.80, 0.72),
    "van": Body(1.96, 2.05, 5.0, 1.20, 0.92, 0.58),
}


@dataclass(frozen=True, slots=True, eq=False)
class Vehicle:
    """A vehicle's face. `face` is BGRA, SCALE pixels per meter, its lower edge on the road."""

    body: Body
    paint: Color
    rear: bool
    plate: FlatPlate
    face: NDArray[np.uint8]
    corners: NDArray[np.float32]  # of the plate, in pixels of `face`


def draw_vehicle(body: Body, paint: Color, plate: FlatPlate, *, rear: bool) -> Vehicle:
    face = _face(body, paint, rear)
    wide, high = plate.kind.width * SCALE, plate.kind.height * SCALE
    x, y = (face.shape[1] - wide) / 2, (body.height - body.plate) * SCALE - high / 2
    corners = np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high]], np.float32)
    _recess(face, corners, paint)
    size = (round(wide), round(high))
    small = cv2.resize(plate.image, size, interpolation=cv2.INTER_AREA)
    left, top = round(x), round(y)
    face[top : top + size[1], left : left + size[0], :3] = small
    right, foot = left + size[0], top + size[1]
    exact = np.array([[left, top], [right, top], [right, foot], [left, foot]], np.float32)
    return Vehicle(body, paint, rear, plate, face, exact)


def shade(color: Color, factor: float) -> Color:
    blue, green, red = (int(min(255, max(0, channel * factor))) for channel in color)
    return blue, green, red


def _recess(face: NDArray[np.uint8], corners: NDArray[np.float32], paint: Color) -> None:
    low, high = corners[0] - 0.03 * SCALE, corners[2] + 0.03 * SCALE
    cv2.rectangle(face, _pixel(low), _pixel(high), (*shade(paint, 0.55), 255), -1, cv2.LINE_AA)


def _pixel(point: NDArray[np.float32]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _face(body: Body, paint: Color, rear: bool) -> NDArray[np.uint8]:
    """The bare face, without its plate: silhouette, window, lights, bumper, tires."""
    wide, high = round(body.width * SCALE), round(body.height * SCALE)
    face = np.zeros((high, wide, 4), np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        """x −1 … 1 across, y in meters above the road."""
        return round((x + 1) / 2 * (wide - 1)), round((body.height - y) * SCALE)

    def fill(color: Color, *points: tuple[float, float]) -> None:
        cv2.fillPoly(face, [np.array([at(*p) for p in points], np.int32)], (*color, 255), cv2.LINE_AA)

    waist, top, roof = body.waist, body.height - 0.02, body.roof
    for side in (-1, 1):
        fill((24, 22, 22), (side * 0.96, 0.4), (side * 0.96, 0.0), (side * 0.72, 0.0), (side * 0.72, 0.4))
    fill(shade(paint, 0.92), (-roof, top - 0.1), (-roof * 0.86, top), (roof * 0.86, top), (roof, top - 0.1),
         (0.93, waist), (-0.93, waist))  # fmt: skip
    fill(paint, (-0.93, waist), (-0.99, waist - 0.16), (-0.98, 0.34), (-0.92, 0.2), (0.92, 0.2), (0.98, 0.34),
         (0.99, waist - 0.16), (0.93, waist))  # fmt: skip
    fill((66, 54, 44), (-roof * 0.9, top - 0.1), (roof * 0.9, top - 0.1), (0.80, waist + 0.03), (-0.80, waist + 0.03))
    fill((120, 104, 88), (-roof * 0.8, top - 0.14), (-roof * 0.2, top - 0.14), (-0.42, waist + 0.06),
         (-0.72, waist + 0.06))  # fmt: skip
    fill(shade(paint, 1.18), (-0.9, waist - 0.02), (0.9, waist - 0.02), (0.92, waist - 0.06), (-0.92, waist - 0.06))
    fill(shade(paint, 0.5), (-0.96, 0.36), (0.96, 0.36), (0.9, 0.2), (-0.9, 0.2))
    for side in (-1, 1):
        lamp = (40, 36, 214) if rear else (235, 246, 250)
        fill(lamp, (side * 0.96, waist - 0.12), (side * 0.6, waist - 0.12), (side * 0.66, waist - 0.28),
             (side * 0.97, waist - 0.3))  # fmt: skip
        inner = (90, 90, 250) if rear else (255, 255, 255)
        fill(inner, (side * 0.9, waist - 0.16), (side * 0.74, waist - 0.16), (side * 0.75, waist - 0.22),
             (side * 0.9, waist - 0.23))  # fmt: skip
    if not rear:
        fill((34, 32, 32), (-0.5, waist - 0.14), (0.5, waist - 0.14), (0.42, waist - 0.28), (-0.42, waist - 0.28))
        for y in (0.17, 0.21, 0.25):
            cv2.line(face, at(-0.46, waist - y), at(0.46, waist - y), (120, 120, 120, 255), 2, cv2.LINE_AA)
    cv2.circle(face, at(0, waist - 0.1), round(0.035 * SCALE), (200, 200, 200, 255), -1, cv2.LINE_AA)
    face[: face.shape[0]] = cv2.GaussianBlur(face, (3, 3), 0)
    return face
