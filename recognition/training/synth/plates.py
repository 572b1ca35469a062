"""Draws a plate, flat and in color, of any country or of none: characters, band, border, seals, screws, dirt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth import grammars, ornaments
from recognition.training.synth.fonts import HEIGHT, Typeface
from recognition.training.synth.grammars import Line, PlateText
from recognition.training.synth.ornaments import Color, any_color
from recognition.types import Image

FloatMask = NDArray[np.float32]
WHITE: Color = (235, 235, 235)
BLACK: Color = (25, 22, 20)
YELLOW: Color = (20, 190, 235)
BLUE: Color = (150, 70, 20)


@dataclass(frozen=True, slots=True)
class Style:
    """Shape and colors of one kind of plate. `ratio`: height of the characters over that of a one-line plate."""

    aspect: tuple[float, float]  # width over height, least and greatest, one line
    ratio: tuple[float, float]
    colors: tuple[tuple[Color, Color], ...]  # (ground, characters)
    band: float = 0.0  # how often it has a band on the left
    words: float = 0.0  # how often small words stand above and below
    header: bool = False  # whether a band with the country's name lies along its top


RED: Color = (40, 30, 170)
GREEN: Color = (60, 120, 30)
STYLES: dict[str, Style] = {
    "eu": Style(
        (4.2, 5.0),
        (0.62, 0.82),
        ((WHITE, BLACK),) * 8 + ((YELLOW, BLACK), (WHITE, RED), (WHITE, (90, 50, 30))),
        0.8,
        0.12,
    ),
    "gb": Style((4.2, 4.9), (0.66, 0.82), ((WHITE, BLACK), (YELLOW, BLACK), (BLACK, WHITE)), 0.4, 0.12),
    "nl": Style((4.2, 4.9), (0.62, 0.8), ((YELLOW, BLACK),), 0.8),
    "ru": Style((4.4, 4.8), (0.6, 0.75), ((WHITE, BLACK),)),
    "br": Style((2.9, 3.3), (0.5, 0.64), (((170, 170, 165), BLACK), (WHITE, BLACK), (RED, WHITE)), 0.0, 0.9),
    "mercosul": Style(
        (2.9, 3.3), (0.5, 0.64), ((WHITE, BLACK),) * 4 + ((WHITE, RED), (WHITE, (90, 50, 30))), header=True
    ),
    "arold": Style((2.9, 3.3), (0.5, 0.64), ((BLACK, WHITE),), words=0.7),
    "plain": Style(
        (3.6, 5.0),
        (0.55, 0.8),
        ((WHITE, BLACK),) * 5 + ((YELLOW, BLACK),) * 2 + ((BLACK, YELLOW), (RED, WHITE), (GREEN, WHITE)),
        0.3,
        0.12,
    ),
    "cn": Style((3.0, 3.5), (0.62, 0.74), ((BLUE, WHITE),) * 4 + ((YELLOW, BLACK), (WHITE, BLACK))),
    "cngreen": Style((3.2, 3.7), (0.62, 0.74), (((150, 215, 150), BLACK),)),
    "us": Style((1.95, 2.15), (0.38, 0.55), (), 0.0, 0.95),
}
TWO_LINE_ASPECT = (1.25, 2.3)
FRAMED = 0.12  # how often a plate is shown with its dealer's frame, as a detector that takes both for one would


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPlate:
    """A flat plate. `image` is BGR and as high as its style asks for (80–200 px); `text` has no separators."""

    image: Image
    text: str
    region: str  # "" where the text is a random string
    lines: int


@dataclass(frozen=True, slots=True)
class Hand:
    """How one plate's characters are set: typeface, width and weight of the stroke, gaps in shares of the height."""

    face: Typeface
    chinese: Typeface | None
    stretch: float
    weight: int  # pixels of 64 added to (or taken from) the stroke
    gap: float
    group_gap: float
    fixed: float  # 0, or the width of every character's cell in shares of the height
    serifs: bool = False  # bars on I and J, as on Brazilian and many American plates

    def mask(self, character: str) -> FloatMask:
        face = self.chinese if not character.isascii() and self.chinese is not None else self.face
        glyph = face.glyph(character)
        if self.serifs and character in "IJ":
            glyph = _with_serifs(glyph, character)
        if self.weight:
            kernel = np.ones((abs(self.weight) + 1, abs(self.weight) + 1), np.uint8)
            change = cv2.dilate if self.weight > 0 else cv2.erode
            glyph = np.asarray(change(np.pad(glyph, 2), kernel), np.uint8)[2:-2]
        width = max(4, round(glyph.shape[1] * self.stretch))
        sized = np.asarray(cv2.resize(glyph, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.float32)
        return sized / np.float32(255)


def _with_serifs(glyph: NDArray[np.uint8], character: str) -> NDArray[np.uint8]:
    """I with bars at both ends, J with one at its head; a glyph that is wide already has them."""
    stem = int(np.median((glyph > 127).sum(1)))
    if character == "J":
        out = glyph.copy()
        out[: max(4, stem * 2 // 3), : max(stem, glyph.shape[1] - stem // 2)] = 255
        return out
    if glyph.shape[1] > 1.7 * stem:
        return glyph
    side, bar = max(5, stem * 2 // 3), max(4, stem * 2 // 3)
    out = np.pad(glyph, ((0, 0), (side, side)))
    out[:bar] = 255
    out[-bar:] = 255
    return np.asarray(out, np.uint8)


def choose_hand(rng: np.random.Generator, faces: Sequence[Typeface], chinese: Sequence[Typeface] = ()) -> Hand:
    return Hand(
        faces[int(rng.integers(len(faces)))],
        chinese[int(rng.integers(len(chinese)))] if chinese else None,
        float(rng.uniform(0.75, 1.3)),
        int(rng.choice([-2, -1, 0, 0, 0, 1, 2, 4])),
        float(rng.uniform(0.06, 0.28)),
        float(rng.uniform(0.2, 0.6)),
        float(rng.uniform(0.6, 0.75)) if rng.random() < 0.3 else 0.0,
        bool(rng.random() < 0.3),
    )


def _separator(kind: str, rng: np.random.Generator, hand: Hand) -> FloatMask:
    """A gap between groups; where the grammar allows it, with a dash, a dot or a round seal in it."""
    width = max(6, int(hand.group_gap * HEIGHT))
    look = rng.random() if kind == "-" else 0.0
    if look < 0.35:
        return np.zeros((HEIGHT, width), np.float32)
    if look < 0.75:
        blank = np.zeros((HEIGHT, max(width, 20)), np.float32)
        left, middle = blank.shape[1] // 5, int(HEIGHT * rng.uniform(0.4, 0.6))
        thick = int(rng.integers(3, 6))
        wide = blank.shape[1] - 2 * left if look < 0.6 else 2 * thick
        start = (blank.shape[1] - wide) // 2
        blank[middle - thick : middle + thick, start : start + wide] = 1
        return blank
    return ornaments.seal((HEIGHT, max(width, 34)), rng)


def _stacked(pair: str, hand: Hand) -> FloatMask:
    """Two small characters, one above the other, as high as one."""
    high = HEIGHT * 9 // 20
    small = [hand.mask(character) for character in pair]
    small = [np.asarray(cv2.resize(m, (max(4, int(m.shape[1] * 0.55)), high)), np.float32) for m in small]
    width = max(m.shape[1] for m in small)
    out = np.zeros((HEIGHT, width), np.float32)
    for mask, top in zip(small, (0, HEIGHT - high), strict=True):
        left = (width - mask.shape[1]) // 2
        out[top : top + high, left : left + mask.shape[1]] = mask
    return out


def line_mask(line: Line, hand: Hand, rng: np.random.Generator, *, stacks: bool = False) -> FloatMask:
    """The ink of one line, 0–1, HEIGHT rows. `stacks`: a group of two letters may stand one above the other."""
    gap = np.zeros((HEIGHT, max(1, int(hand.gap * HEIGHT))), np.float32)
    pieces: list[FloatMask] = []
    for index, group in enumerate(line.groups):
        if index:
            pieces.append(_separator(line.separators[index - 1], rng, hand))
        if stacks and len(group) == 2 and group.isalpha() and rng.random() < 0.35:
            pieces += [_stacked(group, hand), gap]
            continue
        for character in group:
            mask = hand.mask(character)
            missing = int(hand.fixed * HEIGHT) - mask.shape[1]
            if missing > 0:
                mask = np.pad(mask, ((0, 0), (missing // 2, missing - missing // 2)))
            pieces += [mask, gap]
    return np.hstack(pieces[:-1])


def _ground(height: int, width: int, color: Color, rng: np.random.Generator) -> NDArray[np.float32]:
    image = np.empty((height, width, 3), np.float32)
    image[:] = np.array(color) * rng.uniform(0.75, 1.08) + rng.normal(0, 6, 3)
    ramp = np.linspace(-1, 1, height)[:, None] * rng.normal(0, 8) + np.linspace(-1, 1, width)[None] * rng.normal(0, 10)
    return image + ramp[..., None].astype(np.float32)


def _us_colors(rng: np.random.Generator) -> tuple[Color, Color]:
    light, dark = rng.integers(150, 250, 3), rng.integers(5, 110, 3)
    ground, ink = (light, dark) if rng.random() < 0.8 else (dark, light)
    return (int(ground[0]), int(ground[1]), int(ground[2])), (int(ink[0]), int(ink[1]), int(ink[2]))


def _blend(image: NDArray[np.float32], mask: FloatMask, top: int, left: int, ink: Color, emboss: float) -> None:
    """Print `mask` in `ink`; `emboss` lightens the upper left edge of the strokes, as raised characters show."""
    height = min(mask.shape[0], image.shape[0] - top)
    width = min(mask.shape[1], image.shape[1] - left)
    part, mask = image[top : top + height, left : left + width], mask[:height, :width, None]
    part *= 1 - mask
    part += mask * np.array(ink, np.float32)
    if emboss:
        edge = mask[..., 0] - np.roll(mask[..., 0], (2, 2), (0, 1))
        part += (emboss * edge)[..., None]


def _fit(mask: FloatMask, height: int, width: int) -> FloatMask:
    """Scale a line to `height`, and narrow it where it would be wider than `width`."""
    wide = min(width, max(8, round(mask.shape[1] * height / mask.shape[0])))
    return np.asarray(cv2.resize(mask, (wide, height), interpolation=cv2.INTER_AREA), np.float32)


def _compose(text: PlateText, style: Style, hand: Hand, rng: np.random.Generator, clean: bool) -> NDArray[np.float32]:
    ground, ink = style.colors[int(rng.integers(len(style.colors)))] if style.colors else _us_colors(rng)
    american = text.style == "us"
    masks = [line_mask(line, hand, rng, stacks=american) for line in text.lines]
    two = len(masks) == 2
    ratio = float(rng.uniform(0.34, 0.44)) if two else float(rng.uniform(*style.ratio))
    height = min(int(HEIGHT / ratio), 190)
    aspect = float(rng.uniform(*(TWO_LINE_ASPECT if two else style.aspect)))
    image = _ground(height, int(height * aspect), ground, rng)
    if american and rng.random() < 0.6:
        ornaments.state_art(image, rng)
    left = ornaments.band(image, text.region, rng) if rng.random() < style.band * (0.5 if two else 1) else 0
    top = ornaments.header(image, text.region, rng) if style.header else 0
    right = int(image.shape[1] - (height * 0.35 if left and rng.random() < 0.15 else 0))
    image[:, right:] = ornaments.BAND_BLUE
    if rng.random() < style.words and not two:
        ornaments.small_print(image, ink, rng, (1 - ratio) / 2)
    room = max(30, int((right - left) * rng.uniform(0.86, 0.97)))
    emboss = float(rng.choice([0, 0, 20, 45]))
    free = height - top
    heights = [int(ratio * (free if two else min(height, free / 0.75)))] * len(masks)
    if two and rng.random() < 0.25:
        heights[0] = int(heights[0] * rng.uniform(0.6, 0.9))
    gap = int((free - sum(heights)) * (rng.uniform(0.15, 0.4) if two else 0))
    y = top + int((free - sum(heights) - gap) * rng.uniform(0.4, 0.6))
    for mask, line_height in zip(masks, heights, strict=True):
        fitted = _fit(mask, line_height, room)
        slack = right - left - fitted.shape[1]
        x = left + int(slack * (rng.uniform(0.35, 0.65) if slack < room * 0.5 else rng.uniform(0.1, 0.9)))
        _blend(image, fitted, y, x, ink, emboss)
        y += line_height + gap
    if rng.random() < 0.6:
        color = ink if rng.random() < 0.7 else any_color(rng)
        inset = int(rng.integers(0, 4))
        corner = (image.shape[1] - 1 - inset, height - 1 - inset)
        cv2.rectangle(image, (inset, inset), corner, color, int(rng.integers(1, 5)))
    ornaments.screws(image, rng)
    if not clean:
        ornaments.wear(image, rng)
    return ornaments.framed(image, rng) if rng.random() < FRAMED else image


def render_plate(
    rng: np.random.Generator,
    faces: Sequence[Typeface],
    chinese: Sequence[Typeface] = (),
    *,
    region: str | None = None,
    text: PlateText | None = None,
    clean: bool = False,
) -> DrawnPlate:
    """A random plate, of `region` where given, or one that carries `text`; a `clean` one has no dirt or glare on it.
    Without a typeface for Chinese characters no Chinese plate is drawn."""
    text = text or grammars.sample(rng, region=region)
    while not chinese and not text.text.isascii():
        text = grammars.sample(rng)
    image = _compose(text, STYLES[text.style], choose_hand(rng, faces, chinese), rng, clean)
    return DrawnPlate(np.clip(image, 0, 255).astype(np.uint8), text.text, text.region, len(text.lines))
