from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest

from recognition.alphabet import LATIN
from recognition.training.synth import glyphs


@pytest.mark.parametrize("style", glyphs.STYLES)
def test_every_letter_and_digit_can_be_told_from_every_other(style: str) -> None:
    same_size = {
        character: cv2.resize(glyphs.glyph(character, 64, style), (40, 64)).astype(float) / 255 for character in LATIN
    }
    alike = {a + b for a, b in combinations(LATIN, 2) if np.abs(same_size[a] - same_size[b]).mean() < 0.03}
    assert alike <= {"0O"}  # those differ in width alone, as on real plates


def test_a_zero_is_slimmer_than_the_letter() -> None:
    assert glyphs.glyph("0", 64).shape[1] < glyphs.glyph("O", 64).shape[1]


def test_text_is_as_high_as_asked_and_grows_with_its_length() -> None:
    short, long = glyphs.draw_text("AB", 40), glyphs.draw_text("AB 12", 40)
    assert short.shape[0] == long.shape[0] == 40
    assert long.shape[1] > 2 * short.shape[1] * 0.8
    assert short.max() == 255


def test_a_character_that_is_not_drawn_is_an_error() -> None:
    with pytest.raises(KeyError):
        glyphs.draw_text("Ä", 40)


def test_stems_and_arms_end_level_at_the_edges() -> None:
    for character in "EHTZ":
        mask = glyphs.glyph(character, 64)
        assert mask[0].max() == mask[-1].max() == 255
    arms = glyphs.glyph("E", 64)
    assert arms[0].min() > 240
    assert arms[-1].min() > 240
