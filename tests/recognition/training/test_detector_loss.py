"""Which cells answer for a plate, and that the loss falls when they answer rightly."""

import pytest
import torch
from torch import Tensor, nn

from recognition.networks.detector import STRIDES, cell_middles
from recognition.training.losses_detector import DetectorBatch, boxes, detector_loss, overlaps, targets

NONE = torch.zeros(0, 4)
SIDE = 64


def plate(x1: float, y1: float, x2: float, y2: float) -> Tensor:
    return torch.tensor([[x1, y1, x2, y1, x2, y2, x1, y2, 1.0]])


def all_middles() -> Tensor:
    return torch.cat([cell_middles(SIDE // s, SIDE // s, s) for s in STRIDES])


class Answers(nn.Module):
    """A network that always gives the same cells."""

    def __init__(self, cells: Tensor) -> None:
        super().__init__()
        self.cells = nn.Parameter(cells)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.cells[None].expand(len(pictures), -1, -1)


def loss_of(cells: Tensor, plates: Tensor, ignored: Tensor = NONE, background: float = 1.0) -> float:
    batch = DetectorBatch(torch.zeros(1, 3, SIDE, SIDE), [plates], [ignored], torch.tensor([background]))
    return float(detector_loss(Answers(cells), batch).detach())


def right_answers(plates: Tensor) -> Tensor:
    chosen, _ = targets(plates, NONE, SIDE, SIDE)
    cells = torch.cat([torch.full((len(chosen), 1), -8.0), all_middles().repeat(1, 4)], 1)
    cells[chosen >= 0, 0] = 8.0
    cells[chosen >= 0, 1:] = plates[chosen[chosen >= 0], :8]
    return cells


def test_cells_in_the_middle_of_a_small_plate_answer_for_it_at_the_finest_stride_alone() -> None:
    chosen, counted = targets(plate(20, 28, 44, 36), NONE, SIDE, SIDE)
    mine = all_middles()[chosen == 0]
    assert len(mine) > 0
    assert (chosen[64:] == -1).all()
    assert ((mine - torch.tensor([32.0, 32.0])).abs() <= torch.tensor([6.0, 6.0])).all()
    assert not counted.all(), "coarser cells at the same place are neither right nor wrong"


def test_even_the_smallest_plate_has_a_cell() -> None:
    for x in range(10, 50, 3):
        chosen, _ = targets(plate(x, x, x + 9, x + 5), NONE, SIDE, SIDE)
        assert (chosen == 0).any()


def test_of_two_plates_the_smaller_keeps_a_cell() -> None:
    chosen, _ = targets(torch.cat([plate(4, 20, 60, 44), plate(28, 30, 36, 34)]), NONE, SIDE, SIDE)
    at_middle = ((all_middles()[:64] - torch.tensor([28.0, 28.0])).abs().sum(1)).argmin()
    assert chosen[at_middle] == 1


def test_right_answers_cost_almost_nothing_and_wrong_ones_much() -> None:
    plates = plate(20, 28, 44, 36)
    right = right_answers(plates)
    missed, shifted = right.clone(), right.clone()
    missed[:, 0] = -8
    shifted[:, 1:] += 6
    assert loss_of(right, plates) < 0.05
    assert loss_of(missed, plates) > 10 * loss_of(right, plates)
    assert loss_of(shifted, plates) > 10 * loss_of(right, plates)


def test_an_answer_inside_an_ignored_box_is_not_punished() -> None:
    cells = right_answers(torch.zeros(0, 9))
    cells[0, 0] = 6.0
    assert loss_of(cells, torch.zeros(0, 9)) > 1
    assert loss_of(cells, torch.zeros(0, 9), torch.tensor([[0.0, 0.0, 8.0, 8.0]])) < 0.01


def test_an_invented_plate_weighs_less_where_plates_were_left_unlabelled() -> None:
    cells = right_answers(torch.zeros(0, 9))
    cells[0, 0] = 6.0
    whole, part = (loss_of(cells, torch.zeros(0, 9), background=weight) for weight in (1.0, 0.25))
    assert part == pytest.approx(whole / 4, rel=0.05)


def test_overlap_is_one_for_the_same_box_and_below_nothing_far_away() -> None:
    same = overlaps(boxes(plate(0, 0, 10, 5)), boxes(plate(0, 0, 10, 5)))
    apart = overlaps(boxes(plate(0, 0, 10, 5)), boxes(plate(30, 0, 40, 5)))
    assert same[0].item() == pytest.approx(1, abs=1e-3)
    assert apart[0].item() == 0
    assert apart[1].item() < 0
