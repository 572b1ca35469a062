"""What the networks of the baselines are built of."""

from __future__ import annotations

from torch import nn


def convolution(
    inputs: int, outputs: int, size: tuple[int, int], stride: int = 1, padding: tuple[int, int] = (0, 0)
) -> nn.Sequential:
    """Convolution, batch normalization, ReLU; not padded unless asked for."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding, bias=False),
        nn.BatchNorm2d(outputs, momentum=0.03),
        nn.ReLU(inplace=True),
    )
