"""The baselines that need no training or little: Tesseract, characters cut apart, the Haar cascade."""

from __future__ import annotations

import shutil
import sys

import cv2
import numpy as np
import pytest

from recognition.baselines import haar, segment, tesseract
from recognition.types import Image


def plate(text: str, lower: str = "") -> Image:
    """Black letters on white, in OpenCV's own strokes."""
    image = np.full((144 if lower else 72, 216, 3), 235, np.uint8)
    for row, line in enumerate(filter(None, (text, lower))):
        for column, letter in enumerate(line):
            foot = (12 + 40 * column, 56 + 70 * row)
            cv2.putText(image, letter, foot, cv2.FONT_HERSHEY_SIMPLEX, 1.6, (20, 20, 20), 4, cv2.LINE_AA)
    return image


def test_levels_use_the_whole_range_and_two_lines_get_twice_the_height() -> None:
    dim = (plate("AB12") // 4 + 60).astype(np.uint8)
    shown = tesseract.leveled(dim)
    assert shown.shape[0] == tesseract.HEIGHT
    assert (shown.min(), shown.max()) == (0, 255)
    assert tesseract.leveled(plate("AB", "12")).shape[0] == 2 * tesseract.HEIGHT


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_tesseract_reads_a_plain_plate() -> None:
    assert tesseract.Tesseract().read(plate("KA312")) == "KA312"


def test_every_character_is_cut_out_in_the_order_of_reading() -> None:
    found = segment.in_order(segment.pieces(segment.ink_of(segment.grey_of(plate("KA312")))))
    assert len(found) == 5
    assert [piece.x for piece in found] == sorted(piece.x for piece in found)


def test_the_upper_line_is_read_first() -> None:
    found = segment.in_order(segment.pieces(segment.ink_of(segment.grey_of(plate("KA", "312")))))
    middles = [piece.y + piece.height / 2 > segment.HEIGHT / 2 for piece in found]
    assert middles == [False, False, True, True, True]


def test_white_characters_on_black_are_cut_out_as_well() -> None:
    assert len(segment.pieces(segment.ink_of(segment.grey_of((255 - plate("KA312")).astype(np.uint8))))) == 5


def test_the_classes_of_the_pieces_make_the_text_and_nothing_is_left_out() -> None:
    def classify(patches: np.ndarray) -> tuple[np.ndarray]:
        logits = np.zeros((len(patches), 37), np.float32)
        for row, kind in zip(logits, [11, 0, 2, 3, 4], strict=True):  # A, nothing, 1, 2, 3
            row[kind] = 1
        return (logits,)

    assert segment.read_with(classify, plate("KA312")) == "A123"
    assert segment.read_with(classify, np.full((40, 120, 3), 200, np.uint8)) == ""


def test_the_shipped_classifier_reads_a_plain_plate() -> None:
    assert segment.Segment(1).read(plate("KA312")) == "KA312"


def test_without_an_interpreter_that_has_cascades_the_baseline_says_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match="--opencv4"):
        haar.Haar(None, lambda crops: [])
    with pytest.raises(FileNotFoundError, match="has no OpenCV"):
        haar.Haar(sys.executable, lambda crops: [])
