from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition import images
from recognition.errors import NotAnImage
from recognition.types import Box, Image


def ramp(width: int = 120, height: int = 80) -> Image:
    """Blue grows to the right, green downwards."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([2 * x, 3 * y, 0 * x], axis=2).astype(np.uint8)


def test_a_picture_survives_writing_and_reading(tmp_path: Path) -> None:
    path = tmp_path / "ä.jpg"
    path.write_bytes(images.encode_jpeg(ramp(), 95))
    assert np.abs(images.read_image(path).astype(int) - ramp()).mean() < 3


@pytest.mark.parametrize("content", [b"", b"words", b"\xff\xd8\xff\xe0 cut"])
def test_what_is_no_picture_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(content)
    with pytest.raises(NotAnImage, match=r"x\.jpg"):
        images.read_image(path)


def test_letterbox_tells_where_every_point_went() -> None:
    boxed, scale, pad_x, pad_y = images.letterbox(ramp(120, 80), 60, 60)
    assert (boxed.shape, scale, pad_x, pad_y) == ((60, 60, 3), 0.5, 0, 10)
    assert np.abs(boxed[10 + 20, 30].astype(int) - ramp()[40, 60]).max() <= 4
    assert (boxed[:10] == images.PADDING).all()


def test_a_crop_of_an_upright_box_is_that_part_of_the_picture() -> None:
    corners = ((20.0, 10.0), (80.0, 10.0), (80.0, 30.0), (20.0, 30.0))
    crop = images.rectify_crop(ramp(), corners, 60, 20, margin=0.0)
    assert np.abs(crop.astype(int) - ramp()[10:30, 20:80]).max() <= 1


def test_the_margin_is_a_share_of_the_plate_on_every_side() -> None:
    corners = ((20.0, 20.0), (70.0, 20.0), (70.0, 40.0), (20.0, 40.0))
    crop = images.rectify_crop(ramp(), corners, 60, 24, margin=0.1)
    assert np.abs(crop.astype(int) - ramp()[18:42, 15:75]).max() <= 1


def test_a_slanted_plate_comes_out_straight() -> None:
    flat = np.zeros((40, 120, 3), np.uint8)
    flat[:, :60] = 255
    corners = np.array([(30, 40), (130, 20), (135, 60), (32, 75)], np.float32)
    source = np.array([(0, 0), (120, 0), (120, 40), (0, 40)], np.float32)
    seen = np.asarray(cv2.warpPerspective(flat, cv2.getPerspectiveTransform(source, corners), (160, 100)), np.uint8)
    crop = images.rectify_crop(seen, [(float(x), float(y)) for x, y in corners], 120, 40, margin=0.0)
    assert crop[4:-4, 4:56].min() > 200
    assert crop[4:-4, 64:-4].max() < 50


def test_degenerate_corners_give_a_crop_all_the_same() -> None:
    assert images.rectify_crop(ramp(), [(5.0, 5.0)] * 4, 32, 16).shape == (16, 32, 3)


def test_a_blurred_picture_is_less_sharp_and_a_dark_one_is_not() -> None:
    rng = np.random.default_rng(1)
    blocks = np.kron(rng.integers(0, 2, (12, 36)), np.ones((4, 4))) * 200
    sharp = np.repeat(blocks[:, :, None], 3, axis=2).astype(np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 3), np.uint8)
    assert 0 < images.sharpness(blurred) < images.sharpness(sharp) <= 1
    assert images.sharpness(sharp // 2) == pytest.approx(images.sharpness(sharp), rel=0.1)


def test_a_cut_stays_within_the_picture() -> None:
    assert images.cut(ramp(), Box(100, 60, 500, 500)).shape == (20, 20, 3)
    assert images.cut(ramp(), Box(-50, -50, -10, -10)).shape == (1, 1, 3)
