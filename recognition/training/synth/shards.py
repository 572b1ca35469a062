"""Drawn crops written ahead of training: one file per few thousand, each made from its own seed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from recognition import alphabet
from recognition.training.datasets_crops import CropSet
from recognition.training.losses import IGNORED_REGION
from recognition.training.synth import degrade, grammars, plates
from recognition.training.synth.fonts import Typeface
from recognition.training.synth.grammars import words
from recognition.types import Image

SHARD = 4000
WORDS = words(
    "TAXI POLICE POLIZEI AMBULANCE TURBO TDI QUATTRO HYBRID SCANIA VOLVO IVECO MAN DAF FORD TOYOTA DACIA RENAULT SKODA "
    "SPORT DIESEL EXIT STOP BAR CAFE HOTEL BANK PARKING OPEN SALE PHARMACY MARKET AUTO SERVICE TRANSPORT LOGAN ASTRA"
)


def draw_badge(rng: np.random.Generator, faces: Sequence[Typeface], pictures: Sequence[Image]) -> Image:
    """A word on a car or a shop, without the ground of a plate: to be read as nothing."""
    hand = plates.choose_hand(rng, faces)
    word = str(rng.choice(WORDS))
    mask = np.hstack([piece for letter in word for piece in (hand.mask(letter), np.zeros((64, 8), np.float32))])
    ground = degrade.backdrop(mask.shape[1] + 90, 120, rng, pictures).astype(np.float32)
    part = ground[28:92, 45 : 45 + mask.shape[1]]
    part += mask[..., None] * (rng.integers(0, 255, 3) - part)
    return degrade.photograph(np.clip(ground, 0, 255).astype(np.uint8), rng, pictures)


def render_shard(
    seed: int, count: int, faces: Sequence[Typeface], chinese: Sequence[Typeface], pictures: Sequence[Image]
) -> CropSet:
    """`count` grey crops; one in a hundred is a badge that is no plate."""
    rng = np.random.default_rng([seed, 77])
    images = np.empty((count, degrade.STORED_HEIGHT, degrade.STORED_WIDTH), np.uint8)
    texts, regions = [], []
    for index in range(count):
        if rng.random() < 0.01:
            picture, text, region = draw_badge(rng, faces, pictures), "", 0
        else:
            plate = plates.render_plate(rng, faces, chinese)
            picture, text = degrade.photograph(plate.image, rng, pictures), plate.text
            region = alphabet.region_index(plate.region) or IGNORED_REGION
        images[index] = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        texts.append(text)
        regions.append(region)
    return CropSet("drawn", images, texts, np.array(regions, np.int64), 0.08, np.ones(count, np.bool_))


def render_country(
    region: str, lines: int, count: int, faces: Sequence[Typeface], pictures: Sequence[Image], seed: int
) -> CropSet:
    """`count` clear photographs of clean plates of one country with `lines` lines, to measure how they are read."""
    rng = np.random.default_rng([seed, alphabet.region_index(region), lines])
    images: list[Image] = []
    texts: list[str] = []
    while len(texts) < count:
        text = grammars.sample(rng, region=region)
        if len(text.lines) == lines:
            plate = plates.render_plate(rng, faces, text=text, clean=True)
            picture = degrade.photograph(plate.image, rng, pictures, degrade.CLEAR)
            images.append(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8))
            texts.append(plate.text)
    regions = np.full(count, alphabet.region_index(region), np.int64)
    name = f"drawn {region}, {lines} line{'s' * (lines > 1)}"
    return CropSet(name, np.stack(images), texts, regions, 0.08, np.ones(count, np.bool_))


def write_shard(path: Path, shard: CropSet) -> None:
    partial = path.with_suffix(".part.npz")
    np.savez(partial, images=shard.images, texts=np.array(shard.texts), regions=shard.regions)
    partial.replace(path)


def read_shards(folder: Path) -> CropSet:
    """All finished shards of a folder as one set."""
    parts = [np.load(path) for path in sorted(folder.glob("shard-*.npz")) if ".part" not in path.name]
    images = np.concatenate([part["images"] for part in parts])
    texts = [str(text) for part in parts for text in part["texts"]]
    regions = np.concatenate([part["regions"] for part in parts])
    return CropSet("drawn", images, texts, regions, 0.08, np.ones(len(texts), np.bool_))


def render_missing(
    folder: Path,
    total: int,
    seed: int,
    faces: Sequence[Typeface],
    chinese: Sequence[Typeface],
    pictures: Sequence[Image],
) -> None:
    """Write shards until `total` crops are there; those of an earlier call stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range((total + SHARD - 1) // SHARD):
        path = folder / f"shard-{index:04d}.npz"
        if not path.exists():
            write_shard(path, render_shard(seed + index, SHARD, faces, chinese, pictures))
            print(f"drawn {(index + 1) * SHARD} crops", flush=True)
