"""One command that trains a recognizer: draws its crops, mixes in the real ones, trains, and exports the weights."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch

from recognition.config import load
from recognition.inference import weights
from recognition.networks.recognizer import Recognizer
from recognition.training import datasets_crops, finish_recognizer, loop, permute, unlabelled, validation
from recognition.training.datasets_crops import CropSet
from recognition.training.loop import LoopConfig
from recognition.training.losses import recognizer_loss
from recognition.training.sampler import Sampler
from recognition.training.synth import fonts, shards
from recognition.training.validation import Validator, run_network

CONFIG = Path(__file__).parent.parent / "configs" / "recognizer-s.toml"
DOUBTFUL = 0.01  # least probability that a trained network must give to a real crop's label
UNSEEN = (("ar", 1), ("ar", 2), ("gb", 2), ("il", 1), ("mx", 1), ("ca", 1), ("vn", 2), ("tr", 1), ("by", 1))
UNSEEN_COUNT = 150  # drawn plates of each of these countries and numbers of lines
HELD_OUT_SEED = 9_000_000  # of the drawn crops that are only for validation


@dataclass(frozen=True, slots=True)
class Shares:
    """How the real part of a batch is divided among the folders."""

    plates_eu: float = 0.32
    dashcam_ro: float = 0.22
    plates_us: float = 0.14
    plates_br: float = 0.16
    cars_in: float = 0.09
    plates_cn: float = 0.07
    unlabelled: float = 0.0  # with --start-from: what nobody has transcribed, as that network reads it


@dataclass(frozen=True, slots=True)
class RecognizerTraining:
    """The files `configs/recognizer-*.toml`; a file's name is the network's."""

    depth: int = 1
    drawn: int = 120_000
    batch_size: int = 128
    real_share: tuple[float, ...] = (0.3, 0.55, 0.75)
    empty_share: float = 0.03
    start_share: float = 0.0  # of the weights it began with, in what is exported
    shares: Shares = field(default_factory=Shares)
    loop: LoopConfig = field(default_factory=LoopConfig)


@dataclass(frozen=True, slots=True)
class Material:
    drawn: CropSet
    real: Sequence[CropSet]
    empty: CropSet
    held_out: Sequence[CropSet]


def gather(config: RecognizerTraining, data: Path, font_folder: Path | None, folder: Path) -> Material:
    """Draw what is missing and load what is there; without real pictures the training is on drawn ones alone."""
    faces, chinese = fonts.load(font_folder)
    pictures = datasets_crops.load_pictures(data)
    shards.render_missing(folder, config.drawn, config.loop.seed * 1000, faces, chinese, pictures)
    real, held_out = datasets_crops.load_real(data)
    empty = datasets_crops.load_empty(data, np.random.default_rng(1))
    unseen = shards.render_shard(HELD_OUT_SEED, min(500, config.drawn), faces, chinese, pictures)
    apart = len(empty) // 10
    held_empty = empty.pick(range(min(apart, 300)))
    kept = empty.pick(range(apart, len(empty)))
    return Material(shards.read_shards(folder), real, kept, [*held_out, unseen, held_empty])


def make_sampler(config: RecognizerTraining, material: Material) -> Sampler:
    """Batches of the material in the configuration's shares."""
    return Sampler(
        material.drawn,
        material.real,
        material.empty,
        batch_size=config.batch_size,
        real_share=config.real_share,
        empty_share=config.empty_share,
        shares=asdict(config.shares),
        seed=config.loop.seed,
    )


def with_permuted(real: Sequence[CropSet], folder: Path, model: Recognizer, seed: int, wanted: bool) -> list[CropSet]:
    """Real sets with the permuted crops that the run folder holds; cut by `model` where wanted and not there."""
    if wanted and not list(folder.glob("permuted-*.npz")):
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng([seed, 3])
        for crops in real:
            copies = 3 if crops.name == "dashcam_ro" else 1
            more = permute.extend(crops, lambda batch: run_network(model, batch), copies, rng)
            permute.save(folder / f"permuted-{crops.name}.npz", more)
    paths = [folder / f"permuted-{crops.name}.npz" for crops in real]
    return [permute.restore(p, crops) if p.exists() else crops for p, crops in zip(paths, real, strict=True)]


def without_doubtful(real: Sequence[CropSet], model: Recognizer) -> list[CropSet]:
    """Real sets without the crops whose label a trained network finds all but impossible.

    About one label in eleven of `plates_br` is wrong; a wrong label costs more than a hard crop gives.
    """
    kept = []
    for crops in real:
        likelihood = validation.label_likelihood(model, crops)
        kept.append(crops.pick([int(i) for i in np.flatnonzero(likelihood >= DOUBTFUL)]))
        print(f"{crops.name}: {len(crops) - len(kept[-1])} of {len(crops)} labels left out as doubtful", flush=True)
    return kept


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="real pictures; may be absent")
    parser.add_argument("--fonts", type=Path, default=None, help="folder of font files; without it, our own outlines")
    parser.add_argument("--run", type=Path, default=Path("runs/recognizer"), help="folder for checkpoints")
    parser.add_argument("--shards", type=Path, default=None, help="folder for drawn crops (default: in --run)")
    parser.add_argument("--permute", action="store_true", help="add permuted real crops, cut by --start-from")
    parser.add_argument("--start-from", metavar="NAME", help="begin with the weights of this trained network")
    parser.add_argument("--teacher", type=Path, metavar="RUN", help="learn from the network in this run's folder too")
    parser.add_argument("--export-only", action="store_true", help="export the run's checkpoint as it is")
    parser.add_argument("--figures", action="store_true", help="measure the shipped weights on the hold-out crops")
    parser.add_argument("--weights", type=Path, default=weights.FOLDER, help="folder that the weights are written to")
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--name", help="of the trained network (default: the configuration's)")


def run(args: argparse.Namespace) -> int:
    if not (args.figures or args.export_only):
        train(args)
    held_out = held_out_sets(args.data, args.fonts)
    name = args.name or args.config.stem
    if args.figures:
        lines = finish_recognizer.figures(name, held_out, args.weights)
    else:
        lines = finish_recognizer.finish(name, args.run, held_out, args.weights)
    print("\n".join(lines), flush=True)
    return 0


def held_out_sets(data: Path, font_folder: Path | None = None) -> list[CropSet]:
    """What the figures are measured on: real crops, pieces of pictures without a plate, and, with a folder of fonts,
    clear drawn plates of countries that no real picture shows, in typefaces that are in no training."""
    empty = datasets_crops.load_empty(data, np.random.default_rng(1))
    real = [*datasets_crops.load_real(data)[1], empty.pick(range(min(len(empty) // 10, 300)))]
    faces = fonts.load_held_out(font_folder) if font_folder is not None else []
    pictures = datasets_crops.load_pictures(data) if faces else []
    return real + [
        shards.render_country(region, lines, UNSEEN_COUNT, faces, pictures, HELD_OUT_SEED)
        for region, lines in (UNSEEN if faces else ())
    ]


def train(args: argparse.Namespace) -> None:
    """Train to the end of the schedule, from the run's checkpoint where there is one."""
    config = load(args.config, RecognizerTraining)
    cv2.setNumThreads(1)
    loop.start(config.loop.seed, config.loop.threads)
    material = gather(config, args.data, args.fonts, args.shards or args.run / "shards")
    model: Recognizer = Recognizer(depth=config.depth).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    real = material.real
    if args.start_from:
        entry = weights.entry_of(args.start_from)
        begun = torch.load(weights.verified(entry.pt), weights_only=True)
        model.start_from(begun)
        taught = Recognizer(**entry.build)
        taught.load_state_dict(begun)
        real = with_permuted(without_doubtful(real, taught), args.run, taught, config.loop.seed, args.permute)
        if config.shares.unlabelled:
            apart = {text for crops in material.held_out for text in crops.texts if text}
            real.append(unlabelled.labelled(unlabelled.load(args.data), taught, apart))
    counts = {crops.name: len(crops) for crops in [material.drawn, *real, material.empty]}
    print("training on", counts, flush=True)
    print("validating on", {crops.name: len(crops) for crops in material.held_out}, flush=True)
    sampler = make_sampler(config, replace(material, real=real))
    session = loop.Run(args.run, model, config.loop, asdict(config))
    if args.start_from and not (args.run / finish_recognizer.START).exists():
        torch.save(model.state_dict(), args.run / finish_recognizer.START)
    teacher = finish_recognizer.averaged(args.teacher)[0] if args.teacher else None
    loop.train(session, sampler, partial(recognizer_loss, teacher=teacher), Validator(material.held_out))
