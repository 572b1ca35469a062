"""One command that measures the shipped reader on pictures kept out of its training."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from recognition import images, pipeline
from recognition.pipeline import Reader
from recognition.plates import normalize
from recognition.training import datasets_crops, datasets_scenes
from recognition.training.datasets_crops import CROP_SETS, HELD_OUT_DRIVES
from recognition.training.metrics_scene import EndToEnd, LabelledPlate, Read
from recognition.types import Box

DRIVES = "dashcam_ro"


def held_out_rows(data: Path, name: str, drives: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Labelled pictures of a folder that no network was trained on: whole drives, pictures by the text of their plate,
    or, where no plate is in them, by their name."""
    for row in datasets_crops.labels(data / name):
        texts = [normalize(plate.get("text") or "") for plate in row["plates"]]
        if name == DRIVES:
            apart = row["video"] in drives
        elif texts:
            apart = datasets_crops.held_out(texts[0])
        else:
            apart = datasets_scenes.tenth(f"{name}/{row['image']}")
        if apart:
            yield row


def plates_of(row: dict[str, Any]) -> list[LabelledPlate]:
    return [
        LabelledPlate(
            Box(*plate["box"]),
            "" if plate.get("quality") == "illegible" else normalize(plate.get("text") or ""),
            plate.get("quality", "clear") == "clear",
        )
        for plate in row["plates"]
    ]


def reads_of(reader: Reader, path: Path, *, crop: bool) -> list[Read]:
    image = images.read_image(path)
    if crop:
        reading = pipeline.read_crop(image, reader)
        return [Read(Box(0, 0, image.shape[1], image.shape[0]), reading.plate)]
    return [Read(detection.box, reading.plate) for detection, reading in pipeline.read_image(image, reader)]


def evaluate(reader: Reader, data: Path, name: str, drives: tuple[str, ...]) -> dict[str, object]:
    """The figures of one folder; see EndToEnd.summary."""
    figures = EndToEnd()
    for row in held_out_rows(data, name, drives):
        reads = reads_of(reader, data / name / row["image"], crop=name in CROP_SETS)
        figures.update(plates_of(row), reads, complete=row.get("complete", True))
    return figures.summary()


def lines(reader: Reader, data: Path, names: Sequence[str], drives: tuple[str, ...] = HELD_OUT_DRIVES) -> list[str]:
    """The figures of some folders as Markdown: a row a folder, with counts."""
    head = ["pictures", "plates", "recall@0.5", "texts", "exact", "texts_clear", "exact_clear", "exact_lookalike"]
    head += ["cer", "false_reads_per_complete_image"]
    rows = ["| set | " + " | ".join(head) + " |", "| --- |" + " --- |" * len(head)]
    for name in names:
        figures = evaluate(reader, data, name, drives)
        rows.append(f"| {name} | " + " | ".join(str(figures[key]) for key in head) + " |")
    return rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sets", nargs="*", default=[DRIVES, *CROP_SETS], help="folders of --data (default: all)")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folders of labelled pictures")
    parser.add_argument("--drive", action="append", choices=HELD_OUT_DRIVES, help="only this drive; may be repeated")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--json", action="store_true", help="everything, by height too, as one JSON object")


def run(args: argparse.Namespace) -> int:
    reader = pipeline.load_reader(args.device)
    drives = tuple(args.drive or HELD_OUT_DRIVES)
    if args.json:
        figures = {name: evaluate(reader, args.data, name, drives) for name in args.sets}
        print(json.dumps(figures, indent=2))
    else:
        print("\n".join(lines(reader, args.data, args.sets, drives)))
    return 0
