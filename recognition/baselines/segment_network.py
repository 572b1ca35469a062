"""The classifier behind the segmentation baseline: one character, 36 classes and "nothing"."""

from __future__ import annotations

from torch import Tensor, nn

from recognition import alphabet
from recognition.baselines.blocks import convolution

CLASSES = 1 + len(alphabet.LATIN)


class CharacterClassifier(nn.Module):
    """Patches (n, 1, 24, 24), each of mean 0 and deviation 1 -> logits (n, 37); class 0 is no character."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            convolution(1, 24, (3, 3), padding=(1, 1)),  # 24 × 24
            convolution(24, 32, (3, 3), stride=2, padding=(1, 1)),  # 12 × 12
            convolution(32, 48, (3, 3), padding=(1, 1)),
            convolution(48, 64, (3, 3), stride=2, padding=(1, 1)),  # 6 × 6
            convolution(64, 64, (3, 3), stride=2, padding=(1, 1)),  # 3 × 3
        )
        self.classes = nn.Linear(64 * 9, CLASSES)

    def forward(self, patches: Tensor) -> Tensor:
        return self.classes(self.features(patches).flatten(1))  # type: ignore[no-any-return]
