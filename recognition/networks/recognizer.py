"""The recognizer: a small convolutional network with a recurrent one on top, trained with CTC.

The feature map keeps two rows to the end. They are laid one after the other, the upper first, so one network reads
plates of one line and of two; on a one-line plate it learns to write in one half and to keep silent in the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor, nn

from recognition.alphabet import CLASSES, REGIONS
from recognition.networks import blocks

HEIGHT, WIDTH = 48, 144  # of the grey crop
ROWS, COLUMNS = 2, WIDTH // 4  # of the last feature map

Convolution = partial(blocks.Convolution, momentum=0.02)


class Residual(nn.Module):
    """x + convolution(x); same shape in and out."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = Convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.convolution(x)  # type: ignore[no-any-return]


def stage(channels: int, depth: int) -> nn.Sequential:
    return nn.Sequential(*(Residual(channels) for _ in range(depth)))


class Recognizer(nn.Module):
    """Grey crops (n, 1, 48, 144), normalized per crop -> logits (n, 72, CLASSES) and region logits (n, REGIONS).

    `depth` is the number of residual steps at each resolution: 1 for CPUs, 3 for GPUs.
    """

    def __init__(
        self, widths: tuple[int, int, int, int, int] = (16, 32, 48, 80, 112), hidden: int = 96, depth: int = 1
    ) -> None:
        super().__init__()
        self.depth = depth
        a, b, c, d, e = widths
        self.features = nn.Sequential(
            Convolution(1, a, (1, 2)),  # a × 48 × 72
            Convolution(a, b, (2, 1)),  # b × 24 × 72
            stage(b, depth),  # b × 24 × 72
            Convolution(b, c, (1, 2)),  # c × 24 × 36
            Convolution(c, d, (2, 1)),  # d × 12 × 36
            stage(d, depth + 1),  # d × 12 × 36
            Convolution(d, e, (2, 1)),  # e × 6 × 36
            stage(e, depth),  # e × 6 × 36
        )
        self.squeeze = nn.Conv2d(e, e, (3, 1), (3, 1))  # e × 2 × 36
        self.dropout = nn.Dropout(0.1)
        self.context = nn.GRU(e, hidden, batch_first=True, bidirectional=True)
        self.characters = nn.Linear(2 * hidden, CLASSES)
        self.region = nn.Sequential(nn.Linear(e + 2 * hidden, 64), nn.ReLU(inplace=True), nn.Linear(64, len(REGIONS)))

    def start_from(self, smaller: Mapping[str, Tensor]) -> None:
        """As `grow`: take over the weights of a shallower recognizer."""
        blocks.grow(self, smaller, "convolution.1.weight")

    def look(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """The convolutional part, which training runs in bfloat16."""
        maps = self.features(crops)  # n × e × 6 × 36
        rows = torch.relu(self.squeeze(maps))  # n × e × 2 × 36
        return maps, rows

    def write(self, maps: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        sequence = self.dropout(rows.flatten(2).transpose(1, 2))  # n × 72 × e, upper row first
        states, _ = self.context(sequence)  # n × 72 × 2·hidden
        pooled = torch.cat([maps.mean((2, 3)), states.mean(1)], 1)  # n × (e + 2·hidden)
        return self.characters(states), self.region(pooled)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        return self.write(*self.look(crops))
