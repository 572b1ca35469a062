"""One command that trains the baseline which finds characters as objects, and exports its weights.

First on drawn plates, whose boxes are known; then also on those real crops on which the network of the first part
finds as many characters as there are.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from recognition import alphabet
from recognition.baselines import characters
from recognition.baselines.characters_network import COLUMNS, ROWS, STRIDE, CharacterFinder
from recognition.inference.recognize import HEIGHT, WIDTH, normalize, prepare
from recognition.training import augment, baselines, datasets_characters, datasets_crops, loop, train_recognizer
from recognition.training.baselines import Validator
from recognition.training.datasets_characters import BoxedCrops, Boxes, moved, rectangle
from recognition.training.datasets_crops import CropSet
from recognition.training.loop import LoopConfig
from recognition.training.losses_detector import overlaps
from recognition.training.synth import fonts
from recognition.types import Image

SHARD = 4000
CORE, RIM = 0.2, 0.4  # shares of a character, from its middle: cells that answer for it, and cells that need not
IGNORED = -1


@dataclass(frozen=True, slots=True)
class CharacterTraining:
    drawn: int = 24_000
    batch_size: int = 32
    real_share: float = 0.6  # in the second part
    drawn_minutes_share: float = 0.6  # of the time, for the first part
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=60_000, minutes=30, learning_rate=2e-3, warmup_steps=100, weight_decay=0.01, seed=6,
            validate_seconds=420, checkpoint_seconds=60,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CharacterBatch:
    crops: Tensor  # float32 n × 1 × 48 × 144
    classes: Tensor  # int64 n × 432: class that a cell should tell, or IGNORED
    boxes: Tensor  # float32 n × 432 × 4, where the class is a character


def cell_targets(found: Boxes) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(432,) classes and (432, 4) boxes of one crop whose characters are `found`, in pixels of the input."""
    classes, boxes = np.zeros((ROWS, COLUMNS), np.int64), np.zeros((ROWS, COLUMNS, 4), np.float32)
    x, y = (np.arange(COLUMNS) + 0.5) * STRIDE, (np.arange(ROWS) + 0.5) * STRIDE
    for share in (RIM, CORE):  # cores last, so that no rim covers one
        for kind, x1, y1, x2, y2 in found:
            reach_x, reach_y = max(share * (x2 - x1), STRIDE / 2), max(share * (y2 - y1), STRIDE / 2)
            across, down = np.abs(x - (x1 + x2) / 2) <= reach_x, np.abs(y - (y1 + y2) / 2) <= reach_y
            place = np.ix_(down, across)
            classes[place] = int(kind) if share == CORE else IGNORED
            boxes[place] = (x1, y1, x2, y2)
    return classes.reshape(-1), boxes.reshape(-1, 4)


def augmented(image: Image, found: Boxes, rng: np.random.Generator, strength: float) -> tuple[Image, Boxes]:
    """`augment` for a stored crop with boxes: other margins and corners, then light spoiling."""
    margins = np.clip(rng.normal(0.05, 0.05, 4), -0.035, 0.19).tolist()
    shifts = rng.normal(0, 0.035, (4, 2))
    if rng.random() < 0.3:
        shifts[:, 1] += rng.normal(0, 0.14) * np.array([1, -1, -1, 1])
    if rng.random() < 0.2:
        shifts[:, 0] += rng.normal(0, 0.12) * np.array([1, 1, -1, -1])
    points = datasets_crops.window(margins, shifts)
    matrix = cv2.getPerspectiveTransform(points, rectangle(WIDTH, HEIGHT))
    seen = datasets_crops.view(image, points, WIDTH, HEIGHT)
    return augment.spoil(seen, rng, strength), moved(found, matrix)


class Batches:
    """Batches as a function of the step, as `loop.train` asks for; `real` may be empty, `empty` shows no plate."""

    def __init__(self, drawn: BoxedCrops, real: BoxedCrops, empty: CropSet, config: CharacterTraining) -> None:
        self.drawn, self.real, self.empty, self.config = drawn, real, empty, config

    def __call__(self, step: int, progress: float) -> CharacterBatch:
        rng = np.random.default_rng([self.config.loop.seed, step])
        crops, classes, boxes = [], [], []
        for _ in range(self.config.batch_size):
            image, found, strength = self._choose(rng)
            seen, found = augmented(image, found, rng, strength)
            crops.append(normalize(seen))
            wanted, where = cell_targets(found)
            classes.append(wanted)
            boxes.append(where)
        return CharacterBatch(
            torch.from_numpy(np.stack(crops)[:, None]),
            torch.from_numpy(np.stack(classes)),
            torch.from_numpy(np.stack(boxes)),
        )

    def _choose(self, rng: np.random.Generator) -> tuple[Image, Boxes, float]:
        draw = rng.random()
        if len(self.empty) and draw < 0.03:
            image = self.empty.images[int(rng.integers(len(self.empty)))]
            return augment.to_grey(image, rng), np.zeros((0, 5), np.float32), 1.0
        real = len(self.real) > 0 and draw < self.config.real_share
        source = self.real if real else self.drawn
        index = int(rng.integers(len(source)))
        return source.images[index], source.characters[index], 1.0 if real else 0.5


def character_loss(model: nn.Module, batch: CharacterBatch) -> Tensor:
    """Focal cross entropy over the cells (Lin 2017) and GIoU of the boxes, per character cell."""
    with torch.autocast("cpu", torch.bfloat16):
        cells = model(batch.crops.contiguous(memory_format=torch.channels_last))
    logits, edges = cells[..., : alphabet.CLASSES], cells[..., alphabet.CLASSES :]
    logs = F.cross_entropy(logits.transpose(1, 2), batch.classes, ignore_index=IGNORED, reduction="none")
    focal = (logs * (1 - torch.exp(-logs)).square()).sum()
    wanted = batch.classes > 0
    boxes = (1 - overlaps(edges[wanted], batch.boxes[wanted])[1]).sum()
    return (2 * focal + boxes) / wanted.sum().clamp(min=1)


def finder(model: nn.Module) -> Callable[[Image], Boxes]:
    """Characters in order of reading on a crop as inference sees it, by the network in torch."""

    @torch.no_grad()
    def find(crop: Image) -> Boxes:
        return characters.boxes(model(torch.from_numpy(prepare(crop)[None]))[0].numpy())

    return find


def add_arguments(parser: argparse.ArgumentParser) -> None:
    baselines.add_arguments(parser, "characters", CharacterTraining().loop.minutes)


def drawn_crops(config: CharacterTraining, data: Path, font_folder: Path | None, folder: Path) -> BoxedCrops:
    """Draw what is missing in `folder` and load what is there."""
    faces, chinese = fonts.load(font_folder)
    pictures = datasets_crops.load_pictures(data)
    paths = [folder / f"drawn-{index:02d}.npz" for index in range(-(-config.drawn // SHARD))]
    folder.mkdir(parents=True, exist_ok=True)
    for index, path in enumerate(paths):
        if not path.exists():
            seed = config.loop.seed * 1000 + index
            datasets_characters.write(path, datasets_characters.render(seed, SHARD, faces, chinese, pictures))
    return datasets_characters.read(paths)


def boxed_crops(real: Sequence[CropSet], model: nn.Module, folder: Path) -> BoxedCrops:
    """The real crops that `model` can box, kept in `folder` for a run that goes on."""
    paths = [folder / f"boxed-{crops.name}.npz" for crops in real]
    for crops, path in zip(real, paths, strict=True):
        if not path.exists():
            found = datasets_characters.boxed(crops, finder(model))
            datasets_characters.write(path, found)
            print(f"{crops.name}: {len(found)} of {len(crops)} crops boxed", flush=True)
    return datasets_characters.read(paths) if paths else BoxedCrops(np.zeros((0, 64, 192), np.uint8), [])


def run(args: argparse.Namespace) -> int:
    if args.figures:
        print("\n".join(baselines.figures({"characters": characters.Characters().read}, args.data)))
        return 0
    config = CharacterTraining()
    config = replace(config, loop=replace(config.loop, minutes=args.minutes * config.drawn_minutes_share))
    cv2.setNumThreads(1)
    loop.start(config.loop.seed, config.loop.threads)
    real, _ = datasets_crops.load_real(args.data)
    empty = datasets_crops.load_empty(args.data, np.random.default_rng(1))
    validate = Validator(train_recognizer.held_out_sets(args.data), characters.view, characters.text)
    empty = empty.pick(range(len(empty) // 10, len(empty)))
    drawn = drawn_crops(config, args.data, args.fonts, args.run)
    model: CharacterFinder = CharacterFinder().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    first = loop.Run(args.run / "drawn", model, config.loop, asdict(config))
    none = BoxedCrops(drawn.images[:0], [])
    loop.train(first, Batches(drawn, none, empty, config), character_loss, validate)
    boxed = boxed_crops(real, first.average.model, args.run)
    model.load_state_dict(first.average.model.state_dict())
    left = replace(config.loop, minutes=args.minutes - config.loop.minutes, learning_rate=1e-3)
    second = loop.Run(args.run / "mixed", model, left, asdict(replace(config, loop=left)))
    loop.train(second, Batches(drawn, boxed, empty, config), character_loss, validate)
    example = torch.zeros(1, 1, HEIGHT, WIDTH)
    baselines.finish(second.average.model, example, "characters", args.weights, {0: "crops"})
    return 0
