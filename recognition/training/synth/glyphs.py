"""Plate letters of our own, drawn from strokes, so that what runs at a user's needs no font file.

Each character is a path in a unit square (x to the right, y down): M moves, L draws a line, Q a quadratic curve through
a control point, Z closes. A style says how wide the square becomes and how thick the pen is, in shares of the height.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Line = NDArray[np.float64]
Point = tuple[float, float]

_SIX = "M.92,.13 Q.78,0 .54,0 Q0,0 0,.48 L0,.68 Q0,1 .5,1 Q1,1 1,.7 Q1,.41 .52,.41 Q.12,.41 0,.64"
_P = "M0,1 L0,0 L.55,0 Q1,0 1,.28 Q1,.56 .55,.56 L0,.56"
_O = "M0,.32 Q0,0 .5,0 Q1,0 1,.32 L1,.68 Q1,1 .5,1 Q0,1 0,.68 Z"
PATHS = {
    "A": "M0,1 L.5,0 L1,1 M.17,.7 L.83,.7",
    "B": "M0,0 L0,1 L.56,1 Q1,1 1,.73 Q1,.47 .56,.47 L0,.47 M.52,.47 Q.92,.47 .92,.235 Q.92,0 .52,0 L0,0",
    "C": "M1,.29 Q.97,0 .5,0 Q0,0 0,.32 L0,.68 Q0,1 .5,1 Q.97,1 1,.71",
    "D": "M0,0 L0,1 L.42,1 Q1,1 1,.6 L1,.4 Q1,0 .42,0 Z",
    "E": "M1,0 L0,0 L0,1 L1,1 M0,.48 L.86,.48",
    "F": "M1,0 L0,0 L0,1 M0,.5 L.86,.5",
    "G": "M1,.28 Q.97,0 .5,0 Q0,0 0,.32 L0,.68 Q0,1 .5,1 Q1,1 1,.74 L1,.54 L.54,.54",
    "H": "M0,0 L0,1 M1,0 L1,1 M0,.49 L1,.49",
    "I": "M.5,0 L.5,1",
    "J": "M1,0 L1,.7 Q1,1 .52,1 Q.06,1 0,.72",
    "K": "M0,0 L0,1 M1,0 L0,.62 M.34,.42 L1,1",
    "L": "M0,0 L0,1 L1,1",
    "M": "M0,1 L0,0 L.5,.6 L1,0 L1,1",
    "N": "M0,1 L0,0 L1,1 L1,0",
    "O": _O,
    "P": _P,
    "Q": _O + " M.57,.68 L.97,1",
    "R": _P + " M.48,.56 L1,1",
    "S": "M.97,.26 Q.93,0 .5,0 Q.03,0 .03,.25 Q.03,.44 .5,.49 Q1,.54 1,.75 Q1,1 .5,1 Q.04,1 0,.74",
    "T": "M0,0 L1,0 M.5,0 L.5,1",
    "U": "M0,0 L0,.67 Q0,1 .5,1 Q1,1 1,.67 L1,0",
    "V": "M0,0 L.5,1 L1,0",
    "W": "M0,0 L.25,1 L.5,.22 L.75,1 L1,0",
    "X": "M0,0 L1,1 M1,0 L0,1",
    "Y": "M0,0 L.5,.52 L1,0 M.5,.52 L.5,1",
    "Z": "M0,0 L1,0 L0,1 L1,1",
    "0": _O,
    "1": "M.05,.26 L.75,0 L.75,1",
    "2": "M.02,.28 Q.04,0 .5,0 Q.98,0 .98,.27 Q.98,.46 .74,.6 L.02,1 L1,1",
    "3": "M.03,.2 Q.12,0 .5,0 Q.95,0 .95,.24 Q.95,.47 .44,.47 Q1,.47 1,.74 Q1,1 .5,1 Q.08,1 0,.79",
    "4": "M.74,1 L.74,0 L0,.7 L1.02,.7",
    "5": "M.94,0 L.13,0 L.06,.46 Q.26,.36 .5,.36 Q1,.36 1,.68 Q1,1 .5,1 Q.08,1 0,.79",
    "6": _SIX,
    "7": "M0,0 L1,0 L.36,1",
    "8": "M.5,.46 Q.07,.46 .07,.23 Q.07,0 .5,0 Q.93,0 .93,.23 Q.93,.46 .5,.46 "
    "Q0,.46 0,.73 Q0,1 .5,1 Q1,1 1,.73 Q1,.46 .5,.46",
    "9": _SIX,  # turned half round
    "-": "M0,.5 L1,.5",
    ".": "M.5,.91 L.5,1",
}
# Widths in shares of an ordinary character's; a zero is slimmer than the letter, which is how plates tell them apart.
WIDTHS = {"I": 0.05, "1": 0.5, "M": 1.2, "W": 1.35, "O": 1.12, "Q": 1.12, "0": 0.92, "J": 0.85, "-": 0.5, ".": 0.05}
SUPERSAMPLE = 4
MITER = 1.8  # how far a corner's tip reaches, in halves of the pen


@dataclass(frozen=True, slots=True)
class Style:
    width: float  # of an ordinary character, over its height
    weight: float  # thickness of the pen, over the height
    spacing: float  # between characters, over the height


STYLES = {
    "grotesque": Style(0.42, 0.135, 0.13),  # narrow, as most European plates
    "highway": Style(0.52, 0.165, 0.12),  # wide and bold
    "slim": Style(0.34, 0.1, 0.12),  # as dies of North America
}


def strokes(path: str) -> list[list[Point]]:
    """A path as polylines; curves are cut into short lines."""
    lines: list[list[Point]] = []
    words = iter(path.split())
    for word in words:
        command, end = word[0], _point(word[1:]) if len(word) > 1 else (0.0, 0.0)
        if command == "M":
            lines.append([end])
        elif command == "L":
            lines[-1].append(end)
        elif command == "Q":
            lines[-1] += _curve(lines[-1][-1], end, _point(next(words)))
        elif command == "Z":
            lines[-1].append(lines[-1][0])
    return lines


def _point(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


def _curve(a: Point, b: Point, c: Point, steps: int = 12) -> list[Point]:
    """Points after `a` on the quadratic curve from `a` towards `b` to `c`."""
    shares = [(i / steps, 1 - i / steps) for i in range(1, steps + 1)]
    return [(u * u * a[0] + 2 * t * u * b[0] + t * t * c[0], u * u * a[1] + 2 * t * u * b[1] + t * t * c[1])
            for t, u in shares]  # fmt: skip


@lru_cache(maxsize=4096)
def glyph(character: str, height: int, style: str = "grotesque", weight: float = 1.0, width: float = 1.0) -> Mask:
    """One character's ink, 0–255, `height` rows and as many columns as it is wide. KeyError for one we cannot draw."""
    pen = STYLES[style].weight * weight
    inner = STYLES[style].width * width * WIDTHS.get(character, 1.0)
    big = height * SUPERSAMPLE
    thick = max(1, round(pen * big))
    canvas = np.zeros((big, max(thick, round(inner * big)) + thick), np.uint8)
    scale_x, scale_y, edge = canvas.shape[1] - thick, big - thick, thick / 2
    for line in strokes(PATHS[character]):
        _draw(canvas, np.array(line) * (scale_x, scale_y) + edge, thick / 2)
    if character == "9":
        canvas = canvas[::-1, ::-1]
    columns = max(1, round(canvas.shape[1] / SUPERSAMPLE))
    return np.asarray(cv2.resize(canvas, (columns, height), interpolation=cv2.INTER_AREA), np.uint8)


def _draw(canvas: Mask, points: Line, half: float) -> None:
    """A stroke of twice `half` the width along (n, 2) points, with flat ends and sharp corners.

    An end that meets the edge runs on beyond it, so that the canvas cuts it level, as letters are cut.
    """
    closed = bool((points[0] == points[-1]).all())
    if not closed:
        points = points.copy()
        for end, inner in ((0, 1), (-1, -2)):
            ahead = _unit(points[end] - points[inner])
            room = np.where(ahead > 0, np.array(canvas.shape[::-1]) - points[end], points[end])
            if ((np.abs(ahead) > 0.3) & (room < half + 1.5)).any():
                points[end] += 2 * half * ahead
    ways = [_unit(step) for step in np.diff(points, axis=0)]
    for start, end, way in zip(points[:-1], points[1:], ways, strict=True):
        _fill(
            canvas,
            [start + half * _left(way), end + half * _left(way), end - half * _left(way), start - half * _left(way)],
        )
    for corner, before, after in zip(points[1:-1], ways[:-1], ways[1:], strict=True):
        _join(canvas, corner, before, after, half)
    if closed:
        _join(canvas, points[0], ways[-1], ways[0], half)


def _join(canvas: Mask, corner: Line, before: Line, after: Line, half: float) -> None:
    """Fill the outer side of a corner: to its tip, or, where that is far, to a short edge across it."""
    turn = math.atan2(before[0] * after[1] - before[1] * after[0], float(before @ after))
    outer, reach = math.copysign(half, turn), half * min(MITER, abs(math.tan(turn / 2)))
    first, second = corner + outer * _left(before), corner + outer * _left(after)
    _fill(canvas, [corner, first, first + reach * before, second - reach * after, second])


def _fill(canvas: Mask, points: list[Line]) -> None:
    cv2.fillConvexPoly(canvas, np.rint(np.array(points) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)


def _unit(step: Line) -> Line:
    return np.asarray(step / max(1e-9, float(np.hypot(*step))))


def _left(way: Line) -> Line:
    return np.array([way[1], -way[0]])


def draw_text(
    text: str,
    height_px: int,
    *,
    style: str = "grotesque",
    weight: float = 1.0,
    width: float = 1.0,
    spacing: float = 1.0,
) -> Mask:
    """A line of text as a mask, 0–255, `height_px` rows. A space is half a character wide."""
    gap = np.zeros((height_px, max(1, round(STYLES[style].spacing * spacing * height_px))), np.uint8)
    space = np.zeros((height_px, max(1, round(0.22 * height_px))), np.uint8)
    pieces: list[Mask] = []
    for character in text:
        pieces += [space if character == " " else glyph(character, height_px, style, weight, width), gap]
    return np.hstack(pieces[:-1]) if pieces else np.zeros((height_px, 1), np.uint8)
