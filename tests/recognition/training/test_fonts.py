"""Typefaces: our own are always there, font files where a folder has them."""

from pathlib import Path

import numpy as np
import pytest

from recognition.training.synth import fonts
from recognition.training.synth.plates import render_plate

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf")


def test_without_a_folder_our_own_outlines_are_all_there_is_and_enough() -> None:
    faces, chinese = fonts.load(None)
    assert not chinese
    assert all(isinstance(face, fonts.OwnOutlines) for face in faces)
    assert all(fonts.complete(face) for face in faces)
    rng = np.random.default_rng(1)
    for _ in range(20):
        assert render_plate(rng, faces).image.std() > 5


def test_glyphs_have_the_height_of_a_capital_letter_and_no_empty_sides() -> None:
    for face in fonts.load(None)[0]:
        for character in "BM17":
            mask = face.glyph(character)
            assert mask.shape[0] == fonts.HEIGHT
            assert mask[:, :3].max() > 0
            assert mask[:, -3:].max() > 0


@pytest.mark.skipif(not DEJAVU.exists(), reason="fonts-dejavu is not installed")
def test_a_font_file_is_scaled_so_that_its_capitals_fill_the_height() -> None:
    mask = fonts.FontFile(DEJAVU).glyph("H")
    assert mask.shape[0] == fonts.HEIGHT
    assert mask[:2].max() > 128
    assert mask[-2:].max() > 128


def test_an_empty_folder_adds_nothing_but_the_system_fonts(tmp_path: Path) -> None:
    names = {face.name for face in fonts.load(tmp_path)[0]}
    assert names >= {face.name for face in fonts.load(None)[0]}


def test_typefaces_held_out_are_not_among_those_trained_with() -> None:
    assert not set(fonts.HELD_OUT_FAMILIES) & set(fonts.FAMILIES)


@pytest.mark.skipif(not DEJAVU.exists(), reason="fonts-dejavu is not installed")
def test_what_hangs_below_the_line_is_kept() -> None:
    """Without its tail a Q is an O."""
    face = fonts.FontFile(DEJAVU)
    q, o = face.glyph("Q"), face.glyph("O")
    assert q.shape[0] == o.shape[0] == fonts.HEIGHT
    assert (q[-12:] > 127).sum() != (o[-12:] > 127).sum()
