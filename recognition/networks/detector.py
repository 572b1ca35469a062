"""The detector: a small fully convolutional network that finds plates by their four corners at three strides."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recognition.networks.blocks import Convolution, grow

STRIDES = (8, 16, 32)
REACH = 4.0  # corners are told in multiples of this many strides from the middle of their cell


class Residual(nn.Module):
    """x + two convolutions of x; same shape in and out."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(Convolution(channels, channels // 2), Convolution(channels // 2, channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)  # type: ignore[no-any-return]


class Head(nn.Module):
    """Features (n, c, h, w) -> (n, h·w, 9): a score logit and eight corner offsets a cell."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = Convolution(channels, channels)
        self.score = nn.Conv2d(channels, 1, 1)
        self.corners = nn.Conv2d(channels, 8, 1)
        nn.init.constant_(self.score.bias, -4.6)  # type: ignore[arg-type]  # a plate is rare: 1 % at first

    def forward(self, x: Tensor) -> Tensor:
        x = self.body(x)
        return torch.cat([self.score(x), self.corners(x)], 1).flatten(2).transpose(1, 2)


class Detector(nn.Module):
    """Pictures (n, 3, h, w) in 0–1, BGR, h and w multiples of 32 -> (n, cells, 9).

    The 9 numbers of a cell are its score's logit and the corners (x, y) × 4 in pixels. Cells run stride by stride
    from the finest, row by row. `depth` is the number of residual steps at each stride: 2 for CPUs, 5 for GPUs.
    """

    def __init__(
        self, widths: tuple[int, int, int, int, int] = (16, 32, 64, 96, 128), neck: int = 64, depth: int = 2
    ) -> None:
        super().__init__()
        self.depth = depth
        a, b, c, d, e = widths
        self.stem = nn.Sequential(Convolution(3, a, 2), Convolution(a, b, 2), Residual(b))  # b at 1/4
        self.fine = nn.Sequential(Convolution(b, c, 2), *(Residual(c) for _ in range(depth)))  # c at 1/8
        self.middle = nn.Sequential(Convolution(c, d, 2), *(Residual(d) for _ in range(depth)))  # d at 1/16
        self.coarse = nn.Sequential(Convolution(d, e, 2), *(Residual(e) for _ in range(depth)))  # e at 1/32
        self.from_coarse = Convolution(e, neck, size=1)
        self.from_middle = Convolution(d, neck, size=1)
        self.from_fine = Convolution(c, neck, size=1)
        self.mix_middle = Convolution(neck, neck)
        self.mix_fine = Convolution(neck, neck)
        self.heads = nn.ModuleList(Head(neck) for _ in STRIDES)

    def start_from(self, smaller: Mapping[str, Tensor]) -> None:
        """As `grow`: take over the weights of a shallower detector."""
        grow(self, smaller, "body.1.1.weight")

    def forward(self, pictures: Tensor) -> Tensor:
        fine = self.fine(self.stem(2 * pictures - 1))
        middle = self.middle(fine)
        p5 = self.from_coarse(self.coarse(middle))  # neck at 1/32
        p4 = self.mix_middle(self.from_middle(middle) + F.interpolate(p5, scale_factor=2.0))  # neck at 1/16
        p3 = self.mix_fine(self.from_fine(fine) + F.interpolate(p4, scale_factor=2.0))  # neck at 1/8
        levels = zip((p3, p4, p5), self.heads, STRIDES, strict=True)
        return torch.cat([self._pixels(head(x), x, stride) for x, head, stride in levels], 1)

    @staticmethod
    def _pixels(cells: Tensor, features: Tensor, stride: int) -> Tensor:
        """Offsets of one level -> corners in pixels."""
        middles = cell_middles(features.shape[2], features.shape[3], stride, cells.device)  # h·w × 2
        corners = cells[..., 1:] * (stride * REACH) + middles.repeat(1, 4)  # n × h·w × 8
        return torch.cat([cells[..., :1], corners], 2)


def cell_middles(rows: int, columns: int, stride: int, device: torch.device | str = "cpu") -> Tensor:
    """(rows·columns, 2): x and y in pixels of the middle of every cell, row by row."""
    y, x = torch.meshgrid(torch.arange(rows, device=device), torch.arange(columns, device=device), indexing="ij")
    return (torch.stack([x, y], -1).reshape(-1, 2) + 0.5) * stride
