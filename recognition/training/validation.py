"""Reads hold-out crops greedily while a recognizer trains."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

from recognition import alphabet
from recognition.inference import rectify
from recognition.inference.recognize import HEIGHT, WIDTH, prepare
from recognition.training import datasets_crops
from recognition.training.datasets_crops import CropSet
from recognition.training.metrics import ExactMatch
from recognition.types import Image


def shown_margin(crops: CropSet) -> float:
    """What inference shows around a plate: its own margin around a box, nothing around what is cut out already."""
    return rectify.MARGIN if crops.margin else 0.0


def as_inference_sees(crops: CropSet, index: int) -> Image:
    """The stored crop cut to the margin that inference uses."""
    image = crops.images[index]
    points = datasets_crops.window([shown_margin(crops)] * 4, np.zeros((4, 2)))
    return datasets_crops.view(image, points, WIDTH, HEIGHT)


def inputs(crops: CropSet, look: float = 0.0) -> NDArray[np.float32]:
    """n × 1 × 48 × 144, prepared as in inference."""
    return np.stack([prepare(as_inference_sees(crops, index), look) for index in range(len(crops))])


def greedy(logits: NDArray[np.float32]) -> str:
    """The best class of every step, repeats and blanks removed."""
    best = logits.argmax(-1)
    keep = np.concatenate([[True], best[1:] != best[:-1]])
    return alphabet.decode(best[keep].tolist())


@torch.no_grad()
def run_network(model: nn.Module, batch: NDArray[np.float32], size: int = 64) -> tuple[NDArray[np.float32], ...]:
    """Character and region logits of all crops."""
    model.eval()
    parts = [model(torch.from_numpy(batch[start : start + size])) for start in range(0, len(batch), size)]
    return tuple(np.concatenate([part[output].numpy() for part in parts]) for output in (0, 1))


def label_likelihood(model: nn.Module, crops: CropSet) -> NDArray[np.float64]:
    """(n,) probability that the network gives to each crop's text."""
    logits = torch.from_numpy(run_network(model, inputs(crops))[0])
    codes = [alphabet.encode(text) for text in crops.texts]
    lengths = torch.tensor([len(code) for code in codes])
    steps = torch.full_like(lengths, logits.shape[1])
    targets = torch.tensor([index for code in codes for index in code])
    surprise = F.ctc_loss(logits.log_softmax(-1).transpose(0, 1), targets, steps, lengths, alphabet.BLANK, "none")
    return np.asarray(torch.exp(-surprise).double().numpy())


class Validator:
    def __init__(self, sets: Sequence[CropSet]) -> None:
        cv2.setNumThreads(1)
        self.sets = [(crops, inputs(crops)) for crops in sets if len(crops)]

    def __call__(self, model: nn.Module) -> dict[str, float]:
        exact = ExactMatch()
        regions: list[bool] = []
        for crops, batch in self.sets:
            characters, region = run_network(model, batch)
            for index, truth in enumerate(crops.texts):
                exact.update(crops.name, greedy(characters[index]), truth)
                if crops.name.startswith("plates_eu") and crops.regions[index] > 0:
                    regions.append(int(region[index].argmax()) == crops.regions[index])
        figures = exact.summary()
        if regions:
            figures["region_eu"] = sum(regions) / len(regions)
        return figures
