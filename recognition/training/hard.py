"""Places that a network mistook for plates, so that the next steps of its training look at them more often."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from recognition.geometry import box_iou, corners_to_box
from recognition.training.datasets_scenes import Picture
from recognition.types import Detection, FloatArray, Image

FILE = "hard.json"
MOST = 6  # places noted in one picture
APART = 0.05  # overlap (IoU) with every labelled plate under which a detection is a mistake

Detect = Callable[[Image], Sequence[Detection]]


def mistakes(detect: Detect, picture: Picture) -> list[list[float]]:
    """Boxes of what was found where no plate is, the surest first; none where plates may have been left unlabelled."""
    if picture.background < 1:
        return []
    truth = [corners_to_box(row[:8].reshape(4, 2).tolist()) for row in picture.plates]
    wrong = [found.box for found in detect(picture.image) if all(box_iou(found.box, t) < APART for t in truth)]
    return [box.as_list() for box in wrong[:MOST]]


def mine(detect: Detect, pictures: dict[str, list[Picture]], run: Path) -> int:
    """Write the mistakes of all pictures into the run's folder; returns how many there are."""
    found = {p.name: boxes for rows in pictures.values() for p in rows if (boxes := mistakes(detect, p))}
    (run / FILE).write_text(json.dumps(found), "utf-8")
    return sum(map(len, found.values()))


def with_mistakes(pictures: dict[str, list[Picture]], run: Path) -> dict[str, list[Picture]]:
    """The same pictures with the places that `mine` noted in the run's folder, if it did."""
    if not (run / FILE).exists():
        return pictures
    noted = json.loads((run / FILE).read_text("utf-8"))
    return {folder: [replace(p, hard=_array(noted.get(p.name, []))) for p in rows] for folder, rows in pictures.items()}


def _array(boxes: list[list[float]]) -> FloatArray:
    return np.array(boxes, np.float32).reshape(-1, 4)
