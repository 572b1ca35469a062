from __future__ import annotations

import itertools

import numpy as np
import pytest

from recognition import overlay
from recognition.geometry import corners_to_box
from recognition.overlay import Mark
from recognition.types import Box, Image


def mark(x: float, y: float, height: float, text: str = "B99BNX 97%", sure: bool = True) -> Mark:
    return Mark(((x, y), (x + 4 * height, y), (x + 4 * height, y + height), (x, y + height)), text, sure)


def blank(width: int = 1280, height: int = 720) -> Image:
    return np.full((height, width, 3), 90, np.uint8)


def overlap(a: Box, b: Box) -> bool:
    return min(a.x2, b.x2) > max(a.x1, b.x1) and min(a.y2, b.y2) > max(a.y1, b.y1)


def painted(image: Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is no longer blank."""
    rows, columns = np.nonzero((image != 90).any(2))
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_labels_stay_in_the_frame_and_cover_neither_plates_nor_each_other() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        spots = rng.uniform([-30, -5], [1270, 710], (12, 2))
        boxes = [corners_to_box(mark(x, y, 12).corners) for x, y in spots]
        labels = overlay.place_labels(boxes, [(220, 34)] * 12, 1280, 720)
        assert all(label.width == 220 and label.height == 34 for label in labels)
        assert all(0 <= label.x1 < label.x2 <= 1280 for label in labels)
        assert all(0 <= label.y1 < label.y2 <= 720 for label in labels)
        assert not any(overlap(a, b) for a, b in itertools.combinations(labels, 2))
        assert not any(overlap(label, box) for label in labels for box in boxes)


def test_a_label_stands_above_its_plate_and_below_one_at_the_top() -> None:
    boxes = [Box(600, 300, 700, 325), Box(100, 2, 200, 27)]
    middle, top = overlay.place_labels(boxes, [(180, 34)] * 2, 1280, 720)
    assert 250 < middle.y1 < middle.y2 <= 300
    assert 27 <= top.y1 < 60
    assert abs((middle.x1 + middle.x2) / 2 - 650) <= 1


def test_a_plate_that_fills_the_frame_has_its_label_all_the_same() -> None:
    (label,) = overlay.place_labels([Box(0, 0, 1280, 720)], [(180, 34)], 1280, 720)
    assert 0 <= label.y1 < label.y2 <= 720


def test_a_box_leaves_the_characters_free() -> None:
    image = blank()
    overlay.draw(image, [mark(600, 300, 24)])
    assert (image[302:322, 603:693] == 90).all()
    assert (image[297:301, 600:696] != 90).any(2).any(0).all()


def test_letters_grow_with_the_frame_and_turning_it_does_not_change_them() -> None:
    assert overlay.text_size(blank(3840, 2160)) == pytest.approx(3 * overlay.text_size(blank()), abs=2)
    assert overlay.text_size(blank(720, 1280)) == overlay.text_size(blank()) >= 20
    assert overlay.text_size(blank(160, 120)) >= 10


def test_letters_lie_within_their_label_in_either_size() -> None:
    for width, height in ((1280, 720), (3840, 2160)):
        image = blank(width, height)
        overlay.draw(image, [mark(width / 2, height / 2, 30, "WWWWWWWW 88%")])
        filled = (image == overlay.SURE).all(2)
        rows, columns = np.nonzero(filled)
        left, top, right, bottom = columns.min(), rows.min(), columns.max(), rows.max()
        assert painted(image)[0] == left
        assert painted(image)[2] == right
        label = image[top : top + overlay.text_size(image), left : right + 1]
        assert (label.max(2) < 60).mean() > 0.1
        assert filled[top : bottom + 1, left].any()


def test_a_doubtful_read_looks_different() -> None:
    sure, doubtful = blank(), blank()
    overlay.draw(sure, [mark(600, 300, 24)])
    overlay.draw(doubtful, [mark(600, 300, 24, sure=False)])
    assert not (sure == doubtful).all()


def test_chinese_provinces_are_drawn_as_such() -> None:
    one, other = blank(), blank()
    overlay.draw(one, [mark(600, 300, 24, "皖A12345 97%")])
    overlay.draw(other, [mark(600, 300, 24, "京A12345 97%")])
    assert not (one == other).all()


def test_a_plate_half_outside_of_the_frame_is_drawn_as_far_as_it_is_there() -> None:
    image = blank()
    overlay.draw(image, [mark(-60, 700, 30)])
    assert painted(image)[0] == 0
