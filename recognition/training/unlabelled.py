"""Real crops that nobody has transcribed, with the text that a trained network is sure of.

Self-training (Scudder 1965; Lee 2013): most of these pictures are read right, and learning from them under the
augmentation of training carries the network to cameras and countries of which few crops have labels.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from torch import nn

from recognition import alphabet
from recognition.geometry import order_corners
from recognition.inference.decode import DecodeConfig
from recognition.training import calibration, datasets_crops, validation
from recognition.training.datasets_crops import CropSet
from recognition.training.losses import IGNORED_REGION
from recognition.training.synth import degrade
from recognition.types import Image

FOLDERS = ("cars_closeup", "cars_mixed", "cars_web")  # boxes without text
SURE = 0.9  # from here on a reading is taken for the label
SHORTEST = 5  # characters
LOWEST = 12  # pixels of a plate's height


def around(plate: dict[str, Any]) -> degrade.Corners:
    """The corners of a labelled plate, or those of its box where it has none."""
    if plate.get("corners"):
        return np.asarray(order_corners(plate["corners"]), np.float32)
    return datasets_crops.rectangle(plate["box"])


def load(data: Path) -> CropSet:
    """Every box without a text in FOLDERS that is high enough to read."""
    images: list[Image] = []
    for folder in FOLDERS:
        for entry in datasets_crops.labels(data / folder):
            plates = [p for p in entry["plates"] if not p.get("text") and p["box"][3] - p["box"][1] >= LOWEST]
            picture = cv2.imread(str(data / folder / entry["image"])) if plates else None
            if picture is not None:
                images += [degrade.cut(np.asarray(picture, np.uint8), around(plate)) for plate in plates]
    count = len(images)
    stack = np.stack(images) if images else np.zeros((0, degrade.STORED_HEIGHT, degrade.STORED_WIDTH, 3), np.uint8)
    nowhere = np.full(count, IGNORED_REGION, np.int64)
    return CropSet("unlabelled", stack, [""] * count, nowhere, 0.08, np.ones(count, np.bool_))


def may_be(text: str, apart: Collection[str]) -> bool:
    """Whether `text` is one of the plates kept `apart`, with one character misread or none."""
    return any(
        len(text) == len(other) and sum(a != b for a, b in zip(text, other, strict=True)) <= 1 for other in apart
    )


def labelled(crops: CropSet, model: nn.Module, apart: Collection[str]) -> CropSet:
    """The crops that `model` is sure of, with its readings; none that may show a held-out plate."""
    config = DecodeConfig()
    judged = calibration.trials(lambda batch: validation.run_network(model, batch), crops, config)
    best = [trial.candidates(config)[0] for trial in judged]
    kept = [
        index
        for index, reading in enumerate(best)
        if reading.score >= SURE
        and len(reading.plate) >= SHORTEST
        and not datasets_crops.held_out(reading.plate)
        and not may_be(reading.plate, apart)
    ]
    chosen = crops.pick(kept)
    regions = [alphabet.region_index(judged[index].seen or "") or IGNORED_REGION for index in kept]
    texts = [best[index].plate for index in kept]
    return CropSet(chosen.name, chosen.images, texts, np.array(regions, np.int64), chosen.margin, chosen.clear)
