"""The sliding window: what a window sees, how hits become plates, and that the views leave no size of plate out."""

import numpy as np
import torch

from recognition.baselines import windows
from recognition.baselines.windows import Hit
from recognition.baselines.windows_network import OUTPUTS, WindowReader
from recognition.types import Box


def letters(text: str, sure: float = 0.9) -> np.ndarray:
    shares = np.full((7, 36), (1 - sure) / 35)
    for slot, character in enumerate(text):
        shares[slot, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(character)] = sure
    return shares


def test_a_window_reads_the_same_alone_as_within_a_picture() -> None:
    torch.manual_seed(1)
    model = WindowReader().eval()
    picture = torch.randn(1, 1, 120, 200)
    whole = model(picture)
    assert whole.shape == (1, OUTPUTS, (120 - 64) // 8 + 1, (200 - 128) // 8 + 1)
    row, column = 3, 5
    alone = model(picture[:, :, 8 * row : 8 * row + 64, 8 * column : 8 * column + 128])
    torch.testing.assert_close(alone[0, :, 0, 0], whole[0, :, row, column], rtol=1e-4, atol=1e-4)


def test_a_hit_lies_where_its_window_lies_in_the_picture() -> None:
    cells = np.zeros((OUTPUTS, 4, 6), np.float32)
    cells[0] = -9
    cells[0, 2, 3] = 9
    cells[1:5, 2, 3] = (-0.75, -0.25, 0.75, 0.25)  # the plate's edges around the window's middle, by 64 pixels
    (hit,) = windows.hits(cells, 0.5, 0.9)
    assert hit.box.as_list() == [80.0, 64.0, 272.0, 128.0]


def test_hits_that_overlap_become_one_plate_and_the_majority_of_what_they_read() -> None:
    near = [Hit(0.99, Box(0, 0, 90, 20), letters("AB12CDE", 0.4)), Hit(0.97, Box(4, 0, 94, 20), letters("A812CDE"))]
    near += [Hit(0.98, Box(0, 2, 90, 22), letters("A812CDE"))]
    far = Hit(0.95, Box(300, 0, 390, 20), letters("XY34ZZZ"))
    merged = windows.merge([far, *near])
    assert [hit.text for hit in merged] == ["A812CDE", "XY34ZZZ"]
    assert merged[0].box == near[0].box


def test_every_plate_of_a_dashcam_frame_from_seventy_pixels_up_fits_a_window_at_some_size() -> None:
    fills = (0.58 * windows.WIDTH, 0.88 * windows.WIDTH)
    views = windows.scales(720, 1280)
    for width in range(75, 800, 5):
        assert any(fills[0] <= width * scale <= fills[1] for scale in views), width


def test_a_dim_picture_looks_like_a_bright_one() -> None:
    rng = np.random.default_rng(2)
    bright = rng.integers(0, 250, (80, 160)).astype(np.uint8)
    dim = (bright * 0.5 + 20).astype(np.uint8)
    assert np.abs(windows.flatten(bright) - windows.flatten(dim)).mean() < 0.12


def test_a_crop_in_which_no_window_sees_a_plate_reads_as_nothing() -> None:
    cells = np.zeros((4, OUTPUTS, 1, 1), np.float32)
    cells[:, 0] = -3
    assert windows.crop_text(cells) == ""
    cells[2, 0] = 3
    assert len(windows.crop_text(cells)) == 7
