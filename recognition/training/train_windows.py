"""One command that trains the sliding window baseline, on drawn plates alone as its model did, and exports it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from recognition import alphabet
from recognition.baselines import windows
from recognition.baselines.windows_network import BOX, HEIGHT, HINT, LETTERS, SLOTS, STRIDE, WIDTH, WindowReader
from recognition.training import baselines, datasets_characters, datasets_crops, loop, train_recognizer
from recognition.training.baselines import Validator
from recognition.training.datasets_characters import Boxes
from recognition.training.loop import LoopConfig
from recognition.training.synth import degrade, fonts, grammars, plates
from recognition.training.synth.fonts import Typeface
from recognition.training.synth.grammars import Line, PlateText
from recognition.types import Image

PIECE_HEIGHT, PIECE_WIDTH = 80, 152  # of the pictures in a batch: 3 × 4 windows each
ROWS, COLUMNS = (PIECE_HEIGHT - HEIGHT) // STRIDE + 1, (PIECE_WIDTH - WIDTH) // STRIDE + 1
FILLS = (0.58, 0.88)  # share of the window's width that a plate to be read takes, at the end; at first all alike:
FIRST_FILL, ALIKE = 0.73, 0.5  # and the share of the training until they are as different as they will be
NEAR, FAR = 5.0, 10.0  # pixels between the middles of plate and window: read up to the one, empty from the other on
UNSURE = -1.0
NO_HINT = -1
HINTS = (PIECE_WIDTH - 32) // STRIDE + 1  # columns of a piece
HINT_REACH = 6.0  # pixels from a character's middle within which a column sees it


@dataclass(frozen=True, slots=True)
class WindowTraining:
    plates: int = 6000  # flat plates, drawn at the start
    batch_size: int = 32
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=60_000, minutes=30, learning_rate=2e-3, warmup_steps=100, weight_decay=0.01, seed=7,
            validate_seconds=420, checkpoint_seconds=60,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WindowBatch:
    pictures: Tensor  # float32 n × 1 × 80 × 152
    present: Tensor  # float32 n × 3 × 4: 0, 1 or UNSURE
    edges: Tensor  # float32 n × 3 × 4 × 4: the plate's, from the window's middle
    letters: Tensor  # int64 n × 7
    hints: Tensor  # int64 n × 3 × 16: character at each column (0 none, 1 + its class), or NO_HINT


def seven(rng: np.random.Generator) -> PlateText:
    """A text of one line and seven Latin characters: half of them a country's, half any."""
    style = str(rng.choice([name for name in plates.STYLES if not name.startswith("cn")]))
    if rng.random() < 0.5:
        text = "".join(rng.choice(list(alphabet.LATIN), SLOTS))
        split = int(rng.integers(0, SLOTS - 1))
        groups = (text[:split], text[split:]) if split > 1 else (text,)
        return PlateText((Line(groups, " " * (len(groups) - 1)),), "", style)
    while True:
        sampled = grammars.sample(rng)
        if len(sampled.lines) == 1 and len(sampled.text) == SLOTS and set(sampled.text) <= set(alphabet.LATIN):
            return sampled


def flat_plates(count: int, faces: Sequence[Typeface], seed: int) -> list[tuple[Image, Boxes]]:
    """Drawn plates, 64 pixels high, and their characters' boxes."""
    rng, drawn = np.random.default_rng([seed, 79]), []
    for _ in range(count):
        text = seven(rng)
        plate, boxes = datasets_characters.draw(text, plates.STYLES[text.style], plates.choose_hand(rng, faces), rng)
        size = round(plate.shape[1] * 64 / plate.shape[0]), 64
        boxes[:, 1:] *= 64 / plate.shape[0]
        drawn.append((np.asarray(cv2.resize(plate, size, interpolation=cv2.INTER_AREA), np.uint8), boxes))
    return drawn


def laid(
    scene: Image, plate: Image, middle: NDArray[np.float64], width: float, variety: float, rng: np.random.Generator
) -> degrade.Corners:
    """Lay a plate into the scene, `width` pixels wide around `middle`; returns its corners.

    `variety` 0: seen straight on; 1: turned as far as a camera sees plates.
    """
    flat = degrade.enclosing(np.array([[0, 0], [plate.shape[1], plate.shape[0]]], np.float32)) * 32 / plate.shape[0]
    corners = flat + variety * (degrade.turned(plate.shape[1] / plate.shape[0], 32.0, rng) - flat)
    corners = (corners - corners.min(0)) * width / np.ptp(corners[:, 0])
    corners = np.asarray(corners + middle - corners.max(0) / 2, np.float32)
    scale = min(1.0, 1.4 * width / plate.shape[1])
    small = cv2.resize(plate, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    matrix = cv2.getPerspectiveTransform(datasets_characters.rectangle(small.shape[1], small.shape[0]), corners)
    size = (scene.shape[1], scene.shape[0])
    cv2.warpPerspective(small, matrix, size, dst=scene, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
    return corners


def targets(corners: degrade.Corners, readable: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(3, 4) presence and (3, 4, 4) edges of every window of a piece with a plate at `corners`."""
    low, high = corners.min(0), corners.max(0)
    x = np.arange(COLUMNS) * STRIDE + WIDTH / 2
    y = np.arange(ROWS) * STRIDE + HEIGHT / 2
    away = np.maximum(np.abs(x - (low[0] + high[0]) / 2)[None], np.abs(y - (low[1] + high[1]) / 2)[:, None])
    present = np.where(away <= NEAR, 1.0, np.where(away < FAR, UNSURE, 0.0)) * readable
    middles = np.stack(np.broadcast_arrays(x[None], y[:, None], x[None], y[:, None]), -1)
    edges = (np.array([*low, *high]) - middles) / windows.REACH
    return present.astype(np.float32), edges.astype(np.float32)


def hints(boxes: Boxes, middle_y: float) -> NDArray[np.int64]:
    """(3, 16): the character that each column sees, in the rows that have the plate in their middle."""
    told = np.full((ROWS, HINTS), NO_HINT, np.int64)
    rows = np.abs(np.arange(ROWS) * STRIDE + HEIGHT / 2 - middle_y) <= NEAR
    away = np.abs(np.arange(HINTS)[:, None] * STRIDE + HINT - (boxes[:, 1] + boxes[:, 3]) / 2)
    told[rows] = np.where(away.min(1) <= HINT_REACH, boxes[away.argmin(1), 0], 0)
    return told


class Batches:
    """Batches as a function of the step, as `loop.train` asks for."""

    def __init__(self, drawn: Sequence[tuple[Image, Boxes]], pictures: Sequence[Image], config: WindowTraining) -> None:
        self.drawn, self.pictures, self.config = drawn, pictures, config

    def __call__(self, step: int, progress: float) -> WindowBatch:
        rng = np.random.default_rng([self.config.loop.seed, step])
        pieces = [self._piece(min(1.0, progress / ALIKE), rng) for _ in range(self.config.batch_size)]
        pictures, present, edges, letters, told = zip(*pieces, strict=True)
        return WindowBatch(
            torch.from_numpy(np.stack(pictures)[:, None]),
            torch.from_numpy(np.stack(present)),
            torch.from_numpy(np.stack(edges)),
            torch.from_numpy(np.stack(letters)),
            torch.from_numpy(np.stack(told)),
        )

    def _piece(
        self, variety: float, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
        scene = degrade.backdrop(PIECE_WIDTH, PIECE_HEIGHT, rng, self.pictures)
        plate, boxes = self.drawn[int(rng.integers(len(self.drawn)))]
        letters, told = boxes[:, 0].astype(np.int64) - 1, np.full((ROWS, HINTS), NO_HINT, np.int64)
        present = np.zeros((ROWS, COLUMNS), np.float32)
        edges, height, draw = np.zeros((ROWS, COLUMNS, BOX), np.float32), 25.0, rng.random()
        if draw < 0.85:  # the rest shows no plate
            readable = draw < 0.75  # the others are too small or too large for the window
            low, high = (FIRST_FILL + variety * (fill - FIRST_FILL) for fill in FILLS)
            if not readable:
                low, high = (0.2, 0.45) if rng.random() < 0.6 else (1.15, 1.8)
            width = WIDTH * float(np.exp(rng.uniform(np.log(low), np.log(high))))
            window = np.array([WIDTH / 2, HEIGHT / 2]) + STRIDE * rng.integers(0, [COLUMNS, ROWS])
            middle = window + variety * rng.uniform(-STRIDE / 2, STRIDE / 2, 2)
            corners = laid(scene, plate, middle, width, variety, rng)
            height = float(np.ptp(corners[:, 1]))
            present, edges = targets(corners, readable)
            if readable:
                flat = datasets_characters.rectangle(plate.shape[1], plate.shape[0])
                seen_boxes = datasets_characters.moved(boxes, cv2.getPerspectiveTransform(flat, corners))
                told = hints(seen_boxes, float(corners[:, 1].min() + corners[:, 1].max()) / 2)
        seen = self._photograph(scene, height, rng) if rng.random() < 0.2 + variety else scene
        return windows.flatten(windows.to_grey(seen)), present, edges, letters, told

    def _photograph(self, scene: Image, height: float, rng: np.random.Generator) -> Image:
        bright = scene.astype(np.float32)
        degrade.light(bright, rng)
        image = degrade.sensor(degrade.blur(bright, height, rng, degrade.CLEAR), rng)
        if rng.random() < 0.3:
            scale = rng.uniform(0.45, 0.9)
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            image = np.asarray(cv2.resize(small, (PIECE_WIDTH, PIECE_HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)
        return degrade.compress(image, rng) if rng.random() < 0.15 else image


def window_loss(model: nn.Module, batch: WindowBatch) -> Tensor:
    """Presence over all windows; characters and edges over those that have the plate in their middle.

    What stands at each column is asked as well: from the seven slots alone, which know no place, the first layers
    learn what a character is only after many thousands of steps.
    """
    assert isinstance(model, WindowReader)
    with torch.autocast("cpu", torch.bfloat16):
        cells, told = model.with_hint(batch.pictures.contiguous(memory_format=torch.channels_last))
    cells = cells.float().permute(0, 2, 3, 1)  # n × 3 × 4 × 257
    known, here = batch.present != UNSURE, batch.present == 1
    columns = F.cross_entropy(told.float(), batch.hints, ignore_index=NO_HINT, reduction="sum")
    columns = columns / (batch.hints != NO_HINT).sum().clamp(min=1)
    presence = F.binary_cross_entropy_with_logits(cells[..., 0][known], batch.present[known])
    if not here.any():
        return presence + columns
    logits = cells[here][:, 1 + BOX :].reshape(-1, SLOTS, LETTERS)
    truth = batch.letters[:, None, None].expand(-1, ROWS, COLUMNS, -1)[here]
    letters = F.cross_entropy(logits.transpose(1, 2), truth)
    edges = F.smooth_l1_loss(cells[here][:, 1 : 1 + BOX], batch.edges[here], beta=0.05)
    return 4 * presence + letters + columns + 2 * edges


def add_arguments(parser: argparse.ArgumentParser) -> None:
    baselines.add_arguments(parser, "windows", WindowTraining().loop.minutes)


def run(args: argparse.Namespace) -> int:
    if args.figures:
        print("\n".join(baselines.figures({"windows": windows.Windows().read}, args.data)))
        return 0
    config = WindowTraining()
    config = replace(config, loop=replace(config.loop, minutes=args.minutes))
    cv2.setNumThreads(1)
    loop.start(config.loop.seed, config.loop.threads)
    drawn = flat_plates(config.plates, fonts.load(args.fonts)[0], config.loop.seed)
    batches = Batches(drawn, datasets_crops.load_pictures(args.data), config)
    model: WindowReader = WindowReader().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    session = loop.Run(args.run, model, config.loop, asdict(config))
    held_out = train_recognizer.held_out_sets(args.data)
    loop.train(session, batches, window_loss, Validator(held_out, windows.crop_views, windows.crop_text))
    example, axes = torch.zeros(1, 1, HEIGHT, WIDTH), {0: "pictures", 2: "height", 3: "width"}
    baselines.finish(session.average.model, example, "windows", args.weights, axes, torch.zeros(1, 1, 720, 1280))
    return 0
