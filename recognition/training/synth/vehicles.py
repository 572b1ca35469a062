"""Drawn vehicles: plates of several countries, and faces that carry them, ready to be put on a road."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth import glyphs
from recognition.training.synth.bodies import SCALE, Body, Color, Sheet, mirrored, rounded, shade
from recognition.training.synth.faces import draw_face
from recognition.types import Image

FRONT_PLATE = 0.44  # height of a front plate's middle, in meters
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


@dataclass(frozen=True, slots=True, eq=False)
class Vehicle:
    """A vehicle's face: BGRA, colors times coverage, SCALE pixels per meter, its lower edge on the road.

    Left and right of the body it has MARGIN meters for the mirrors.
    """

    body: Body
    paint: Color
    rear: bool
    plate: FlatPlate
    face: NDArray[np.uint8]
    corners: NDArray[np.float32]  # of the plate, in pixels of `face`


def draw_vehicle(body: Body, paint: Color, plate: FlatPlate, *, rear: bool) -> Vehicle:
    sheet = draw_face(body, paint, rear=rear)
    face, half = sheet.pixels, (plate.kind.width / 2, plate.kind.height / 2)
    up = body.plate if rear else FRONT_PLATE
    _recess(sheet, half, up, paint, rear)
    left, top = (round(value) for value in sheet.at(-half[0], up + half[1]))
    wide, high = round(2 * half[0] * SCALE), round(2 * half[1] * SCALE)
    face[top : top + high, left : left + wide, :3] = cv2.resize(plate.image, (wide, high), interpolation=cv2.INTER_AREA)
    right, foot = left + wide, top + high
    exact = np.array([[left, top], [right, top], [right, foot], [left, foot]], np.float32)
    cover = face[..., 3:].astype(np.float32) / 255
    face[..., :3] = face[..., :3] * cover  # so that edges do not darken when it is scaled
    return Vehicle(body, paint, rear, plate, face, exact)


def _recess(sheet: Sheet, half: tuple[float, float], up: float, paint: Color, rear: bool) -> None:
    """What a plate is fixed to: a hollow in the tail, a holder at the front."""
    wide, high = half[0] + 0.05, half[1] + 0.045
    if rear:
        hollow = mirrored([(wide + 0.03, up - high), (wide, up + high)])
        sheet.fill(rounded(hollow, 0.04), shade(paint, 0.28), shade(paint, 0.55))
        sheet.line([(-wide, up + high - 0.004), (wide, up + high - 0.004)], (200, 198, 194), 0.012)
    holder = mirrored([(half[0] + 0.012, up - half[1] - 0.012), (half[0] + 0.012, up + half[1] + 0.012)])
    sheet.fill(holder, (34, 32, 32), (20, 18, 18))
