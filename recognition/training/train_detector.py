"""One command that trains a detector on real pictures, with real and drawn plates pasted in."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from recognition.config import load
from recognition.geometry import corners_to_box
from recognition.inference import detect
from recognition.networks.detector import Detector
from recognition.training import datasets_scenes, loop
from recognition.training.datasets_scenes import Cutter, Picture
from recognition.training.loop import LoopConfig
from recognition.training.losses_detector import detector_loss
from recognition.training.metrics_scene import FOUND, pairs
from recognition.training.synth import fonts
from recognition.training.synth.plates import render_plate
from recognition.types import Box, Image

CONFIG = Path(__file__).parent.parent / "configs" / "detector-s.toml"
CROP_FOLDERS = ("plates_eu", "plates_us", "plates_br", "plates_cn")
MIN_SCORE = 0.3  # at which recall and precision are told while training


@dataclass(frozen=True, slots=True)
class DetectorTraining:
    """The file `configs/detector-s.toml`."""

    size: int = 288  # pixels of a square cut
    batch_size: int = 16
    stickers: int = 3000  # plates that are pasted in: half of them drawn, half cut from real pictures
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


def _shrunk(image: Image, height: int = 90) -> Image:
    width = max(8, round(image.shape[1] * height / image.shape[0]))
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


class Validator:
    """Recall and precision at IoU 0.5 on pictures kept apart; precision where every plate is labelled."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self.pictures = pictures

    def __call__(self, model: nn.Module) -> Mapping[str, float]:
        counts: dict[str, list[int]] = {}
        for picture in self.pictures:
            truth = [corners_to_box(row[:8].reshape(4, 2).tolist()) for row in picture.plates]
            found = self._detect(model, picture.image)
            hits = len(pairs(truth, found, FOUND))
            count = counts.setdefault(picture.name.split("/")[0], [0, 0, 0, 0])
            count[0] += hits
            count[1] += len(truth)
            if picture.background == 1.0:
                count[2] += hits
                count[3] += len(found)
        figures = {f"{name}_recall": hits / n for name, (hits, n, *_) in counts.items() if n}
        figures |= {f"{name}_precision": right / n for name, (_, _, right, n) in counts.items() if n}
        return figures

    @staticmethod
    def _detect(model: nn.Module, image: Image) -> list[Box]:
        batch, scale = detect.prepare(image)
        with torch.no_grad():
            cells = model(torch.from_numpy(batch).contiguous(memory_format=torch.channels_last))[0].numpy()
        return [corners_to_box((corners / scale).tolist()) for _, corners in detect.decode(cells, MIN_SCORE)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folders of labelled pictures")
    parser.add_argument("--fonts", type=Path, default=None, help="folder of font files; without it, our own outlines")
    parser.add_argument("--run", type=Path, default=Path("runs/detector"), help="folder for checkpoints")
    parser.add_argument("--config", type=Path, default=CONFIG)


def run(args: argparse.Namespace) -> int:
    config = load(args.config, DetectorTraining)
    cv2.setNumThreads(1)
    loop.start(config.loop.seed, config.loop.threads)
    pictures, apart = datasets_scenes.load(args.data)
    if not pictures:
        raise SystemExit(f"no labelled pictures in {args.data}; name a folder with --data")
    print("training on", {name: len(rows) for name, rows in pictures.items()}, f"apart: {len(apart)}", flush=True)
    pasted = stickers(args.data, args.fonts, config.stickers, config.loop.seed)
    model: Detector = Detector().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    cutter = Cutter(pictures, pasted, config.size, config.batch_size, config.loop.seed)
    session = loop.Run(args.run, model, config.loop, asdict(config))
    loop.train(session, cutter, detector_loss, Validator(apart))
    return 0
