from __future__ import annotations

import numpy as np
import pytest

from recognition import geometry
from recognition.types import Box

QUAD = ((10.0, 12.0), (90.0, 20.0), (88.0, 44.0), (8.0, 34.0))


def test_overlap_is_of_the_area_covered_together() -> None:
    assert geometry.box_iou(Box(0, 0, 10, 10), Box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert geometry.box_iou(Box(0, 0, 10, 10), Box(10, 0, 20, 10)) == 0
    assert geometry.box_iou(Box(0, 0, 10, 10), Box(0, 0, 10, 10)) == 1


@pytest.mark.parametrize("turn", range(4))
def test_corners_in_any_order_become_clockwise_from_the_top_left(turn: int) -> None:
    shuffled = [QUAD[(i * 3 + turn) % 4] for i in range(4)]
    assert geometry.order_corners(shuffled) == QUAD


def test_a_homography_maps_its_points_and_their_inverse_maps_back() -> None:
    target = geometry.box_to_corners(Box(0, 0, 144, 48))
    matrix = geometry.homography(QUAD, target)
    assert np.allclose(geometry.project(matrix, QUAD), target)
    assert np.allclose(geometry.project(np.linalg.inv(matrix), target), QUAD)


def test_three_points_on_a_line_have_no_homography() -> None:
    flat = ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 2.0))
    with pytest.raises(np.linalg.LinAlgError):
        geometry.homography(flat, QUAD)


def test_a_box_outside_of_the_picture_is_clipped_to_nothing() -> None:
    assert geometry.clip(Box(-20, 5, -10, 9), 100, 100).area == 0
    assert geometry.clip(Box(-20, -5, 200, 50), 100, 40) == Box(0, 0, 100, 40)


def test_a_quads_size_is_the_mean_of_its_opposite_sides() -> None:
    assert geometry.quad_size(((0, 0), (10, 0), (12, 5), (0, 5))) == pytest.approx((11.0, (5 + 29**0.5) / 2))
