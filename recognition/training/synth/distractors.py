"""What looks like a plate and is none: shop fronts, adverts on vans, road signs, badges, grilles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth import grammars, ornaments
from recognition.training.synth.fonts import HEIGHT, Typeface
from recognition.training.synth.ornaments import Color, any_color
from recognition.types import Image

SIGNS: tuple[tuple[Color, Color], ...] = (  # ground, letters: the colors of direction signs
    ((150, 70, 10), (240, 240, 240)),
    ((70, 110, 10), (240, 240, 240)),
    ((240, 240, 240), (20, 20, 20)),
    ((20, 200, 250), (20, 20, 20)),
    ((40, 80, 140), (240, 240, 240)),
)


def line(word: str, face: Typeface) -> NDArray[np.float32]:
    """A word's ink, 0–1, HEIGHT rows; a space is as wide as a third of its height."""
    blank, gap = np.zeros((HEIGHT, HEIGHT // 3), np.uint8), np.zeros((HEIGHT, 7), np.uint8)
    pieces = [piece for letter in word for piece in (blank if letter == " " else face.glyph(letter), gap)]
    return np.hstack(pieces).astype(np.float32) / np.float32(255)


def board(words: Sequence[str], ground: Color, ink: Color, face: Typeface, rng: np.random.Generator) -> Image:
    """Lines of words, one below the other, with as much free room around as a sign has."""
    lines = [line(word, face) for word in words]
    side, gap = int(HEIGHT * rng.uniform(0.3, 1.2)), int(HEIGHT * rng.uniform(0.3, 0.7))
    width = max(mask.shape[1] for mask in lines) + 2 * side
    image = np.empty((len(lines) * (HEIGHT + gap) + gap, width, 3), np.float32)
    image[:] = ground
    for index, mask in enumerate(lines):
        top, left = gap + index * (HEIGHT + gap), int(rng.integers(side // 2, width - mask.shape[1] - side // 2 + 1))
        ornaments.lay(image[top : top + HEIGHT, left : left + mask.shape[1]], mask, ink)
    return np.clip(image, 0, 255).astype(np.uint8)


def shop_front(faces: Sequence[Typeface], rng: np.random.Generator) -> Image:
    words = [grammars.made_up_word(rng) for _ in range(int(rng.integers(1, 3)))]
    return board([" ".join(words)], any_color(rng), any_color(rng), _any(faces, rng), rng)


def advert(faces: Sequence[Typeface], rng: np.random.Generator) -> Image:
    """A van's side or rear: what the firm does, and its telephone number."""
    number = " ".join(str(rng.integers(100, 1000)) for _ in range(3))
    words = [grammars.made_up_word(rng), "0" + number] if rng.random() < 0.6 else ["0" + number]
    white: Color = (235, 235, 235)
    ground = white if rng.random() < 0.5 else any_color(rng)
    return board(words, ground, any_color(rng, 0, 140), _any(faces, rng), rng)


def road_sign(faces: Sequence[Typeface], rng: np.random.Generator) -> Image:
    ground, ink = SIGNS[int(rng.integers(len(SIGNS)))]
    names = [grammars.made_up_word(rng) for _ in range(int(rng.integers(1, 4)))]
    names = [f"{name} {rng.integers(1, 200)}" if rng.random() < 0.5 else name for name in names]
    image = board(names, ground, ink, _any(faces, rng), rng)
    cv2.rectangle(image, (5, 5), (image.shape[1] - 6, image.shape[0] - 6), ink, 4)
    return image


def badge(faces: Sequence[Typeface], rng: np.random.Generator) -> Image:
    """A model's name in chrome on paint."""
    paint, shine = any_color(rng, 5, 200), int(rng.integers(120, 250))
    return board([grammars.made_up_word(rng)[:6]], paint, (shine, shine, shine), _any(faces, rng), rng)


def grille(faces: Sequence[Typeface], rng: np.random.Generator) -> Image:
    """Bars across or upright, dark between; the faces are not needed."""
    high, wide = int(rng.integers(60, 120)), int(rng.integers(180, 480))
    image = np.full((high, wide, 3), int(rng.integers(5, 60)), np.uint8)
    step, thick, shade = int(rng.integers(8, 26)), int(rng.integers(2, 9)), int(rng.integers(60, 230))
    upright = rng.random() < 0.5
    for at in range(step // 2, wide if upright else high, step):
        ends = ((at, 0), (at, high)) if upright else ((0, at), (wide, at))
        cv2.line(image, ends[0], ends[1], (shade, shade, shade), thick)
    cv2.rectangle(image, (2, 2), (wide - 3, high - 3), (shade, shade, shade), 4)
    return image


KINDS: tuple[Callable[[Sequence[Typeface], np.random.Generator], Image], ...] = (
    shop_front,
    advert,
    advert,
    road_sign,
    badge,
    grille,
)


def draw(faces: Sequence[Typeface], rng: np.random.Generator) -> Image:
    """One flat distractor of any kind, BGR."""
    return KINDS[int(rng.integers(len(KINDS)))](faces, rng)


def _any(faces: Sequence[Typeface], rng: np.random.Generator) -> Typeface:
    return faces[int(rng.integers(len(faces)))]
