"""One command that reads the same pictures with everything that can read here, ours and the baselines, into one table.

Readers of plates are run behind our detector, so that only the reading differs; those that look at whole pictures find
their plates themselves. Every network runs on one thread of the CPU, and all timings are of the same run.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch

from recognition import images, pipeline
from recognition.baselines import characters, haar, lprnet, segment, tesseract, windows
from recognition.config import PipelineConfig
from recognition.errors import RecognitionError
from recognition.inference import backends, detect, recognize, weights
from recognition.inference.decode import DecodeConfig
from recognition.inference.recognize import ONE_LOOK, THREE_LOOKS
from recognition.inference.rectify import rectify
from recognition.networks.recognizer import Recognizer
from recognition.training import baselines, datasets_crops, evaluate
from recognition.training.datasets_crops import HELD_OUT_DRIVES
from recognition.training.metrics_scene import HEIGHTS, EndToEnd, LabelledPlate, Read
from recognition.types import Box, Image

Answer = TypeVar("Answer")

WHOLE = 0.95  # share of its picture that a plate fills which is a crop
WARM_UP = 3  # calls of each reader that are not timed
OURS = ("recognizer-m", "recognizer-s")
DETECTOR = "detector-s"


class PlateReader(Protocol):
    """Reads rectified plates. `gflops` is of one crop, NaN where it makes no sense."""

    name: str
    parameters: int
    gflops: float

    def read(self, crop: Image, /) -> str: ...


class SceneReader(Protocol):
    """Finds and reads the plates of a whole picture."""

    name: str
    parameters: int
    gflops: float

    def read_scene(self, image: Image, /) -> list[tuple[Box, str]]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    path: Path
    plates: list[LabelledPlate]
    complete: bool


@dataclass(frozen=True, slots=True)
class PictureSet:
    name: str
    entries: list[Entry]
    crops: bool  # each picture is one plate


class Ours:
    """One of our recognizers with its decoder, format prior and temperature."""

    def __init__(self, name: str, looks: Sequence[float]) -> None:
        entry = weights.entry_of(name)
        model = Recognizer(**entry.build)
        self.name = f"ours: {name}, {'one look' if len(looks) == 1 else f'{len(looks)} looks'}"
        self.parameters = sum(p.numel() for p in model.parameters())
        self.gflops = baselines.gflops(model, torch.zeros(1, 1, recognize.HEIGHT, recognize.WIDTH)) * len(looks)
        decoding = DecodeConfig(temperature=float(entry.input.get("temperature", 1.0)))
        self.recognizer = recognize.Recognizer(backends.load_network(name, "cpu", threads=1), decoding, looks=looks)

    def read(self, crop: Image) -> str:
        return pipeline.legible(self.recognizer([crop])[0]).plate


@dataclass(slots=True)
class Timed:
    """Calls of one reader and how long each took, in seconds."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, act: Callable[[Image], Answer], image: Image) -> Answer:
        begun = time.perf_counter()
        result = act(image)
        self.seconds.append(time.perf_counter() - begun)
        return result

    @property
    def ms(self) -> float:
        steady = self.seconds[WARM_UP:] or self.seconds
        return 1000 * statistics.median(steady) if steady else math.nan


@dataclass(slots=True)
class Row:
    """One reader on one set."""

    system: str
    pictures: PictureSet
    figures: dict[str, Any]
    ms: float
    parameters: int
    gflops: float


def read_set(folder: Path, *, everything: bool, limit: int | None) -> PictureSet:
    """The pictures of a folder that are kept out of training; all of them where `everything` is asked for."""
    rows = datasets_crops.labels(folder) if everything else evaluate.held_out_rows(
        folder.parent, folder.name, HELD_OUT_DRIVES
    )  # fmt: skip
    chosen = list(rows)[:limit]
    entries = [Entry(folder / row["image"], evaluate.plates_of(row), bool(row.get("complete", True))) for row in chosen]
    filled = [len(row["plates"]) == 1 and _share(row) >= WHOLE for row in chosen]
    return PictureSet(folder.name, entries, bool(filled) and all(filled))


def _share(row: dict[str, Any]) -> float:
    x1, y1, x2, y2 = row["plates"][0]["box"]
    return float((x2 - x1) * (y2 - y1) / max(1, row["width"] * row["height"]))


def plate_readers() -> tuple[list[PlateReader], dict[str, str]]:
    """The readers of plates that can run here, and why others cannot."""
    known = weights.read_manifest()
    makers: dict[str, Callable[[], PlateReader]] = {}
    for name in OURS:
        if name in known:
            makers[f"{name}, 3 looks"] = lambda name=name: Ours(name, THREE_LOOKS)  # type: ignore[misc]
            makers[f"{name}, one look"] = lambda name=name: Ours(name, ONE_LOOK)  # type: ignore[misc]
    makers |= {
        "LPRNet, beam": lambda: lprnet.LPRNet("beam", 1),
        "LPRNet, greedy": lambda: lprnet.LPRNet("greedy", 1),
        "characters as objects": lambda: characters.Characters(1),
        "segmentation": lambda: segment.Segment(1),
        "Tesseract": tesseract.Tesseract,
    }
    return _made(makers)


def scene_readers(opencv4: str | None) -> tuple[list[SceneReader], dict[str, str]]:
    """The readers of whole pictures that can run here, and why others cannot."""
    makers: dict[str, Callable[[], SceneReader]] = {
        "sliding window": lambda: windows.Windows(1),
        "Haar cascade": lambda: haar.Haar(opencv4, pipeline.load_reader("cpu").recognizer),
    }
    return _made(makers)


def _made(makers: dict[str, Callable[[], Any]]) -> tuple[list[Any], dict[str, str]]:
    ready, missing = [], {}
    for name, make in makers.items():
        try:
            ready.append(make())
        except (RecognitionError, FileNotFoundError) as error:
            missing[name] = str(error)
    return ready, missing


def judge_plates(pictures: PictureSet, readers: Sequence[PlateReader]) -> Iterator[Row]:
    """Every reader of plates on the same boxes: our detector's, or the whole picture where that is the plate."""
    find = detect.load_detector(DETECTOR, PipelineConfig().min_score, "cpu", threads=1)
    figures, clocks = [EndToEnd() for _ in readers], [Timed() for _ in readers]
    for entry in pictures.entries:
        image = images.read_image(entry.path)
        if pictures.crops:
            found = [(Box(0, 0, image.shape[1], image.shape[0]), image)]
        else:
            found = [(detection.box, rectify(image, detection)) for detection in find(image)]
        for reader, figure, clock in zip(readers, figures, clocks, strict=True):
            reads = [Read(box, clock(reader.read, crop)) for box, crop in found]
            figure.update(entry.plates, reads, complete=entry.complete)
    for reader, figure, clock in zip(readers, figures, clocks, strict=True):
        yield Row(reader.name, pictures, figure.summary(), clock.ms, reader.parameters, reader.gflops)


def judge_scenes(pictures: PictureSet, readers: Sequence[SceneReader]) -> Iterator[Row]:
    for reader in readers:
        figure, clock = EndToEnd(), Timed()
        for entry in pictures.entries:
            image = images.read_image(entry.path)
            found = clock(reader.read_scene, image)
            figure.update(entry.plates, [Read(box, text) for box, text in found], complete=entry.complete)
        yield Row(reader.name, pictures, figure.summary(), clock.ms, reader.parameters, reader.gflops)


def detector_cost() -> float:
    """Milliseconds of our detector on one thread for a picture of 1280 × 720."""
    find, clock = detect.load_detector(DETECTOR, PipelineConfig().min_score, "cpu", threads=1), Timed()
    picture = np.random.default_rng(1).integers(0, 255, (720, 1280, 3), dtype=np.uint8)
    for _ in range(10 + WARM_UP):
        clock(find, picture)
    return clock.ms


def lines(rows: Sequence[Row], missing: dict[str, str]) -> list[str]:
    """The table in Markdown: a row a reader and set, with the counts behind every share."""
    heights = [name for _, name in HEIGHTS]
    head = ["reader", "set", "texts", "exact", "O/0, I/1 forgiven", "CER", "recall", "precision"]
    head += [f"exact {name} px" for name in heights] + ["ms", "parameters", "GFLOPs"]
    out = ["| " + " | ".join(head) + " |", "| --- |" + " --- |" * (len(head) - 1)]
    for row in rows:
        found = row.figures
        cells = [row.system, row.pictures.name, str(found["texts"])]
        cells += [_number(found[key]) for key in ("exact", "exact_lookalike", "cer")]
        cells += ["–", "–"] if row.pictures.crops else [_number(found["recall@0.5"]), _number(found["precision"])]
        by_height = found["by_height_px"]
        cells += [
            f"{_number(by_height[name]['exact'])} ({by_height[name]['plates']})" if name in by_height else "–"
            for name in heights
        ]
        cells += [_number(row.ms, 1), f"{row.parameters / 1e6:.2f} M" if row.parameters else "–", _number(row.gflops)]
        out.append("| " + " | ".join(cells) + " |")
    return out + [""] * bool(missing) + [f"Not run: {name} ({why})." for name, why in missing.items()]


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.{digits}f}"


def preface(args: argparse.Namespace) -> list[str]:
    # Every option that changes a figure, so that a table of few pictures cannot pass for the whole one.
    words = [str(path) for path in args.data] + ["--all"] * args.all
    words += [f"--limit {args.limit}"] * (args.limit is not None) + ["--opencv4 PYTHON"] * bool(args.opencv4)
    command = f"python -m recognition benchmark {' '.join(words)}"
    return [
        "# Everything that can read, on the same pictures",
        "",
        f"Written on {datetime.now(UTC).date().isoformat()} by",
        "",
        f"    {command}",
        "",
        f"on {platform.machine()} with {os.cpu_count()} cores, each network on one thread, all in one run.",
        f"Our detector ({weights.model_version(DETECTOR)}) takes {detector_cost():.0f} ms of one thread for a picture",
        "of 1280 × 720; readers of plates run behind it, so their ms are per plate. Those of the sliding window and of",
        "the cascade, which look for plates by themselves, are per picture.",
        "",
        "Pictures are those kept out of training: two whole drives, and one plate in ten of other sets by a hash of",
        "its text. The detector saw most of `cars_in` in training. A plate that is missed counts as read wrong.",
        "",
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA", help="folder of pictures with labels.jsonl")
    parser.add_argument("--all", action="store_true", help="all pictures, not only those kept out of training")
    parser.add_argument("--limit", type=int, metavar="N", help="at most so many pictures of each folder")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table here too, as Markdown")
    parser.add_argument("--opencv4", metavar="PYTHON", help="interpreter that has OpenCV 4, for the Haar cascade")


def run(args: argparse.Namespace) -> int:
    torch.set_num_threads(1)
    readers, missing = plate_readers()
    scenes, others = scene_readers(args.opencv4)
    rows: list[Row] = []
    for folder in args.data:
        pictures = read_set(folder, everything=args.all, limit=args.limit)
        if not pictures.entries:
            print(f"{folder}: no labelled picture that is kept out of training", file=sys.stderr)
            continue
        print(f"{folder.name}: {len(pictures.entries)} pictures", file=sys.stderr, flush=True)
        if pictures.crops:
            rows += judge_plates(pictures, [*readers, *(s for s in scenes if isinstance(s, windows.Windows))])
        else:
            rows += [*judge_plates(pictures, readers), *judge_scenes(pictures, scenes)]
    text = "\n".join([*preface(args), *lines(rows, missing | others), ""])
    print(text)
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    return 0
