"""The detector's network: shapes, where its cells are, and that a picture's neighbours in the batch do not matter."""

import torch

from recognition.networks.detector import STRIDES, Detector, cell_middles


def network() -> Detector:
    torch.manual_seed(1)
    return Detector().eval()


def test_every_cell_of_three_strides_answers() -> None:
    answers = network()(torch.rand(2, 3, 64, 96))
    assert answers.shape == (2, sum((64 // stride) * (96 // stride) for stride in STRIDES), 9)


def test_it_stays_under_a_million_parameters() -> None:
    assert sum(p.numel() for p in network().parameters()) < 1_000_000


def test_corners_of_an_untrained_cell_lie_near_its_middle() -> None:
    answers = network()(torch.rand(1, 3, 64, 64))[0]
    middles = cell_middles(8, 8, 8)
    assert (answers[:64, 1:].view(64, 4, 2) - middles[:, None]).abs().max() < 64


def test_middles_run_row_by_row() -> None:
    assert cell_middles(2, 3, 8).tolist() == [[4, 4], [12, 4], [20, 4], [4, 12], [12, 12], [20, 12]]


def test_other_pictures_in_the_batch_change_nothing() -> None:
    model, pictures = network(), torch.rand(3, 3, 64, 64)
    assert torch.allclose(model(pictures)[1:2], model(pictures[1:2]), atol=1e-4)
