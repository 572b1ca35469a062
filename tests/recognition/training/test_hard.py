"""Places mistaken for plates are noted with the run, and looked at more often from then on."""

from pathlib import Path

import numpy as np

from recognition.training import hard
from recognition.training.datasets_scenes import Cutter, Picture
from recognition.types import Box, Detection, Image

CORNERS = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
PLATE = [10, 10, 60, 10, 60, 25, 10, 25, 1.0]


def picture(background: float = 1.0) -> Picture:
    image = np.zeros((400, 400, 3), np.uint8)
    image[300:320, 300:350] = (0, 0, 255)  # a red sign
    return Picture("cars_in/a.jpg", image, np.array([PLATE], np.float32), background)


def sees_a_sign(image: Image) -> list[Detection]:
    return [Detection(Box(11, 9, 60, 26), CORNERS, 0.9), Detection(Box(300, 300, 350, 320), CORNERS, 0.5)]


def test_only_what_is_no_plate_is_a_mistake() -> None:
    assert hard.mistakes(sees_a_sign, picture()) == [[300, 300, 350, 320]]


def test_where_plates_were_left_unlabelled_nothing_counts_as_a_mistake() -> None:
    assert hard.mistakes(sees_a_sign, picture(background=0.5)) == []


def test_what_was_noted_comes_back_with_the_pictures(tmp_path: Path) -> None:
    pictures = {"cars_in": [picture()]}
    assert hard.with_mistakes(pictures, tmp_path) is pictures
    assert hard.mine(sees_a_sign, pictures, tmp_path) == 1
    (again,) = hard.with_mistakes(pictures, tmp_path)["cars_in"]
    assert again.hard.tolist() == [[300, 300, 350, 320]]


def test_a_noted_place_is_shown_more_often(tmp_path: Path) -> None:
    pictures = {"cars_in": [picture()]}
    hard.mine(sees_a_sign, pictures, tmp_path)

    def shown(chosen: dict[str, list[Picture]]) -> int:
        cutter = Cutter(chosen, [], 64, 1, 3)
        cuts = [cutter.cut(np.random.default_rng(seed)).image.astype(int) for seed in range(60)]
        return sum(bool((image[..., 2] - image[..., :2].max(2) > 60).any()) for image in cuts)

    assert shown(hard.with_mistakes(pictures, tmp_path)) > shown(pictures) + 10
