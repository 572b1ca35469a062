"""Boxes, corners and homographies, with numpy alone. Corners run clockwise from the top left of the plate as read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.types import Box

Corners = Sequence[tuple[float, float]]
Points = NDArray[np.float64]  # (n, 2)


def box_iou(a: Box, b: Box) -> float:
    """Area shared by two boxes over the area that they cover together, 0–1."""
    width = min(a.x2, b.x2) - max(a.x1, b.x1)
    height = min(a.y2, b.y2) - max(a.y1, b.y1)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a.area + b.area - shared)


def center(box: Box) -> tuple[float, float]:
    return (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2


def corners_to_box(corners: Corners) -> Box:
    """The smallest upright box around the corners."""
    xs, ys = zip(*corners, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def box_to_corners(box: Box) -> tuple[tuple[float, float], ...]:
    return (box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2)


def expand(box: Box, share_x: float, share_y: float | None = None) -> Box:
    """The box with `share_x` of its width added at the left and the right, `share_y` of its height above and below."""
    dx, dy = box.width * share_x, box.height * (share_x if share_y is None else share_y)
    return Box(box.x1 - dx, box.y1 - dy, box.x2 + dx, box.y2 + dy)


def clip(box: Box, width: float, height: float) -> Box:
    """The part of the box inside a picture of that size; empty (x1 = x2) where there is none."""
    x1, x2 = (min(max(value, 0.0), width) for value in (box.x1, box.x2))
    y1, y2 = (min(max(value, 0.0), height) for value in (box.y1, box.y2))
    return Box(x1, y1, x2, y2)


def quad_size(corners: Corners) -> tuple[float, float]:
    """Mean length of the horizontal sides and of the vertical sides, in pixels."""
    p = np.asarray(corners, np.float64)
    sides = np.linalg.norm(np.roll(p, -1, axis=0) - p, axis=1)  # top, right, bottom, left
    return float(sides[0] + sides[2]) / 2, float(sides[1] + sides[3]) / 2


def order_corners(points: Corners) -> tuple[tuple[float, float], ...]:
    """Four points in any order -> clockwise from the top left, for a plate that is not turned by 45° or more."""
    p = np.asarray(points, np.float64)
    around = p - p.mean(axis=0)
    clockwise = p[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]  # y runs down, so growing angles are clockwise
    first = int(np.argmin(clockwise.sum(axis=1)))
    return tuple((float(x), float(y)) for x, y in np.roll(clockwise, -first, axis=0))


def homography(source: Corners, target: Corners) -> NDArray[np.float64]:
    """The 3×3 matrix that maps four points onto four points (h33 = 1).

    Raises numpy.linalg.LinAlgError where three of the points lie on one line.
    """
    rows: list[list[float]] = []
    right: list[float] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    solved = np.linalg.solve(np.asarray(rows, np.float64), np.asarray(right, np.float64))
    return np.append(solved, 1.0).reshape(3, 3)


def project(matrix: NDArray[np.floating[Any]], points: Corners | Points) -> Points:
    """(n, 2) points through a homography."""
    p = np.asarray(points, np.float64)
    mapped = np.column_stack([p, np.ones(len(p))]) @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:], np.float64)
