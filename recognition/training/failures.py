"""Pictures of drawn plates that the shipped networks get wrong, to stand beside their model cards.

Everything on them is drawn, so they may be shown to anyone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from recognition import images, pipeline
from recognition.geometry import box_iou
from recognition.inference import weights
from recognition.pipeline import Detect, Reader
from recognition.plates import lookalike_key
from recognition.training import cards, sheets, trials
from recognition.training.metrics_scene import FOUND
from recognition.training.sheets import Caption, Cell
from recognition.training.trials import CropTrial, Faces, StreetTrial
from recognition.types import UNREADABLE, Image, Reading

LARGEST = 150_000  # bytes of a picture
COLUMNS = 5
KINDS = ("Another character", "A look-alike", "Characters missing or too many", "Unreadable to it")
WIDTH, READ_HEIGHT, STREET_HEIGHT = 192, 64, 115  # pixels of a cell
SIZES = (("16 pixels high or more", 16.0, float("inf")), ("Smaller", 0.0, 16.0))
MISSED = 2 * COLUMNS  # plates shown of each size
AROUND = 4  # pixels between a missed plate and the frame that shows where it is


@dataclass(frozen=True, slots=True, eq=False)
class Misread:
    trial: CropTrial
    reading: Reading

    @property
    def kind(self) -> str:
        truth, read = self.trial.text, self.reading.plate
        if not read or UNREADABLE in read:
            return KINDS[3]
        if lookalike_key(truth) == lookalike_key(read):
            return KINDS[1]
        return KINDS[0] if len(truth) == len(read) else KINDS[2]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    trial: StreetTrial
    found: bool


def misreads(reader: Reader, faces: Faces, count: int, seed: int) -> list[Misread]:
    """The plates of `count` drawn ones that are not read exactly, surest mistakes first."""
    read = [Misread(trial, pipeline.read_crop(trial.image, reader)) for trial in trials.crops(faces, count, seed)]
    wrong = [item for item in read if item.reading.plate != item.trial.text]
    return sorted(wrong, key=lambda item: -item.reading.confidence)


def looks(detector: Detect, faces: Faces, count: int, seed: int) -> list[Look]:
    """What becomes of the plates in `count` drawn streets."""
    return [
        Look(trial, any(box_iou(trial.box, found.box) >= FOUND for found in detector(trial.image)))
        for trial in trials.streets(faces, count, seed)
    ]


def misread_sheet(wrong: Sequence[Misread], count: int) -> Image:
    """The surest mistakes of each kind."""
    width = sheets.width_of(COLUMNS, WIDTH)
    parts = [sheets.title(f"{len(wrong)} of {count} clear drawn plates were not read exactly", width)]
    for kind in KINDS:
        chosen = [item for item in wrong if item.kind == kind]
        if chosen:
            parts.append(sheets.title(f"{kind}: {len(chosen)}", width, sheets.FAINT))
            parts.append(sheets.flow(map(_misread_cell, chosen[:COLUMNS]), width))
    return np.vstack(parts)


def missed_sheet(seen: Sequence[Look]) -> Image:
    """Plates that were missed, large ones and small ones apart, from the largest to the smallest of each."""
    width = sheets.width_of(COLUMNS, WIDTH)
    missed = sorted((look.trial for look in seen if not look.found), key=lambda trial: -trial.height)
    parts = [sheets.title(f"{len(missed)} of {len(seen)} plates in drawn streets were not found", width)]
    for name, least, most in SIZES:
        chosen = [trial for trial in missed if least <= trial.height < most]
        if chosen:
            of = sum(least <= look.trial.height < most for look in seen)
            spread = sorted({round(place) for place in np.linspace(0, len(chosen) - 1, MISSED)})
            parts.append(sheets.title(f"{name}: {len(chosen)} of {of}", width, sheets.FAINT))
            parts.append(sheets.flow((_missed_cell(chosen[place]) for place in spread), width))
    return np.vstack(parts)


def _misread_cell(item: Misread) -> Cell:
    trial, reading = item.trial, item.reading
    says = f"read {reading.plate} {int(100 * reading.confidence)}%" if reading.plate else "read as nothing"
    is_ = Caption(f"is {trial.text} {trial.region}".rstrip())
    return Cell(images.resize(trial.image, WIDTH, READ_HEIGHT), (is_, Caption(says, sheets.ACCENT)))


def _missed_cell(trial: StreetTrial) -> Cell:
    """What is around the plate, and a frame where it is."""
    marked, box = trial.image.copy(), trial.box
    left, top, right, foot = (round(v) for v in (box.x1 - AROUND, box.y1 - AROUND, box.x2 + AROUND, box.y2 + AROUND))
    line = max(1, round(pipeline.CONTEXT_PLATES * box.width / WIDTH))  # a large plate's cell is scaled down
    cv2.rectangle(marked, (left, top), (right, foot), sheets.ACCENT, line)
    context = pipeline.context_of(marked, box, WIDTH)
    captions = Caption(f"is {trial.text}"), Caption(f"missed, {trial.height:.0f} px high", sheets.ACCENT)
    return Cell(images.resize(context, WIDTH, STREET_HEIGHT), captions)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fonts", type=Path, metavar="DIR", help="font files; plates are set in those kept out")
    parser.add_argument("--count", type=int, default=400, help="plates drawn for each network")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--weights", type=Path, default=weights.FOLDER, metavar="DIR", help="where cards/ is written to"
    )


def run(args: argparse.Namespace) -> int:
    reader, faces = pipeline.load_reader(args.device), trials.load_faces(args.fonts)
    wrong = misreads(reader, faces, args.count, args.seed)
    seen = looks(reader.detector, faces, args.count, args.seed)
    for name, sheet in (
        (pipeline.RECOGNIZER, misread_sheet(wrong, args.count)),
        (pipeline.DETECTOR, missed_sheet(seen)),
    ):
        out = cards.failures(name, args.weights)
        sheets.save(sheet, out, LARGEST)
        print(f"{out}: {out.stat().st_size / 1000:.0f} kB")
    print(f"misread {len(wrong)}, missed {sum(not look.found for look in seen)}, of {args.count} each")
    return 0
