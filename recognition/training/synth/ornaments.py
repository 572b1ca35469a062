"""What is on a plate besides its characters: bands, small print, state art, seals, frames, screws, dirt, glare."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.grammars import words

Color = tuple[int, int, int]  # blue, green, red
Picture = NDArray[np.float32]  # rows × columns × 3, drawn on in place
Shade = NDArray[np.float32]  # rows × columns, 0–1

WORDS = words(
    "CALIFORNIA TEXAS FLORIDA OHIO NEVADA Vermont Garden-State SAO-PAULO CURITIBA BRASIL ARGENTINA 2012 MAR 09 Maine "
    "OREGON Virginia COLORADO Minnesota 10,000-lakes Evergreen-State GEORGIA ILLINOIS Land-of-Lincoln ARIZONA UTAH "
    "RIO-DE-JANEIRO BELO-HORIZONTE www.cars.eu REPUBLICA MERCOSUR IND ISRAEL JAN-14 DEC AUTO-HAUS SINCE-1987"
)
# What the band says, in the order "region letters"; a plate of no country gets any of them.
_BANDS = words(
    "de D fr F it I at A be B cz CZ pl PL ro RO sk SK si SLO nl NL hu H gb GB ua UA lt LT lv LV ee EST gr GR hr HR "
    "bg BG pt P es E se S fi FIN dk DK in IND ie IRL lu L mt M cy CY no N ch CH al AL me MNE mk NMK rs SRB md MD tr TR "
    "ba BIH by BY is IS li FL il IL ru RUS"
)
BANDS = dict(zip(_BANDS[::2], _BANDS[1::2], strict=True))
HEADERS = {"ar": "REPUBLICA ARGENTINA", "br": "BRASIL"}
BAND_BLUE: Color = (150, 60, 10)
WHITE: Color = (235, 235, 235)


def any_color(rng: np.random.Generator, low: int = 0, high: int = 255) -> Color:
    blue, green, red = (int(c) for c in rng.integers(low, high, 3))
    return blue, green, red


def lay(image: Picture, mask: NDArray[Any], color: NDArray[Any] | Color) -> None:
    """Cover `image` with `color` as far as `mask` (rows × columns, 0–1) says."""
    share = np.asarray(mask, np.float32)[..., None]
    image *= 1 - share
    image += share * np.asarray(color, np.float32)


def write(image: Picture, word: str, origin: tuple[int, int], size: float, color: Color) -> None:
    """Small print, in OpenCV's own strokes, with its foot on the left at `origin`."""
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.putText(mask, word, origin, cv2.FONT_HERSHEY_DUPLEX, size, 255, 2, cv2.LINE_AA)
    lay(image, mask.astype(np.float32) / 255, color)


def band(image: Picture, region: str, rng: np.random.Generator) -> int:
    """A blue (or other) band with the country's letters on the left, or a sticker set apart; returns its width."""
    height = image.shape[0]
    width = int(height * rng.uniform(0.3, 0.5))
    color = BAND_BLUE if rng.random() < 0.85 else any_color(rng, 20, 200)
    apart = int(height * rng.uniform(0.06, 0.2)) if rng.random() < 0.12 else 0
    top = int(height * rng.uniform(0.05, 0.2)) if apart else 0
    image[top : height - top, apart : apart + width] = color
    word = BANDS[region] if region in BANDS and rng.random() < 0.95 else str(rng.choice(_BANDS[1::2]))
    size = width / (24 * len(word) + 14)
    if not apart or rng.random() < 0.5:
        write(image, word, (apart + 3, int(height * 0.85) - top), size, WHITE)
    circle = (apart + width // 2, int(height * (0.5 if apart else 0.32)))
    cv2.circle(image, circle, width // 3, (40, 200, 230), int(rng.integers(1, 4)))
    return width + apart


def header(image: Picture, region: str, rng: np.random.Generator) -> int:
    """The blue band along the top of a plate of the Mercosur, with the country's name; returns its height."""
    height, width = image.shape[:2]
    foot = int(height * rng.uniform(0.16, 0.24))
    image[:foot] = BAND_BLUE
    word = HEADERS.get(region, "MERCOSUR")
    size = foot / 48
    (wide, high), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, size, 2)
    size *= min(1.0, 0.8 * width / wide)
    write(image, word, (int(width - wide * min(1.0, 0.8 * width / wide)) // 2, (foot + high) // 2), size, WHITE)
    return foot


def small_print(image: Picture, ink: Color, rng: np.random.Generator, share: float) -> None:
    """Words above and below the characters and boxes (stickers) in the corners; `share` of the height is free there."""
    height, width = image.shape[:2]
    size = height * share * float(rng.uniform(0.45, 0.85)) / 30
    for row in (0, 1):
        if rng.random() < 0.85 - 0.3 * row:
            word = str(rng.choice(WORDS)).replace("-", " ")
            color = ink if rng.random() < 0.5 else any_color(rng)
            (wide, high), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, size, 2)
            y = int(height * share / 2 + high / 2) if row == 0 else int(height * (1 - share / 2) + high / 2)
            write(image, word, ((width - wide) // 2, y), size, color)
    for corner in range(4):
        if rng.random() < 0.25:
            w, h = int(width * rng.uniform(0.06, 0.13)), int(height * share * rng.uniform(0.5, 0.95))
            x, y = (4 if corner % 2 == 0 else width - w - 4), (4 if corner < 2 else height - h - 4)
            cv2.rectangle(image, (x, y), (x + w, y + h), any_color(rng), -1)
            if rng.random() < 0.5:
                write(image, str(rng.integers(10, 100)), (x + 2, y + h - 3), h / 34, any_color(rng))


def state_art(image: Picture, rng: np.random.Generator) -> None:
    """The picture behind American characters: a sky, hills, a sun, a shape in the middle, all rather pale."""
    height, width = image.shape[:2]
    paint = np.asarray(rng.integers(60, 240, 3), np.float32)
    if rng.random() < 0.5:
        slope = np.linspace(float(rng.uniform(0.2, 0.8)), 0, height, dtype=np.float32)
        lay(image, np.repeat((slope if rng.random() < 0.5 else slope[::-1])[:, None], width, 1), paint)
    mask = np.zeros((height, width), np.float32)
    strength = float(rng.uniform(0.1, 0.45))
    kind = rng.random()
    if kind < 0.4:  # hills along the foot
        xs = np.linspace(0, width, 9)
        ys = height * (1 - rng.uniform(0.1, 0.55, 9))
        ridge = np.stack([np.r_[xs, width, 0], np.r_[ys, height, height]], 1).astype(np.int32)
        cv2.fillPoly(mask, [ridge], strength)
    elif kind < 0.7:  # a sun or a seal
        center = int(width * rng.uniform(0.2, 0.8)), int(height * rng.uniform(0.2, 0.8))
        cv2.circle(mask, center, int(height * rng.uniform(0.12, 0.45)), strength, -1)
    else:
        points = rng.integers(0, [width, height], (6, 2)).astype(np.int32)
        cv2.fillPoly(mask, [points], strength)
    lay(image, cv2.GaussianBlur(mask, (0, 0), 1.2), np.asarray(rng.integers(20, 230, 3), np.float32))


def seal(size: tuple[int, int], rng: np.random.Generator) -> Shade:
    """The mark between two groups (rows, columns): two round seals, one, or a shield."""
    rows, columns = size
    mask = np.zeros((rows, columns), np.float32)
    middle, look = columns // 2, rng.random()
    if look < 0.7:
        for height in (0.28, 0.76) if look < 0.45 else (float(rng.uniform(0.35, 0.65)),):
            shade = float(rng.uniform(0.2, 0.8))
            cv2.circle(mask, (middle, int(height * rows)), int(rng.integers(9, 15)), shade, -1)
            cv2.circle(mask, (middle, int(height * rows)), int(rng.integers(3, 8)), 1 - shade, -1)
        return mask
    half, top, foot = columns * rng.uniform(0.25, 0.42), rows * rng.uniform(0.15, 0.35), rows * rng.uniform(0.6, 0.85)
    outline = [(-half, top), (half, top), (half, (top + 2 * foot) / 3), (0, foot), (-half, (top + 2 * foot) / 3)]
    points = np.array([(middle + x, y) for x, y in outline], np.int32)
    cv2.fillPoly(mask, [points], float(rng.uniform(0.3, 0.9)))
    cv2.polylines(mask, [points], True, float(rng.uniform(0.2, 1.0)), 2)
    cv2.line(mask, (middle, int(top)), (middle, int(foot)), float(rng.uniform(0, 1)), 3)
    return mask


def screws(image: Picture, rng: np.random.Generator) -> None:
    """Up to four heads of screws where plates have them."""
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(0, 5)) if rng.random() < 0.5 else 0):
        x = int(width * rng.choice([0.04, 0.2, 0.5, 0.8, 0.96]))
        y = int(height * rng.choice([0.1, 0.5, 0.9]))
        shade = int(rng.integers(30, 220))
        cv2.circle(image, (x, y), int(rng.integers(3, 7)), (shade, shade, shade), -1)


def wear(image: Picture, rng: np.random.Generator) -> None:
    """Dirt from below, blots, and the mirror image of a lamp or the sky; they may hide a character."""
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(1, 7)) if rng.random() < 0.25 else 0):
        center = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.integers(2, 22)), int(rng.integers(2, 12)))
        cv2.ellipse(image, center, axes, float(rng.uniform(0, 180)), 0, 360, any_color(rng, 30, 120), -1)
    if rng.random() < 0.12:
        rise = np.linspace(0, float(rng.uniform(0.3, 0.75)), height, dtype=np.float32)[:, None] ** 2
        patches = cv2.resize(rng.random((4, 12), np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        lay(image, np.clip(rise * patches * 2, 0, 0.85), np.asarray(rng.integers(40, 120, 3), np.float32))
    if rng.random() < 0.12:
        glare = np.zeros((height, width), np.float32)
        for _ in range(int(rng.integers(1, 6))):
            center = (int(rng.integers(width)), int(rng.integers(height)))
            axes = (int(rng.integers(4, max(5, width // 6))), int(rng.integers(2, max(3, height // 7))))
            cv2.ellipse(glare, center, axes, float(rng.normal(0, 25)), 0, 360, float(rng.uniform(0.4, 1)), -1)
        lay(image, cv2.GaussianBlur(glare, (0, 0), float(rng.uniform(1, 4))), WHITE)


def framed(image: Picture, rng: np.random.Generator) -> Picture:
    """The plate in its dealer's frame, often with the dealer's name below."""
    height, width = image.shape[:2]
    side, foot = int(height * rng.uniform(0.03, 0.1)), int(height * rng.uniform(0.05, 0.22))
    color = np.asarray(any_color(rng, 5, 60) if rng.random() < 0.75 else any_color(rng), np.float32)
    out = np.empty((height + side + foot, width + 2 * side, 3), np.float32)
    out[:] = color
    out[side : side + height, side : side + width] = image
    if foot > 10 and rng.random() < 0.7:
        word = str(rng.choice(WORDS)).replace("-", " ")
        write(out, word, (int(width * rng.uniform(0.1, 0.5)), out.shape[0] - foot // 4), foot / 34, any_color(rng))
    return out
