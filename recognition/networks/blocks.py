"""What both networks are built of."""

from __future__ import annotations

from torch import nn


class Convolution(nn.Sequential):
    """3×3 (or other) convolution, batch normalization, ReLU. Normalization folds into the weights when exported.

    `momentum` is the share of each batch in the normalization's running figures.
    """

    def __init__(
        self, inputs: int, outputs: int, stride: int | tuple[int, int] = 1, size: int = 3, momentum: float = 0.03
    ) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False),
            nn.BatchNorm2d(outputs, momentum=momentum),
            nn.ReLU(inplace=True),
        )
