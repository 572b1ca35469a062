"""What the detector is taught: which cells answer for a plate, and how well their corners fit."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recognition.networks.detector import STRIDES, cell_middles

SIZES = (
    (0.0, 56.0),
    (40.0, 128.0),
    (100.0, 1e9),
)  # root of the plate's area that each stride answers for; they overlap
CORE = 0.25  # share of a plate's width and height, from its middle, in which cells answer
NEAREST = 0.75  # strides from the middle in which cells answer however small the plate is


@dataclass(frozen=True, slots=True)
class DetectorBatch:
    pictures: Tensor  # n × 3 × h × w, 0–1
    plates: list[Tensor]  # per picture m × 9: corners in pixels, 1 where they are exact and 0 where only the box is
    ignored: list[Tensor]  # per picture k × 4: boxes in which an answer is neither right nor wrong
    background: Tensor  # n: weight of the cells without a plate (below 1 where plates were left unlabelled)


def targets(plates: Tensor, ignored: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """(index of the plate a cell answers for or -1, whether it counts), for all cells of a height × width picture."""
    chosen, counted = [], []
    for stride, (smallest, largest) in zip(STRIDES, SIZES, strict=True):
        middles = cell_middles(height // stride, width // stride, stride)
        best = torch.full((len(middles),), -1, dtype=torch.long)
        counts = torch.ones(len(middles), dtype=torch.bool)
        for box in ignored:
            counts &= ~((middles >= box[:2]) & (middles <= box[2:])).all(1)
        areas = box_sizes(plates).prod(1).sqrt() if len(plates) else plates.new_zeros(0)
        for index in areas.argsort(descending=True).tolist():  # the smaller of two plates keeps a cell
            corners = plates[index, :8].view(4, 2)
            low, high = corners.min(0).values, corners.max(0).values
            away = (middles - (low + high) / 2).abs()
            inside = (away <= torch.clamp((high - low) * CORE, min=NEAREST * stride)).all(1)
            if smallest <= areas[index] < largest:
                best[inside] = index
            else:
                counts &= ~inside
        counts |= best >= 0
        chosen.append(best)
        counted.append(counts)
    return torch.cat(chosen), torch.cat(counted)


def box_sizes(corners: Tensor) -> Tensor:
    """(m, ≥8) corners -> (m, 2) width and height of the upright boxes around them."""
    points = corners[:, :8].view(-1, 4, 2)
    return points.max(1).values - points.min(1).values


def boxes(corners: Tensor) -> Tensor:
    points = corners[:, :8].view(-1, 4, 2)
    return torch.cat([points.min(1).values, points.max(1).values], 1)


def overlaps(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Row by row IoU and GIoU of boxes (m, 4)."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared + 1e-6
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1) + 1e-6
    return shared / union, shared / union - (hull - union) / hull


def detector_loss(model: nn.Module, batch: DetectorBatch) -> Tensor:
    """Score by quality focal loss (the target is the box's IoU), box by GIoU, corners by distance in plate heights."""
    with torch.autocast("cpu", torch.bfloat16):  # half the time on CPUs that have it
        answers: Tensor = model(batch.pictures).float()
    height, width = batch.pictures.shape[2:]
    score_loss, found, wanted = answers.new_zeros(()), [], []
    for answer, plates, ignored, weight in zip(answers, batch.plates, batch.ignored, batch.background, strict=True):
        chosen, counted = targets(plates, ignored, height, width)
        quality = torch.zeros(len(chosen))
        if (positive := chosen >= 0).any():
            mine, true = answer[positive, 1:], plates[chosen[positive]]
            found.append(mine)
            wanted.append(true)
            # Never below 0.3: at first no box overlaps, and a cell must still learn that it answers for a plate.
            quality[positive] = overlaps(boxes(mine), boxes(true))[0].detach().clamp(0.3, 1.0)
        logits = answer[:, 0]
        focus = (logits.detach().sigmoid() - quality).abs().square()
        each = F.binary_cross_entropy_with_logits(logits, quality, reduction="none") * focus
        score_loss = score_loss + (each * torch.where(positive, 1.0, counted * weight)).sum()
    if not found:
        return score_loss / len(answers)
    mine, true = torch.cat(found), torch.cat(wanted)
    box_loss = (1 - overlaps(boxes(mine), boxes(true))[1]).mean()
    scale = box_sizes(true).prod(1).sqrt()[:, None]
    distance = F.smooth_l1_loss(mine / scale, true[:, :8] / scale, reduction="none", beta=0.05).sum(1)
    corner_loss = (distance * (0.1 + 0.9 * true[:, 8])).mean()
    return 2.0 * score_loss / max(1, len(mine)) * 4.0 + 2.0 * box_loss + 2.0 * corner_loss
