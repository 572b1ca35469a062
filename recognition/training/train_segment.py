"""One command that trains the character classifier of the segmentation baseline, and exports its weights.

Its characters are cut from the same drawn plates as those of `train characters`; pieces between them are "nothing".
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, replace

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recognition import alphabet
from recognition.baselines import segment
from recognition.baselines.segment import SIZE, Piece
from recognition.baselines.segment_network import CharacterClassifier
from recognition.training import baselines, loop, train_characters
from recognition.training.datasets_characters import BoxedCrops
from recognition.training.loop import LoopConfig
from recognition.training.train_characters import CharacterTraining

BATCH = 256
NOTHING_SHARE = 0.1
LOOP = LoopConfig(steps=20_000, minutes=6, learning_rate=2e-3, warmup_steps=100, weight_decay=0.01, seed=8)


class Patches:
    """Batches as a function of the step: characters of drawn crops with loose boxes, and pieces that are none."""

    def __init__(self, drawn: BoxedCrops, seed: int) -> None:
        self.drawn, self.seed = drawn, seed

    def __call__(self, step: int, progress: float) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng([self.seed, step])
        samples = [self._sample(rng) for _ in range(BATCH)]
        return (
            torch.from_numpy(np.stack([shown for shown, _ in samples])),
            torch.tensor([kind for _, kind in samples]),
        )

    def _sample(self, rng: np.random.Generator) -> tuple[np.ndarray, int]:
        while True:
            index = int(rng.integers(len(self.drawn)))
            grey, boxes = self.drawn.images[index], self.drawn.characters[index]
            kind, x1, y1, x2, y2 = boxes[int(rng.integers(len(boxes)))]
            if kind > len(alphabet.LATIN):
                continue  # a Chinese character, which this baseline does not know
            wide, high = x2 - x1, y2 - y1
            jitter = rng.normal(0, 0.06, 4) * (wide, high, wide, high)
            if rng.random() < NOTHING_SHARE:  # half of a character, or what is between two
                x1, x2, kind = x1 + wide * 0.55, x2 + wide * 0.5, 0
            x1, y1, x2, y2 = np.array([x1, y1, x2, y2]) + jitter
            x, y = max(0, int(x1)), max(0, int(y1))
            piece = Piece(x, y, int(min(x2, grey.shape[1]) - x), int(min(y2, grey.shape[0]) - y))
            if piece.width >= 3 and piece.height >= 6:
                return segment.patch(grey, piece), int(kind)


def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    return F.cross_entropy(model(batch[0]), batch[1], label_smoothing=0.05)


class Validator:
    """Share of characters told rightly on drawn plates that are not trained on."""

    def __init__(self, held_out: BoxedCrops) -> None:
        self.patches, self.kinds = Patches(held_out, 99)(0, 0.0)

    @torch.no_grad()
    def __call__(self, model: nn.Module) -> Mapping[str, float]:
        return {"characters": float((model(self.patches).argmax(1) == self.kinds).float().mean())}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    baselines.add_arguments(parser, "segment", LOOP.minutes)


def run(args: argparse.Namespace) -> int:
    if args.figures:
        print("\n".join(baselines.figures({"segment": segment.Segment().read}, args.data)))
        return 0
    config = replace(LOOP, minutes=args.minutes)
    cv2.setNumThreads(1)
    loop.start(config.seed, config.threads)
    crops = train_characters.drawn_crops(CharacterTraining(), args.data, args.fonts, args.run)
    apart = len(crops) // 20
    held_out = BoxedCrops(crops.images[:apart], crops.characters[:apart])
    kept = BoxedCrops(crops.images[apart:], crops.characters[apart:])
    model = CharacterClassifier()
    session = loop.Run(args.run, model, config, {"batch_size": BATCH, **asdict(config)})
    loop.train(session, Patches(kept, config.seed), loss, Validator(held_out))
    example = torch.zeros(2, 1, SIZE, SIZE)
    baselines.finish(
        session.average.model, example, "segment", args.weights, {0: "patches"}, example[:1].repeat(7, 1, 1, 1)
    )
    return 0
