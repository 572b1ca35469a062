"""The sliding window of deep-anpr (Earl 2016) as one fully convolutional network, without the original's large layer.

The original lays a dense layer of 2048 units over the whole window, which alone has 67 million weights; here it is
taken apart into a column (5 × 1) and two rows (1 × 5 and 1 × 9). No convolution is padded, so a window reads the same
whether it is seen alone or as a part of a picture.
"""

from __future__ import annotations

from torch import Tensor, nn

from recognition.baselines.blocks import convolution

HEIGHT, WIDTH, STRIDE = 64, 128, 8  # of the window, and of its steps across a picture
SLOTS, LETTERS = 7, 36
HINT = 13  # pixels from a picture's left edge to the middle of what its first column sees
BOX = 4
OUTPUTS = 1 + BOX + SLOTS * LETTERS


class WindowReader(nn.Module):
    """Grey pictures (n, 1, h, w), flattened (`windows.flatten`) -> (n, 257, (h - 64) // 8 + 1, (w - 128) // 8 + 1).

    The 257 numbers of a window: the logit of a plate's presence, the plate's edges (left, upper, right, lower) from the
    window's middle in multiples of 64 pixels, and 7 × 36 logits of characters.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            convolution(1, 24, (3, 3), 2),  # 24 × 31 × 63
            convolution(24, 32, (3, 3)),  # 32 × 29 × 61
            convolution(32, 48, (3, 3), 2),  # 48 × 14 × 30
            convolution(48, 64, (3, 3)),  # 64 × 12 × 28
            convolution(64, 80, (3, 3), 2),  # 80 × 5 × 13
            convolution(80, 96, (5, 1)),  # 96 × 1 × 13
        )
        self.slots = nn.Sequential(
            convolution(96, 112, (1, 5)),  # 112 × 1 × 9
            convolution(112, 224, (1, 9)),  # 224 × 1 × 1
            convolution(224, 224, (1, 1)),
            nn.Conv2d(224, OUTPUTS, 1),
        )
        nn.init.constant_(self.slots[-1].bias[:1], -3.0)  # type: ignore[index]  # most windows show no plate
        self.hint = nn.Conv2d(96, 1 + LETTERS, 1)  # for training alone: the character at each column, 0 for none

    def forward(self, pictures: Tensor) -> Tensor:
        return self.slots(self.features(pictures))  # type: ignore[no-any-return]

    def with_hint(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Beside the windows the logits (n, 37, rows, columns) of what stands at each column, HINT + 8·column."""
        maps = self.features(pictures)
        return self.slots(maps), self.hint(maps)
