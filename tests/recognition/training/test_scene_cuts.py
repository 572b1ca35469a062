"""Cuts of labelled pictures: plates stay where they are shown, held-out pictures stay out, steps repeat."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from recognition.training import datasets_scenes
from recognition.training.datasets_crops import HELD_OUT_DRIVES
from recognition.training.datasets_drawn import drawn_pictures
from recognition.training.datasets_scenes import Cutter, Picture
from recognition.training.synth import distractors, fonts

MARK = (255, 0, 255)  # a color that nothing but the plates below has


def marked(width: int = 400, height: int = 300) -> Picture:
    image = np.full((height, width, 3), 90, np.uint8)
    image[120:150, 140:240] = MARK
    corners = [140, 120, 240, 120, 240, 150, 140, 150, 1.0]
    return Picture("cars_in/marked", image, np.array([corners], np.float32), 1.0)


def write_folder(folder: Path, rows: list[dict[str, object]]) -> None:
    folder.mkdir(parents=True)
    for row in rows:
        cv2.imwrite(str(folder / str(row["image"])), np.zeros((20, 30, 3), np.uint8))
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No recoloring, so that a plate can be found by its color."""
    monkeypatch.setattr(datasets_scenes, "recolor", lambda image, rng: image)


@pytest.mark.usefixtures("plain")
def test_corners_lie_where_the_cut_shows_the_plate() -> None:
    cutter = Cutter({"cars_in": [marked()]}, [], 288, 1, 5)
    seen = 0
    for seed in range(40):
        cut = cutter.cut(np.random.default_rng(seed))
        mask = (np.abs(cut.image.astype(int) - MARK).max(2) < 80).astype(np.uint8)
        for plate in cut.plates:
            corners = plate[:8].reshape(4, 2)
            if corners.min() < 0 or corners.max() > 288:
                continue
            ys, xs = np.nonzero(mask)
            assert np.abs(corners.min(0) - (xs.min(), ys.min())).max() < 3
            assert np.abs(corners.max(0) - (xs.max() + 1, ys.max() + 1)).max() < 3
            seen += 1
    assert seen > 20


@pytest.mark.usefixtures("plain")
def test_corners_run_clockwise_from_the_top_left_even_in_a_mirrored_cut() -> None:
    cutter = Cutter({"cars_in": [marked()]}, [np.full((20, 60, 3), 200, np.uint8)], 288, 1, 5)
    for seed in range(30):
        for plate in cutter.cut(np.random.default_rng(seed)).plates:
            top_left, top_right, bottom_right, bottom_left = plate[:8].reshape(4, 2)
            assert top_left[0] < top_right[0]
            assert bottom_left[0] < bottom_right[0]
            assert top_left[1] < bottom_left[1]
            assert top_right[1] < bottom_right[1]


def test_the_same_step_gives_the_same_batch() -> None:
    cutter = Cutter({"cars_in": [marked()]}, [np.full((20, 60, 3), 200, np.uint8)], 96, 3, 5)
    first, _, again = cutter(7, 0.1), cutter(8, 0.1), cutter(7, 0.9)
    assert torch.equal(first.pictures, again.pictures)
    assert all(torch.equal(a, b) for a, b in zip(first.plates, again.plates, strict=True))
    assert first.pictures.shape == (3, 3, 96, 96)


def test_a_plate_that_is_cut_off_is_neither_asked_for_nor_forbidden() -> None:
    cutter = Cutter({"cars_in": [marked()]}, [], 64, 1, 5)
    cuts = [cutter.cut(np.random.default_rng(seed)) for seed in range(60)]
    assert any(len(cut.ignored) and not len(cut.plates) for cut in cuts)


def test_held_out_drives_are_never_trained_on(tmp_path: Path) -> None:
    rows = [
        {"image": f"{drive}.jpg", "video": drive, "complete": False, "plates": [{"box": [1, 2, 9, 5]}]}
        for drive in (*HELD_OUT_DRIVES, "dayride_type1_001")
    ]
    write_folder(tmp_path / "dashcam_ro", rows)
    kept, apart = datasets_scenes.load(tmp_path)
    assert [picture.name for picture in kept["dashcam_ro"]] == ["dashcam_ro/dayride_type1_001.jpg"]
    assert len(apart) == len(HELD_OUT_DRIVES)


def test_about_a_tenth_of_the_other_pictures_is_kept_apart_by_name(tmp_path: Path) -> None:
    write_folder(tmp_path / "cars_web", [{"image": f"{i}.jpg", "plates": []} for i in range(200)])
    kept, apart = datasets_scenes.load(tmp_path)
    assert 8 <= len(apart) <= 35
    assert not {picture.name for picture in apart} & {picture.name for picture in kept["cars_web"]}


def test_a_box_alone_gives_corners_that_are_marked_as_not_exact(tmp_path: Path) -> None:
    plates = [{"box": [1, 2, 9, 5]}, {"box": [1, 2, 9, 5], "corners": [[9, 5], [1, 5], [1, 2], [9, 2]]}]
    write_folder(tmp_path / "cars_in", [{"image": "x.jpg", "plates": plates}])
    kept, apart = datasets_scenes.load(tmp_path)
    (picture,) = [*kept.get("cars_in", []), *apart]
    assert picture.plates.tolist() == [[1, 2, 9, 2, 9, 5, 1, 5, 0], [1, 2, 9, 2, 9, 5, 1, 5, 1]]


def test_plates_of_drawn_scenes_lie_within_the_picture_and_are_exact() -> None:
    pictures = drawn_pictures(6, 3)
    plates = np.concatenate([picture.plates for picture in pictures])
    assert len(plates) >= 6
    assert (plates[:, 8] == 1).all()
    assert plates[:, 0:8:2].max() < 1280
    assert plates[:, 1:8:2].max() < 720
    assert (drawn_pictures(1, 3)[0].image == pictures[0].image).all()


@pytest.mark.usefixtures("plain")
def test_a_distractor_is_in_the_picture_and_not_among_its_plates() -> None:
    empty = Picture("background/x", np.full((200, 200, 3), 90, np.uint8), np.zeros((0, 9), np.float32), 1.0)
    sign = [np.full((20, 60, 3), MARK, np.uint8)]
    cutter = Cutter({"background": [empty]}, [], 96, 1, 5, sign)
    cuts = [cutter.cut(np.random.default_rng(seed)) for seed in range(30)]
    purple = [bool((cut.image[..., 0].astype(int) - cut.image[..., 1] > 60).any()) for cut in cuts]
    assert 5 < sum(purple) < 25
    assert all(len(cut.plates) == 0 for cut in cuts)


@pytest.mark.parametrize("kind", distractors.KINDS)
def test_every_kind_of_distractor_can_be_drawn(kind: Callable[..., np.ndarray]) -> None:
    faces, _ = fonts.load(None)
    for seed in range(20):
        image = kind(faces, np.random.default_rng(seed))
        assert image.dtype == np.uint8
        assert image.std() > 3
