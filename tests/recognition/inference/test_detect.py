"""The detector around a network: scaling, close-ups, one answer a plate."""

import numpy as np
import pytest

from recognition.errors import WeightsRefused
from recognition.geometry import box_iou
from recognition.inference import backends, detect
from recognition.inference.detect import Detector
from recognition.training.synth import drive
from recognition.training.synth.camera import Camera
from recognition.types import Box


class Script:
    """Stands for a network: gives the same plates (x1, y1, x2, y2, logit) whatever it sees, and notes the sizes."""

    def __init__(self, *plates: tuple[float, float, float, float, float]) -> None:
        self.cells = np.array([[s, a, b, c, b, c, d, a, d] for a, b, c, d, s in plates], np.float32).reshape(-1, 9)
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, batch: np.ndarray) -> tuple[np.ndarray, ...]:
        self.shapes.append(batch.shape)
        return (self.cells[None],)


def picture(width: int, height: int) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


def test_a_dashcam_frame_is_read_at_its_own_size_padded_to_the_grid() -> None:
    network = Script()
    Detector(network)(picture(1280, 720))
    assert network.shapes == [(1, 3, 736, 1280)]


def test_a_large_photo_is_scaled_down_and_its_corners_come_back_in_its_own_pixels() -> None:
    network = Script((100, 50, 200, 75, 4.0))
    (found,) = Detector(network, max_side=1280)(picture(2560, 1440))
    assert network.shapes == [(1, 3, 736, 1280)]
    assert found.box.as_list() == [200, 100, 400, 150]
    assert np.array_equal(found.corners, [(200, 100), (400, 100), (400, 150), (200, 150)])
    assert found.score == pytest.approx(1 / (1 + np.exp(-4)))


def test_a_small_picture_is_looked_at_in_half_its_size_too() -> None:
    network = Script((10, 10, 60, 30, 3.0))
    found = Detector(network)(picture(300, 300))
    assert network.shapes == [(1, 3, 320, 320), (1, 3, 160, 160)]
    assert [item.box.as_list() for item in found] == [[10, 10, 60, 30], [20, 20, 120, 60]]


def test_padding_is_grey() -> None:
    batch, scale = detect.prepare(np.full((40, 50, 3), 255, np.uint8))
    assert batch.shape == (1, 3, 64, 64)
    assert scale == 1
    assert (batch[0, :, :40, :50] == 255).all()
    assert (batch[0, :, 40:] == 114).all()


def test_pictures_in_one_batch_are_read_as_each_by_itself() -> None:
    try:
        detector = Detector(backends.load_network("detector-s", "cpu"), min_score=0.05)
    except WeightsRefused as error:
        pytest.skip(str(error))
    pictures = [np.random.default_rng(i).integers(0, 255, (96, 128, 3), dtype=np.uint8) for i in range(3)]
    together, alone = detector.many(pictures), [detector(one) for one in pictures]
    assert [len(found) for found in together] == [len(found) for found in alone]
    scores = [[item.score for item in found] for found in together]
    assert scores == [pytest.approx([item.score for item in found], abs=1e-3) for found in alone]


def test_of_answers_that_overlap_the_surest_stays() -> None:
    network = Script((100, 50, 200, 75, 1.0), (102, 51, 203, 76, 3.0), (400, 50, 500, 75, 2.0))
    found = Detector(network)(picture(1280, 720))
    assert [round(item.box.x1) for item in found] == [102, 400]


def test_an_answer_within_another_is_the_same_plate() -> None:
    network = Script((100, 50, 200, 75, 3.0), (110, 52, 150, 73, 1.0))
    assert len(Detector(network)(picture(1280, 720))) == 1


def test_what_is_below_the_score_or_too_small_is_left_out() -> None:
    network = Script((100, 50, 200, 75, -2.0), (10, 10, 30, 12, 5.0))
    assert Detector(network, min_score=0.3)(picture(1280, 720)) == []


def test_a_box_ends_at_the_edge_of_the_picture_but_its_corners_may_lie_beyond() -> None:
    network = Script((-20, 50, 80, 75, 3.0))
    (found,) = Detector(network)(picture(1280, 720))
    assert found.box.x1 == 0
    assert found.corners[0][0] == -20


class Bright:
    """Stands for a network: the bounding box of all bright pixels that it is shown is a plate."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, batch: np.ndarray) -> tuple[np.ndarray, ...]:
        self.shapes.append(batch.shape)
        ys, xs = np.nonzero(batch[0, 0] > 200)
        if not len(xs):
            return (np.zeros((1, 0, 9), np.float32),)
        a, b, c, d = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1
        return (np.array([[[3.0, a, b, c, b, c, d, a, d]]], np.float32),)


def test_near_an_expected_place_a_plate_is_found_where_it_is_in_the_whole_picture() -> None:
    image, network = picture(1920, 1080), Bright()
    image[600:620, 1000:1080] = 255
    (found,) = Detector(network).near(image, [Box(990, 590, 1070, 612)])
    assert found.box.as_list() == [1000, 600, 1080, 620]
    assert network.shapes == [(1, 3, 160, 256)]


def test_a_plate_in_two_parts_is_found_once_and_one_that_a_part_cuts_off_not_at_all() -> None:
    image = picture(1920, 1080)
    image[600:620, 1000:1080] = 255
    nearly_same = [Box(990, 590, 1070, 612), Box(1010, 600, 1090, 622)]
    assert len(Detector(Bright()).near(image, nearly_same)) == 1
    assert Detector(Bright()).near(image, [Box(860, 600, 940, 620)]) == []


def test_at_the_edge_of_the_picture_a_plate_may_be_cut_off() -> None:
    image = picture(1920, 1080)
    image[600:620, 1850:] = 255
    (found,) = Detector(Bright()).near(image, [Box(1840, 600, 1920, 620)])
    assert found.box.as_list() == [1850, 600, 1920, 620]


def test_where_a_scout_points_the_network_looks_at_what_is_filmed_in_its_own_size() -> None:
    network, scout = Script((60, 40, 110, 56, 3.0)), Script((600, 300, 650, 316, -0.4))
    (found,) = Detector(network, min_score=0.5, scout=scout)(picture(1280, 720))
    assert scout.shapes == [(1, 3, 736, 1280)]
    assert network.shapes == [(1, 3, 96, 160)]  # the part around the plate, and nothing else
    assert found.box.as_list() == [605, 300, 655, 316]
    assert found.score == pytest.approx(1 / (1 + np.exp(-3)))


def test_what_lies_side_by_side_is_looked_at_once() -> None:
    network, scout = Script(), Script((600, 300, 650, 316, 1.0), (610, 320, 640, 330, 0.9), (1000, 300, 1050, 316, 0.8))
    Detector(network, min_score=0.5, scout=scout)(picture(1280, 720))
    assert network.shapes == [(1, 3, 96, 160)] * 2


def test_what_a_scout_mistakes_for_a_plate_is_left_out() -> None:
    assert Detector(Script(), scout=Script((600, 300, 650, 316, 4.0)))(picture(1280, 720)) == []


def test_a_small_picture_needs_no_scout() -> None:
    scout = Script((10, 10, 60, 30, 3.0))
    Detector(Script(), scout=scout)(picture(300, 300))
    assert scout.shapes == []


def test_the_shipped_scout_points_at_the_plates_that_the_network_finds() -> None:
    try:
        detector = detect.load_detector("detector-s", 0.4, "cpu")
    except WeightsRefused as error:
        pytest.skip(str(error))
    assert detector.scout is not None
    alone = Detector(detector.network, 0.4)
    for frame in drive.frames(1.0, 3, Camera(), 3.0):
        found, sure = detector(frame.image), [item for item in alone(frame.image) if item.score > 0.6]
        assert sure
        assert all(max(box_iou(one.box, other.box) for other in found) > 0.8 for one in sure)


def white_blocks(batch: np.ndarray) -> tuple[np.ndarray]:
    """A network that finds the white block of a picture if it has 200 pixels or more."""
    rows, columns = np.nonzero(batch[0, 0] == 255)
    logit = 5.0 if len(rows) >= 200 else -5.0
    x1, y1, x2, y2 = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else (0, 0, 0, 0)
    return (np.array([[[logit, x1, y1, x2, y1, x2, y2, x1, y2]]], np.float32),)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (1270, 700), (3000, 1500), (3808, 2152)])
def test_a_plate_that_is_lost_where_the_picture_shrinks_is_found_when_it_is_looked_at_everywhere(
    left: int, top: int
) -> None:
    image = np.zeros((2160, 3840, 3), np.uint8)
    image[top : top + 8, left : left + 32] = 255
    detector = Detector(white_blocks)
    assert detector(image) == []
    assert {tuple(item.box.as_list()) for item in detector.everywhere(image)} == {(left, top, left + 32, top + 8)}
