"""Drawn plates and what the camera makes of them."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition.training.synth import degrade, fonts, grammars, plates, shards


class Blocks:
    """A typeface of plain blocks: enough to see where ink goes."""

    name = "blocks"

    def glyph(self, character: str) -> fonts.Mask:
        mask = np.zeros((fonts.HEIGHT, 30), np.uint8)
        mask[:, 4:26] = 255
        return mask


FACES: Sequence[fonts.Typeface] = [Blocks()]


def draw(text: str, style: str = "eu", seed: int = 1) -> plates.DrawnPlate:
    return plates.render_plate(np.random.default_rng(seed), FACES, text=grammars.parse(text, "ro", style))


@pytest.mark.parametrize("style", sorted(plates.STYLES))
def test_every_style_draws_one_line_and_two(style: str) -> None:
    for text, lines in (("B 99 BNX", 1), ("B 99|BNX", 2)):
        plate = draw(text, style)
        assert plate.lines == lines
        assert plate.text == "B99BNX"
        assert plate.image.dtype == np.uint8
        assert 60 <= plate.image.shape[0] <= 200
        assert plate.image.std() > 10


def test_a_two_line_plate_is_less_wide() -> None:
    one, two = draw("B 99 BNX").image, draw("B 99|BNX").image
    assert two.shape[1] / two.shape[0] < 2.5 < one.shape[1] / one.shape[0]


def test_without_a_typeface_for_chinese_characters_none_is_drawn() -> None:
    rng = np.random.default_rng(4)
    assert all(plates.render_plate(rng, FACES).text.isascii() for _ in range(60))


def test_an_i_with_serifs_is_wider_and_a_stack_is_as_narrow_as_one_small_character() -> None:
    faces, _ = fonts.load(None)
    plain = plates.Hand(faces[0], None, 1.0, 0, 0.1, 0.3, 0.0, serifs=False)
    serif = plates.Hand(faces[0], None, 1.0, 0, 0.1, 0.3, 0.0, serifs=True)
    assert serif.mask("I").shape[1] > 1.5 * plain.mask("I").shape[1]
    assert serif.mask("H").shape == plain.mask("H").shape
    line = grammars.parse("AB 12", "us", "us").lines[0]
    widths = {plates.line_mask(line, plain, np.random.default_rng(seed), stacks=True).shape[1] for seed in range(20)}
    assert max(widths) > min(widths)
    assert {plates.line_mask(line, plain, np.random.default_rng(seed)).shape[1] for seed in range(20)} == {max(widths)}


def test_a_clear_picture_keeps_more_of_the_plate_than_any_picture() -> None:
    plate = draw("B 99 BNX").image

    def contrast(conditions: degrade.Conditions) -> float:
        crops = [degrade.photograph(plate, np.random.default_rng(seed), (), conditions) for seed in range(30)]
        return float(np.mean([cv2.Laplacian(crop, cv2.CV_32F).std() for crop in crops]))

    assert contrast(degrade.CLEAR) > contrast(degrade.Conditions(heights=(12, 16), video=0.0))


def test_the_same_seed_draws_the_same_plate() -> None:
    assert np.array_equal(draw("AB 12 CD", seed=9).image, draw("AB 12 CD", seed=9).image)


def test_a_photograph_is_a_stored_crop_with_its_surroundings() -> None:
    image = degrade.photograph(draw("B 99 BNX").image, np.random.default_rng(2))
    assert image.shape == (degrade.STORED_HEIGHT, degrade.STORED_WIDTH, 3)
    assert image.dtype == np.uint8


def test_a_cut_puts_the_corners_at_the_stored_margin() -> None:
    scene = np.zeros((200, 400, 3), np.uint8)
    cv2.fillConvexPoly(scene, np.array([[100, 60], [300, 80], [300, 130], [100, 110]]), (255, 255, 255))
    corners = np.array([[100, 60], [300, 80], [300, 130], [100, 110]], np.float32)
    stored = degrade.cut(scene, corners)[..., 0]
    share = degrade.STORED_MARGIN / (1 + 2 * degrade.STORED_MARGIN)
    left, top = share * degrade.STORED_WIDTH, share * degrade.STORED_HEIGHT
    inside = stored[int(top) + 2 : -int(top) - 2, int(left) + 2 : -int(left) - 2]
    assert inside.min() > 200
    assert stored[: int(top) - 2].max() < 60
    assert stored[:, : int(left) - 2].max() < 60


def test_turned_corners_stay_clockwise_and_keep_the_height() -> None:
    rng = np.random.default_rng(6)
    for _ in range(100):
        corners = degrade.turned(4.6, 30, rng)
        edges = (np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
        assert edges == pytest.approx(30, rel=1e-3)
        assert float(cv2.contourArea(corners, oriented=True)) > 0


def test_a_shard_holds_crops_texts_and_some_that_are_no_plate() -> None:
    shard = shards.render_shard(4, 300, FACES, [], [])
    assert shard.images.shape == (300, 64, 192)
    assert len(shard.texts) == 300
    assert "" in shard.texts
    assert sum(text != "" for text in shard.texts) > 280


def test_shards_are_written_once_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD", 10)
    shards.render_missing(tmp_path, 20, 1, FACES, [], [])
    stamps = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    shards.render_missing(tmp_path, 30, 1, FACES, [], [])
    assert len(shards.read_shards(tmp_path)) == 30
    assert all((tmp_path / name).stat().st_mtime_ns == stamp for name, stamp in stamps.items())
