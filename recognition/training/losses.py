"""Loss of the recognizer: CTC over the characters, cross entropy over the issuing regions."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recognition.alphabet import BLANK
from recognition.networks.recognizer import Recognizer

IGNORED_REGION = -1
REGION_SHARE = 0.15
DISTILLED_SHARE = 0.5  # of the teacher's opinion beside the label's


@dataclass(frozen=True, slots=True, eq=False)
class CropBatch:
    crops: Tensor  # float32 n × 1 × 48 × 144
    targets: Tensor  # int64, all texts one after the other
    lengths: Tensor  # int64 n; 0 for what is no plate
    regions: Tensor  # int64 n; IGNORED_REGION where not known


def recognizer_loss(model: nn.Module, batch: CropBatch, teacher: nn.Module | None = None) -> Tensor:
    """Mean over the batch of CTC per character, plus a share of the region's cross entropy.

    With a `teacher`, also what each step's distribution differs from the teacher's (Kullback–Leibler, as in Hinton
    2015), which it is shown in the same crops. The convolutions run in bfloat16 (half the time on CPUs that have it),
    the recurrent part and CTC in float32.
    """
    assert isinstance(model, Recognizer)
    crops = batch.crops.contiguous(memory_format=torch.channels_last)
    logits, regions = _answers(model, crops)
    log_probabilities = logits.log_softmax(-1)
    steps = torch.full_like(batch.lengths, logits.shape[1])
    by_time = log_probabilities.transpose(0, 1)
    text = F.ctc_loss(by_time, batch.targets, steps, batch.lengths, BLANK, "none", zero_infinity=True)
    text = (text / batch.lengths.clamp(min=4)).mean()
    region = F.cross_entropy(regions, batch.regions, ignore_index=IGNORED_REGION, reduction="sum")
    loss = text + REGION_SHARE * region / (batch.regions != IGNORED_REGION).sum().clamp(min=1)
    if teacher is not None:
        assert isinstance(teacher, Recognizer)
        with torch.no_grad():
            wise, wise_regions = _answers(teacher, crops)
        step_wise = F.kl_div(log_probabilities, wise.log_softmax(-1), log_target=True, reduction="none").sum((1, 2))
        loss = loss + DISTILLED_SHARE * (step_wise / batch.lengths.clamp(min=4)).mean()
        loss = loss + REGION_SHARE * F.kl_div(
            regions.log_softmax(-1), wise_regions.log_softmax(-1), log_target=True, reduction="batchmean"
        )
    return loss


def _answers(model: Recognizer, crops: Tensor) -> tuple[Tensor, Tensor]:
    with torch.autocast(crops.device.type, torch.bfloat16):
        maps = model.look(crops)
    return model.write(*(map_.float() for map_ in maps))
