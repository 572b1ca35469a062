"""Which crops make up a batch: drawn, real and empty ones, in shares that change over the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from recognition import alphabet
from recognition.inference.recognize import normalize
from recognition.training import augment
from recognition.training.datasets_crops import CropSet
from recognition.training.losses import CropBatch


def share_at(shares: Sequence[float], progress: float) -> float:
    """Straight lines between evenly spaced values."""
    return float(np.interp(progress, np.linspace(0, 1, len(shares)), shares))


def make_batch(samples: Sequence[tuple[CropSet, int]], rng: np.random.Generator) -> CropBatch:
    """Augment the chosen samples and stack them."""
    crops, targets, lengths, regions = [], [], [], []
    for source, index in samples:
        grey = augment.cut_again(augment.to_grey(source.images[index], rng), source.margin, rng)
        crops.append(normalize(augment.spoil(grey, rng, 0.5 if source.name == "drawn" else 1.0)))
        code = alphabet.encode(source.texts[index])
        targets += code
        lengths.append(len(code))
        regions.append(source.regions[index])
    return CropBatch(
        torch.from_numpy(np.stack(crops)[:, None]),
        torch.tensor(targets, dtype=torch.long),
        torch.tensor(lengths, dtype=torch.long),
        torch.tensor(np.array(regions), dtype=torch.long),
    )


class Sampler:
    """Batches as a function of the step, as `loop.train` asks for."""

    def __init__(
        self,
        drawn: CropSet,
        real: Sequence[CropSet],
        empty: CropSet,
        *,
        batch_size: int,
        real_share: Sequence[float],
        empty_share: float,
        shares: Mapping[str, float],
        seed: int,
    ) -> None:
        self.drawn, self.real, self.empty = drawn, [s for s in real if shares.get(s.name, 0) > 0], empty
        self.batch_size, self.seed = batch_size, seed
        self.real_share = real_share if self.real else [0.0]
        self.empty_share = empty_share if len(empty) else 0.0
        weights = np.array([shares[s.name] for s in self.real])
        self.weights = weights / weights.sum() if self.real else weights

    def __call__(self, step: int, progress: float) -> CropBatch:
        rng = np.random.default_rng([self.seed, step])
        return make_batch([self._choose(progress, rng) for _ in range(self.batch_size)], rng)

    def _choose(self, progress: float, rng: np.random.Generator) -> tuple[CropSet, int]:
        draw = rng.random()
        if draw < self.empty_share:
            source = self.empty
        elif draw < self.empty_share + share_at(self.real_share, progress):
            source = self.real[int(rng.choice(len(self.real), p=self.weights))]
        else:
            source = self.drawn
        return source, int(rng.integers(len(source)))
