"""Trees and signs at the roadside, drawn once as pictures with transparency."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth import glyphs
from recognition.training.synth.bodies import Color, shade

GREENS: tuple[Color, ...] = ((52, 120, 84), (66, 132, 104), (48, 104, 66), (78, 146, 128), (188, 178, 226))
TREE_SIZE = (384, 512)  # pixels across and down
Sprite = NDArray[np.uint8]


def _finished(color: NDArray[np.float32], cover: NDArray[np.float32]) -> Sprite:
    """Colors times coverage, and the coverage (0–1) as the fourth channel."""
    return np.asarray(np.clip(np.dstack([color * cover[..., None], cover * 255]), 0, 255), np.uint8)


@lru_cache(maxsize=16)
def tree(kind: int) -> tuple[Sprite, ...]:
    """A tree in full, half and quarter size …, lit from the left. The last kind blossoms."""
    rng = np.random.default_rng(40 + kind)
    wide, high = TREE_SIZE
    color, cover = np.zeros((high, wide, 3), np.float32), np.zeros((high, wide), np.float32)
    _trunk(color, cover, rng)
    _leaves(color, cover, GREENS[kind % len(GREENS)], rng)
    soft = [np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.8), np.float32) for layer in (color, cover)]
    sprite = _finished(soft[0], soft[1])
    levels = [sprite]
    while levels[-1].shape[0] > 40:
        levels.append(np.asarray(cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8))
    return tuple(levels)


def _trunk(color: NDArray[np.float32], cover: NDArray[np.float32], rng: np.random.Generator) -> None:
    high, wide = cover.shape
    color[:] = (54, 74, 96)
    middle = wide // 2
    base = np.array([[middle - 15, high], [middle + 15, high], [middle + 8, high // 2], [middle - 8, high // 2]])
    cv2.fillPoly(cover, [base], 1.0, cv2.LINE_AA)
    for _ in range(6):
        end = (int(middle + rng.normal(0, 70)), int(high * rng.uniform(0.25, 0.5)))
        cv2.line(cover, (middle, int(high * 0.62)), end, 1.0, 6, cv2.LINE_AA)
    color[:, middle + 3 :] *= 0.7


def _leaves(color: NDArray[np.float32], cover: NDArray[np.float32], green: Color, rng: np.random.Generator) -> None:
    """Clumps of leaves from the shaded ones below to the lit ones above."""
    high, wide = cover.shape
    clumps = []
    for _ in range(70):
        angle, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        clumps.append(
            (wide / 2 + np.cos(angle) * reach * wide * 0.36, high * 0.36 + np.sin(angle) * reach * high * 0.27)
        )
    for x, y in sorted(clumps, key=lambda clump: -(clump[1] + 0.5 * clump[0])):
        lit = 0.62 + 0.62 * (1 - (y / high + 0.45 * x / wide) / 1.0)
        for layer in range(3):
            radius = int(rng.uniform(20, 36) * (1 - 0.22 * layer))
            spot = (int(x - 6 * layer + rng.normal(0, 3)), int(y - 7 * layer + rng.normal(0, 3)))
            tone = shade(green, float(lit * (0.86 + 0.13 * layer) * rng.uniform(0.95, 1.05)))
            cv2.circle(color, spot, radius, tone, -1, cv2.LINE_AA)
            cv2.circle(cover, spot, radius, 1.0, -1, cv2.LINE_AA)
        for _ in range(22):
            spot = (int(x + rng.normal(0, 16)), int(y + rng.normal(0, 15)))
            cv2.circle(
                color, spot, int(rng.integers(3, 7)), shade(green, float(lit * rng.uniform(0.75, 1.3))), -1, cv2.LINE_AA
            )
            cv2.circle(cover, spot, 3, 1.0, -1, cv2.LINE_AA)


@lru_cache(maxsize=4)
def sign(kind: int) -> Sprite:
    """Traffic signs, 128 pixels across: a speed limit, a parking place. They bear characters and are no plates."""
    color, cover = np.zeros((128, 128, 3), np.float32), np.zeros((128, 128), np.float32)
    color[:] = (150, 70, 20) if kind else (240, 240, 240)
    if kind:
        cv2.rectangle(cover, (6, 6), (121, 121), 1.0, -1)
        cv2.rectangle(color, (11, 11), (116, 116), (240, 240, 240), 4)
    else:
        cv2.circle(cover, (64, 64), 60, 1.0, -1, cv2.LINE_AA)
        cv2.circle(color, (64, 64), 53, (40, 34, 190), 13, cv2.LINE_AA)
    mask = (
        glyphs.draw_text("P" if kind else "30", 72 if kind else 50, style="grotesque").astype(np.float32)[..., None]
        / 255
    )
    y, x = 64 - mask.shape[0] // 2, 64 - mask.shape[1] // 2
    part = color[y : y + mask.shape[0], x : x + mask.shape[1]]
    part[:] = part * (1 - mask) + np.array((240, 240, 240) if kind else (26, 24, 24), np.float32) * mask
    return _finished(color, cover)
