"""Real and drawn crops for the recognizer: loading, hold-out, and the light augmentation of every batch.

Every sample is kept as a 64 × 192 crop that shows 20 % of surroundings on each side of the plate, so that each
epoch can cut it with other margins and other corners.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition import alphabet
from recognition.training.losses import IGNORED_REGION
from recognition.training.synth import degrade
from recognition.types import Image

CROP_SETS = ("plates_eu", "plates_us", "plates_br", "plates_cn")  # the picture is the plate
BOX_SETS = ("dashcam_ro", "cars_in")  # boxes with text in larger pictures
EMPTY_SETS = ("background", "cars_in", "cars_mixed", "cars_web", "cars_closeup")
HELD_OUT_DRIVES = ("nightride_type3_001", "dayride_type1_002")
GREY = np.array([0.114, 0.587, 0.299])  # of blue, green, red


@dataclass(frozen=True, slots=True, eq=False)
class CropSet:
    name: str
    images: NDArray[np.uint8]  # n × 64 × 192 (× 3, BGR)
    texts: Sequence[str]  # "" is no plate
    regions: NDArray[np.int64]  # IGNORED_REGION where not known
    margin: float  # of the crop that inference would get
    clear: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.texts)

    def pick(self, chosen: Sequence[int], name: str = "") -> CropSet:
        index = np.asarray(chosen, np.int64)
        texts = [self.texts[i] for i in index]
        return CropSet(
            name or self.name, self.images[index], texts, self.regions[index], self.margin, self.clear[index]
        )


def held_out(text: str) -> bool:
    """One plate in ten, by a hash of its text, so that all pictures of one plate fall on the same side."""
    return hashlib.sha256(text.encode()).digest()[0] % 10 == 0


def labels(folder: Path) -> Iterator[dict[str, Any]]:
    path = folder / "labels.jsonl"
    if path.exists():
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def clean_text(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())


def rectangle(box: Sequence[float]) -> degrade.Corners:
    """(x1, y1, x2, y2) -> its four corners, clockwise from the top left."""
    x1, y1, x2, y2 = box
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)


def load_set(data: Path, name: str) -> tuple[CropSet, list[dict[str, Any]]]:
    """All readable plates of one folder, and beside each its label with the picture's `video` in it."""
    images, texts, regions, rows = [], [], [], []
    for entry in labels(data / name):
        plates = [p for p in entry["plates"] if p.get("text") and alphabet.writable(clean_text(p["text"]))]
        plates = [p for p in plates if p.get("quality") != "illegible"]
        picture = cv2.imread(str(data / name / entry["image"])) if plates else None
        for plate in plates if picture is not None else []:
            images.append(degrade.cut(np.asarray(picture, np.uint8), rectangle(plate["box"])))
            texts.append(clean_text(plate["text"]))
            regions.append(alphabet.region_index(plate.get("country") or "") or IGNORED_REGION)
            rows.append({**plate, "video": entry.get("video", ""), "image": entry["image"]})
    stack = np.stack(images) if images else np.zeros((0, 64, 192, 3), np.uint8)
    clear = np.array([row.get("quality", "clear") == "clear" for row in rows], np.bool_)
    margin = 0.08 if name in BOX_SETS else 0.0
    return CropSet(name, stack, texts, np.array(regions, np.int64), margin, clear), rows


def load_real(data: Path) -> tuple[list[CropSet], list[CropSet]]:
    """(training sets, hold-out sets). A plate of the held-out drives is in no training set, wherever it appears."""
    loaded = [load_set(data, name) for name in (*BOX_SETS, *CROP_SETS)]
    kept_apart = {
        text
        for crops, rows in loaded
        for text, row in zip(crops.texts, rows, strict=True)
        if row["video"] in HELD_OUT_DRIVES
    }
    train, held = [], []
    for crops, rows in loaded:
        out = [
            row["video"] in HELD_OUT_DRIVES if crops.name == "dashcam_ro" else held_out(text)
            for text, row in zip(crops.texts, rows, strict=True)
        ]
        known = [i for i, text in enumerate(crops.texts) if not out[i] and text not in kept_apart]
        train.append(crops.pick(known))
        if crops.name == "plates_eu":
            for lines in (1, 2):
                chosen = [i for i, row in enumerate(rows) if out[i] and row.get("lines", 1) == lines]
                held.append(crops.pick(chosen, f"plates_eu_{lines}"))
        else:
            held.append(crops.pick([i for i, apart in enumerate(out) if apart]))
    return [s for s in train if len(s)], [s for s in held if len(s)]


def load_pictures(data: Path, limit: int = 120) -> list[Image]:
    """Pictures without plates, for what stands behind drawn ones."""
    found = [data / "background" / entry["image"] for entry in labels(data / "background")]
    step = max(1, len(found) // limit)
    return [np.asarray(picture, np.uint8) for path in found[::step] if (picture := cv2.imread(str(path))) is not None]


def _overlaps(box: Sequence[float], plates: Sequence[dict[str, Any]]) -> bool:
    return any(
        min(box[2], p["box"][2]) > max(box[0], p["box"][0]) and min(box[3], p["box"][3]) > max(box[1], p["box"][1])
        for p in plates
    )


def load_empty(data: Path, rng: np.random.Generator, per_picture: int = 2) -> CropSet:
    """Pieces of pictures in which no plate is, labelled with the empty text."""
    images = []
    for name in EMPTY_SETS:
        for entry in labels(data / name):
            if not entry.get("complete", True) and name != "background":
                continue
            picture = cv2.imread(str(data / name / entry["image"]))
            if picture is None:
                continue
            high, wide = picture.shape[:2]
            for _ in range(per_picture):
                height = min(high * 0.5, float(np.exp(rng.uniform(np.log(12), np.log(90)))))
                width = min(wide * 0.9, height * rng.uniform(1.2, 6))
                x, y = rng.uniform(0, wide - width), rng.uniform(0, high - height)
                if not _overlaps((x, y, x + width, y + height), entry["plates"]):
                    corners = rectangle((x, y, x + width, y + height))
                    images.append(degrade.cut(np.asarray(picture, np.uint8), corners))
    stack = np.stack(images) if images else np.zeros((0, 64, 192, 3), np.uint8)
    count = len(images)
    return CropSet("empty", stack, [""] * count, np.zeros(count, np.int64), 0.08, np.ones(count, np.bool_))


def window(margins: Sequence[float], shifts: NDArray[np.float64]) -> NDArray[np.float32]:
    """The four points of the stored crop that become the corners of the network's input.

    `margins`: left, top, right, bottom, in shares of the plate; `shifts`: 4 × 2, in shares of its height.
    """
    whole = 1 + 2 * degrade.STORED_MARGIN
    plate_w, plate_h = degrade.STORED_WIDTH / whole, degrade.STORED_HEIGHT / whole
    x1 = (degrade.STORED_MARGIN - margins[0]) * plate_w
    y1 = (degrade.STORED_MARGIN - margins[1]) * plate_h
    x2 = degrade.STORED_WIDTH - (degrade.STORED_MARGIN - margins[2]) * plate_w
    y2 = degrade.STORED_HEIGHT - (degrade.STORED_MARGIN - margins[3]) * plate_h
    return (rectangle((x1, y1, x2, y2)) + shifts * plate_h).astype(np.float32)


def view(image: Image, points: NDArray[np.float32], width: int, height: int) -> Image:
    target = rectangle((0, 0, width, height))
    matrix = cv2.getPerspectiveTransform(points, target)
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
