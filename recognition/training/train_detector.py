"""One command that trains a detector on real pictures, with real and drawn plates pasted in."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from recognition import pipeline
from recognition.config import PipelineConfig, load
from recognition.geometry import corners_to_box
from recognition.inference import detect, weights
from recognition.networks.detector import Detector
from recognition.training import datasets_scenes, evaluate, hard, loop, scout
from recognition.training.cards import write_card
from recognition.training.datasets_drawn import drawn_pictures
from recognition.training.datasets_scenes import Cutter, Picture
from recognition.training.loop import CHECKPOINT, LoopConfig
from recognition.training.losses_detector import detector_loss
from recognition.training.metrics_scene import FOUND, pairs
from recognition.training.synth import fonts
from recognition.training.synth.distractors import draw as draw_distractor
from recognition.training.synth.plates import render_plate
from recognition.types import Box, FloatArray, Image

CONFIG = Path(__file__).parent.parent / "configs" / "detector-s.toml"
CROP_FOLDERS = ("plates_eu", "plates_us", "plates_br", "plates_cn")
MIN_SCORE = 0.3  # at which recall and precision are told while training, and mistakes are looked for


@dataclass(frozen=True, slots=True)
class DetectorTraining:
    """The files `configs/detector-*.toml`; a file's name is the network's."""

    depth: int = 2
    max_side: int = detect.MAX_SIDE  # pixels that a picture is brought down to when it is read
    size: int = 288  # pixels of a square cut
    batch_size: int = 16
    stickers: int = 3000  # plates that are pasted in: half of them drawn, half cut from real pictures
    distractors: int = 1500  # drawn signs, adverts, badges and grilles that are pasted in and are no plates
    scenes: int = 150  # drawn street scenes, about a tenth of the cuts
    loop: LoopConfig = field(default_factory=LoopConfig)


def stickers(data: Path, font_folder: Path | None, count: int, seed: int) -> list[Image]:
    """Flat plates to paste in: real crops as far as there are any, and as many drawn ones."""
    rng = np.random.default_rng(seed)
    paths = [path for name in CROP_FOLDERS for path in sorted((data / name).glob("*.jpg"))]
    chosen = rng.permutation(len(paths))[: count // 2]
    real = [np.asarray(picture, np.uint8) for i in chosen if (picture := cv2.imread(str(paths[i]))) is not None]
    faces, chinese = fonts.load(font_folder)
    drawn = [render_plate(rng, faces, chinese).image for _ in range(count - len(real))]
    return [_shrunk(image) for image in real + drawn]


def distractors(font_folder: Path | None, count: int, seed: int) -> list[Image]:
    """Flat pictures of lettering that is no plate."""
    rng = np.random.default_rng((seed, 1))
    faces, _ = fonts.load(font_folder)
    return [_shrunk(draw_distractor(faces, rng)) for _ in range(count)]


def _shrunk(image: Image, height: int = 90) -> Image:
    width = max(8, round(image.shape[1] * height / image.shape[0]))
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


class Validator:
    """Recall and precision at IoU 0.5 on pictures kept apart; precision where every plate is labelled."""

    def __init__(
        self, pictures: Sequence[Picture], min_score: float = MIN_SCORE, max_side: int = detect.MAX_SIDE
    ) -> None:
        self.pictures, self.min_score, self.max_side = pictures, min_score, max_side

    def __call__(self, model: nn.Module) -> Mapping[str, float]:
        counts = self._counts(model)
        figures = {f"{name}_recall": c["hits"] / c["plates"] for name, c in counts.items() if c["plates"]}
        return figures | {f"{name}_precision": c["right"] / c["found"] for name, c in counts.items() if c["found"]}

    def table(self, model: nn.Module) -> list[str]:
        """Lines of Markdown, with the counts."""
        lines = [
            "| kept apart | pictures | plates | recall at IoU 0.5 | precision |",
            "| --- | --- | --- | --- | --- |",
        ]
        for name, c in self._counts(model).items():
            recall = f"{c['hits'] / c['plates']:.3f}" if c["plates"] else "–"
            precision = f"{c['right'] / c['found']:.3f}" if c["found"] else "–"
            lines.append(f"| {name} | {c['pictures']} | {c['plates']} | {recall} | {precision} |")
        return lines

    def _counts(self, model: nn.Module) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {}
        for picture in self.pictures:
            truth = [corners_to_box(row[:8].reshape(4, 2).tolist()) for row in picture.plates]
            found = self._detect(model, picture.image)
            hits = len(pairs(truth, found, FOUND))
            count = counts.setdefault(picture.name.split("/")[0], Counter())
            count.update(pictures=1, plates=len(truth), hits=hits)
            if picture.background == 1.0:
                count.update(right=hits, found=len(found))
        return counts

    def _detect(self, model: nn.Module, image: Image) -> list[Box]:
        return [found.box for found in finder(model, self.min_score, self.max_side)(image)]


def finder(model: nn.Module, min_score: float = MIN_SCORE, max_side: int = detect.MAX_SIDE) -> detect.Detector:
    """The detector as in inference around a network in torch."""

    def network(batch: NDArray[np.uint8]) -> tuple[FloatArray, ...]:
        with torch.no_grad():
            shown = torch.from_numpy(batch).float() / 255
            cells = model(shown.contiguous(memory_format=torch.channels_last))
        return (cells.numpy(),)

    return detect.Detector(network, min_score, max_side)


def averaged(run: Path) -> tuple[Detector, dict[str, Any]]:
    """The averaged network of a run's checkpoint, and the checkpoint."""
    state: dict[str, Any] = torch.load(run / CHECKPOINT, map_location="cpu", weights_only=True)
    model = Detector(depth=state["settings"].get("depth", 2))
    model.load_state_dict(state["ema"])
    return model.eval(), state


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folders of labelled pictures")
    parser.add_argument("--fonts", type=Path, default=None, help="folder of font files; without it, our own outlines")
    parser.add_argument("--run", type=Path, default=Path("runs/detector"), help="folder for checkpoints")
    parser.add_argument("--start-from", metavar="NAME", help="begin with the weights of this trained network")
    parser.add_argument("--export-only", action="store_true", help="export the run's checkpoint as it is")
    parser.add_argument(
        "--mine", action="store_true", help="note where the checkpoint sees plates that are not there, for what follows"
    )
    parser.add_argument("--weights", type=Path, default=weights.FOLDER, help="folder that the weights are written to")
    parser.add_argument("--config", type=Path, default=CONFIG)


def run(args: argparse.Namespace) -> int:
    config = load(args.config, DetectorTraining)
    cv2.setNumThreads(1)
    loop.start(config.loop.seed, config.loop.threads)
    pictures, apart = datasets_scenes.load(args.data)
    if drawn := drawn_pictures(config.scenes, config.loop.seed):
        pictures["drawn"] = drawn
    if not pictures:
        raise SystemExit(f"no labelled pictures in {args.data}; name a folder with --data")
    if args.mine:
        print(hard.mine(finder(averaged(args.run)[0]), pictures, args.run), "places mistaken for plates")
        return 0
    if not args.export_only:
        train(args, config, hard.with_mistakes(pictures, args.run), Validator(apart))
    finish(args.config.stem, config, args.run, apart, args.data, args.weights)
    return 0


def train(
    args: argparse.Namespace, config: DetectorTraining, pictures: dict[str, list[Picture]], validator: Validator
) -> None:
    """Train to the end of the schedule, from the run's checkpoint where there is one."""
    print("training on", {name: len(rows) for name, rows in pictures.items()}, flush=True)
    pasted = stickers(args.data, args.fonts, config.stickers, config.loop.seed)
    others = distractors(args.fonts, config.distractors, config.loop.seed)
    model: Detector = Detector(depth=config.depth).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if args.start_from:
        entry = weights.entry_of(args.start_from)
        model.start_from(torch.load(weights.verified(entry.pt), weights_only=True))
    cutter = Cutter(pictures, pasted, config.size, config.batch_size, config.loop.seed, others)
    session = loop.Run(args.run, model, config.loop, asdict(config))
    loop.train(session, cutter, detector_loss, validator)


def finish(
    name: str,
    config: DetectorTraining,
    run: Path,
    apart: Sequence[Picture],
    data: Path,
    folder: Path = weights.FOLDER,
) -> None:
    """Export the averaged weights of a run's checkpoint, measure them alone and with the recognizer, write the card."""
    model, state = averaged(run)
    min_score = PipelineConfig().min_score
    figures = Validator(apart, min_score, config.max_side).table(model)
    scout.export_detector(model, name, config.max_side, scout.calibration_pictures(data), folder)
    reader = replace(pipeline.load_reader("cpu"), detector=detect.load_detector(name, min_score, "cpu", folder=folder))
    end_to_end = evaluate.lines(reader, data, [evaluate.DRIVES])
    parameters = sum(p.numel() for p in model.parameters())
    more = {"min_score": str(min_score), "end_to_end": "\n".join(end_to_end)}
    write_card(name, folder, state, figures, parameters, **more)
    print("\n".join([*figures, "", *end_to_end]), flush=True)
