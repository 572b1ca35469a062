"""Finds characters as objects on a straightened plate: one class and one box a cell, no anchors."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recognition.alphabet import CLASSES
from recognition.networks.blocks import Convolution
from recognition.networks.recognizer import Residual

STRIDE = 4
ROWS, COLUMNS = 48 // STRIDE, 144 // STRIDE
REACH = 2.0  # strides: what an edge's distance from the middle of its cell is told in


class CharacterFinder(nn.Module):
    """Grey crops (n, 1, 48, 144), normalized per crop -> (n, 432, CLASSES + 4).

    A cell tells the logits of its classes (0: no character) and the left, upper, right and lower edge in pixels;
    cells run row by row.
    """

    def __init__(self, widths: tuple[int, int, int, int] = (16, 32, 64, 96)) -> None:
        super().__init__()
        a, b, c, d = widths
        self.features = nn.Sequential(
            Convolution(1, a, (1, 2)),  # a × 48 × 72
            Convolution(a, b, (2, 1)),  # b × 24 × 72
            Residual(b),
            Convolution(b, c, (1, 2)),  # c × 24 × 36
            Convolution(c, d, (2, 1)),  # d × 12 × 36
            *(Residual(d) for _ in range(3)),
        )
        self.classes = nn.Conv2d(d, CLASSES, 1)
        self.edges = nn.Conv2d(d, 4, 1)
        y, x = torch.meshgrid(torch.arange(ROWS), torch.arange(COLUMNS), indexing="ij")
        self.middles: Tensor
        self.register_buffer("middles", (torch.stack([x, y], -1).reshape(-1, 2) + 0.5) * STRIDE, persistent=False)
        nn.init.constant_(self.classes.bias[:1], 5.0)  # type: ignore[index]  # most cells are empty

    def forward(self, crops: Tensor) -> Tensor:
        maps = self.features(crops)
        classes = self.classes(maps).flatten(2).transpose(1, 2)
        away = F.softplus(self.edges(maps).flatten(2).transpose(1, 2).float()) * (STRIDE * REACH)
        low, high = self.middles - away[..., :2], self.middles + away[..., 2:]
        return torch.cat([classes.float(), low, high], 2)
