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


@dataclass(frozen=True, slots=True, eq=False)
class CropBatch:
    crops: Tensor  # float32 n × 1 × 48 × 144
    targets: Tensor  # int64, all texts one after the other
    lengths: Tensor  # int64 n; 0 for what is no plate
    regions: Tensor  # int64 n; IGNORED_REGION where not known


def recognizer_loss(model: nn.Module, batch: CropBatch) -> Tensor:
    """Mean over the batch of CTC per character, plus a share of the region's cross entropy.

    The convolutions run in bfloat16 (half the time on CPUs that have it), the recurrent part and CTC in float32.
    """
    assert isinstance(model, Recognizer)
    crops = batch.crops.contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        maps = model.look(crops)
    logits, regions = model.write(*(map_.float() for map_ in maps))
    log_probabilities = logits.log_softmax(-1).transpose(0, 1)
    steps = torch.full_like(batch.lengths, logits.shape[1])
    text = F.ctc_loss(log_probabilities, batch.targets, steps, batch.lengths, BLANK, "none", zero_infinity=True)
    text = (text / batch.lengths.clamp(min=4)).mean()
    region = F.cross_entropy(regions, batch.regions, ignore_index=IGNORED_REGION, reduction="sum")
    return text + REGION_SHARE * region / (batch.regions != IGNORED_REGION).sum().clamp(min=1)
