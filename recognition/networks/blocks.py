"""What both networks are built of."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

QUIET = 0.1  # scale of a residual step that has learned nothing yet


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


def grow(network: nn.Module, smaller: Mapping[str, Tensor], last_scale: str) -> None:
    """Give `network` the weights of a shallower one; the steps that it has beyond start close to doing nothing.

    After Net2Net (Chen and others 2016). `last_scale` ends the names of the normalizations that close a residual step.
    Raises ValueError where the weights are of another network.
    """
    missing, unknown = network.load_state_dict(smaller, strict=False)
    if unknown:
        raise ValueError(f"these weights are of another network: {', '.join(unknown[:3])} …")
    for name, parameter in network.named_parameters():
        if name in missing and name.endswith(last_scale):
            nn.init.constant_(parameter, QUIET)
