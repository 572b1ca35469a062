"""Draws on a frame where its plates are and what they say: boxes, and labels that keep off each other and the edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from recognition.geometry import Corners, center, corners_to_box
from recognition.types import Box, Image

Color = tuple[int, int, int]
SURE: Color = (70, 225, 110)
DOUBTFUL: Color = (50, 175, 255)
DARK: Color = (20, 18, 16)
TEXT_SHARE = 1 / 28  # size of the letters, of the frame's shorter side: 26 pixels at 720p, 77 at 4K
LEAST_TEXT = 12  # pixels under which nobody reads them, however small the frame
WEIGHT = 600  # of the letters, 100–1000
SUBPIXEL = 4  # bits: boxes glide instead of jumping from pixel to pixel


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn for one plate of one frame. Its corners may lie outside of the frame in part."""

    corners: Corners
    text: str
    sure: bool = True

    @property
    def color(self) -> Color:
        return SURE if self.sure else DOUBTFUL


def draw(image: Image, marks: Sequence[Mark]) -> None:
    """Every mark onto the frame, in place. Earlier marks choose the place of their label first."""
    size = text_size(image)
    line = max(1, round(size / 12))
    boxes = [corners_to_box(mark.corners) for mark in marks]
    labels = place_labels(boxes, [_label_size(mark.text, size) for mark in marks], image.shape[1], image.shape[0])
    for mark, box, label in zip(marks, boxes, labels, strict=True):
        _draw_box(image, mark, line)
        _draw_leader(image, mark, box, label, line)
    for mark, label in zip(marks, labels, strict=True):
        _draw_label(image, mark, label, size)


def text_size(image: Image) -> int:
    """Pixels of the letters, capitals being seven tenths of it."""
    return max(LEAST_TEXT, round(int(min(image.shape[:2])) * TEXT_SHARE))


def place_labels(boxes: Sequence[Box], sizes: Sequence[tuple[int, int]], width: int, height: int) -> list[Box]:
    """Where the label of each box stands, `sizes` being (width, height) of each; pixels.

    Beside its box, or in rows ever farther above and below it: at the first place within the frame that covers no
    plate and no other label; where there is none, at the first that covers no other label.
    """
    placed: list[Box] = []
    for box, (wide, high) in zip(boxes, sizes, strict=True):
        places = [_moved_inside(place, width, height) for place in _places(box, wide, high, height)]
        free = (p for p in places if not _covers_any(p, boxes) and not _covers_any(p, placed))
        apart = (p for p in places if not _covers_any(p, placed))
        placed.append(next(free, None) or next(apart, None) or places[0])
    return placed


def _places(box: Box, wide: int, high: int, height: int) -> Iterator[Box]:
    """Places for a label, best first: above, below, right, left, then row after row away from the box."""
    gap = max(2, high // 6)
    (x, y), step = center(box), high + gap

    def at(left: float, top: float) -> Box:
        return Box(round(left), round(top), round(left) + wide, round(top) + high)

    yield at(x - wide / 2, box.y1 - step)
    yield at(x - wide / 2, box.y2 + gap)
    yield at(box.x2 + gap, y - high / 2)
    yield at(box.x1 - gap - wide, y - high / 2)
    for row in range(1, max(2, height // step)):
        yield at(x - wide / 2, box.y1 - step * (row + 1))
        yield at(x - wide / 2, box.y2 + gap + step * row)


def _moved_inside(place: Box, width: int, height: int) -> Box:
    dx = max(0.0, -place.x1) or min(0.0, width - place.x2)
    dy = max(0.0, -place.y1) or min(0.0, height - place.y2)
    return Box(place.x1 + dx, place.y1 + dy, place.x2 + dx, place.y2 + dy)


def _covers_any(place: Box, others: Sequence[Box]) -> bool:
    return any(
        place.x1 < other.x2 and other.x1 < place.x2 and place.y1 < other.y2 and other.y1 < place.y2 for other in others
    )


def _label_size(text: str, size: int) -> tuple[int, int]:
    _, _, wide, _ = cv2.getTextSize((0, 0), text, (0, 0), _font(), size, WEIGHT)
    return wide + size, round(1.3 * size)


def _font() -> cv2.FontFace:
    """OpenCV's own outlines, which hold the Chinese provinces too."""
    return cv2.FontFace("sans")


def _draw_box(image: Image, mark: Mark, line: int) -> None:
    """Around the plate, not on its characters: a line's width outside of the corners, dark beneath for bright cars."""
    corners = np.asarray(mark.corners, np.float64)
    around = corners - corners.mean(0)
    outside = corners + line * np.sign(around)
    points = [np.round(outside * 2**SUBPIXEL).astype(np.int32)]
    for color, thickness in ((DARK, line + 2), (mark.color, line)):
        cv2.polylines(image, points, True, color, thickness, cv2.LINE_AA, SUBPIXEL)


def _draw_leader(image: Image, mark: Mark, box: Box, label: Box, line: int) -> None:
    """Ties a label that had to stand away to its plate."""
    x = round(center(box)[0])
    for start, end in ((label.y2, box.y1), (box.y2, label.y1)):
        if end - start > label.height / 2:
            cv2.line(image, (x, round(start)), (x, round(end)), mark.color, line, cv2.LINE_AA)


def _draw_label(image: Image, mark: Mark, label: Box, size: int) -> None:
    x1, y1, x2, y2 = (round(value) for value in (label.x1, label.y1, label.x2, label.y2))
    cv2.rectangle(image, (x1, y1), (x2 - 1, y2 - 1), mark.color, cv2.FILLED)
    foot = y1 + round((label.height + 0.7 * size) / 2)  # capitals stand in the middle
    cv2.putText(image, mark.text, (x1 + size // 2, foot), DARK, _font(), size, WEIGHT)
