"""LPRNet (Zherdev and Gruzdev 2018, arXiv:1806.10447), written from the paper: convolutions alone, CTC on top.

The padding is not in the paper's table; it follows from its sizes: the three poolings are not padded, so that a crop
24 pixels high is 22, 10 and 4 rows high after them, and the 4×1 convolution leaves one row of 88 steps.
"""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recognition.alphabet import CLASSES
from recognition.baselines.blocks import convolution

HEIGHT, WIDTH = 24, 94  # of the grey crop
STEPS = WIDTH - 6


def small_basic_block(inputs: int, outputs: int) -> nn.Sequential:
    """The paper's table 1: a 3×3 convolution taken apart, between two 1×1 ones, on a quarter of the channels."""
    inner = outputs // 4
    return nn.Sequential(
        convolution(inputs, inner, (1, 1)),
        convolution(inner, inner, (3, 1), padding=(1, 0)),
        convolution(inner, inner, (1, 3), padding=(0, 1)),
        convolution(inner, outputs, (1, 1)),
    )


class Pooling(nn.Module):
    """Greatest value of 3 × 3 pixels, and of as many channels as leaves `channels` of them."""

    def __init__(self, channels: int, stride: tuple[int, int]) -> None:
        super().__init__()
        self.channels, self.stride = channels, stride

    def forward(self, x: Tensor) -> Tensor:
        return F.max_pool2d(reduce(torch.maximum, x.chunk(x.shape[1] // self.channels, 1)), 3, self.stride)


class LPRNet(nn.Module):
    """Grey crops (n, 1, 24, 94), normalized per crop -> logits (n, 88, CLASSES)."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(
            convolution(1, 64, (3, 3), padding=(1, 1)),
            Pooling(64, (1, 1)),  # 64 × 22 × 92
            small_basic_block(64, 128),
            Pooling(64, (2, 1)),  # 64 × 10 × 90
            small_basic_block(64, 256),
            small_basic_block(256, 256),
            Pooling(64, (2, 1)),  # 64 × 4 × 88
            nn.Dropout(0.2),  # the paper's 0.5 is for a training hundreds of times as long
            convolution(64, 256, (4, 1)),  # 256 × 1 × 88
            nn.Dropout(0.2),
            convolution(256, CLASSES, (1, 13), padding=(0, 6)),
        )
        self.context = nn.Linear(CLASSES, CLASSES)
        self.characters = nn.Conv2d(2 * CLASSES, CLASSES, 1)

    def forward(self, crops: Tensor) -> Tensor:
        maps = self.backbone(crops)  # n × CLASSES × 1 × 88
        context = torch.relu(self.context(maps.mean((2, 3))))
        tiled = context[:, :, None, None].expand(-1, -1, -1, STEPS)
        return self.characters(torch.cat([maps, tiled], 1)).squeeze(2).transpose(1, 2)  # type: ignore[no-any-return]
