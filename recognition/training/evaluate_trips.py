"""One command that measures the reader on whole trips whose plates are known: what passed, and what the log says of it.

Beside each video lies its truth, `NAME.truth.jsonl` or `truth.jsonl`: a line per frame with `seconds` and `plates`
(`box`, `text`, `quality` where not clear), as `../shared/tools/make_trip.py` and `python -m recognition draw` write it.
"""

from __future__ import annotations

import argparse
import bisect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recognition import pipeline
from recognition.config import PipelineConfig, load
from recognition.geometry import box_iou
from recognition.pipeline import Reader
from recognition.plates import normalize
from recognition.training.metrics_scene import PAIRED
from recognition.types import Box, PlateTrack

CLOSE = 0.6  # seconds between a sighting's best moment and the labelled frame that it is held against


@dataclass(frozen=True, slots=True)
class Labelled:
    box: Box
    text: str  # normal form; "" where nobody could read it
    clear: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """The labelled frames of a trip in order of time."""

    seconds: Sequence[float]
    plates: Sequence[Sequence[Labelled]]

    def near(self, moment: float) -> Sequence[Labelled]:
        """The plates of the frame closest to a moment; none where no frame is CLOSE."""
        right = bisect.bisect(self.seconds, moment)
        around = [i for i in (right - 1, right) if 0 <= i < len(self.seconds)]
        best = min(around, key=lambda i: abs(self.seconds[i] - moment), default=None)
        return self.plates[best] if best is not None and abs(self.seconds[best] - moment) <= CLOSE else ()

    def distinct(self, min_height: float, *, clear: bool) -> set[str]:
        """Texts of the plates that were at least `min_height` pixels high in one frame."""
        return {
            plate.text
            for frame in self.plates
            for plate in frame
            if plate.text and (plate.clear or not clear) and plate.box.height >= min_height
        }


@dataclass(frozen=True, slots=True)
class TripFigures:
    clear: int  # distinct plates that were clear in a frame at least
    found: int  # … of which a sighting has the right text
    sightings: int
    wrong: tuple[str, ...]  # texts of sightings that lie on a plate with another text
    beside: tuple[str, ...]  # texts of sightings where no plate is labelled: invented, or a plate that nobody labelled
    missed: tuple[str, ...]
    repeated: int  # sightings of a text beyond the first


def read_truth(path: Path) -> Truth:
    frames = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    frames.sort(key=lambda frame: frame["seconds"])
    return Truth(
        [frame["seconds"] for frame in frames],
        [
            [
                Labelled(
                    Box(*plate["box"]),
                    "" if plate.get("quality") == "illegible" else normalize(plate.get("text") or ""),
                    plate.get("quality", "clear") == "clear",
                )
                for plate in frame["plates"]
            ]
            for frame in frames
        ],
    )


def truth_of(video: Path) -> Path:
    """Raises FileNotFoundError where neither of the two names is there."""
    beside = video.with_suffix(".truth.jsonl")
    found = beside if beside.exists() else video.with_name("truth.jsonl")
    if not found.exists():
        raise FileNotFoundError(f"{beside} is missing: what passed in {video.name} is not known.")
    return found


def judge(tracks: Sequence[PlateTrack], truth: Truth, min_height: float) -> TripFigures:
    """Each sighting against the plates of the trip; those on a plate that nobody could read are not judged."""
    known, clear = truth.distinct(0, clear=False), truth.distinct(min_height, clear=True)
    right = [track.plate for track in tracks if track.plate in known]
    others = [(track.plate, _beneath(track, truth)) for track in tracks if track.plate not in known]
    wrong = [plate for plate, beneath in others if any(label.text for label in beneath)]
    beside = [plate for plate, beneath in others if not beneath]
    missed = sorted(clear - set(right))
    return TripFigures(
        clear=len(clear),
        found=len(clear) - len(missed),
        sightings=len(tracks),
        wrong=tuple(wrong),
        beside=tuple(beside),
        missed=tuple(missed),
        repeated=len(right) - len(set(right)),
    )


def _beneath(track: PlateTrack, truth: Truth) -> list[Labelled]:
    """The labelled plates that a sighting's best moment lies on."""
    best = track.best
    return [plate for plate in truth.near(best.seconds) if box_iou(plate.box, best.detection.box) >= PAIRED]


def evaluate(video: Path, reader: Reader, config: PipelineConfig, min_height: float) -> TripFigures:
    events = pipeline.read_video(video, reader, config=config)
    tracks = [event for event in events if isinstance(event, PlateTrack)]
    return judge(tracks, read_truth(truth_of(video)), min_height)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("videos", nargs="+", type=Path, metavar="VIDEO", help="a trip with its truth beside it")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings, as recognition/configs/pipeline.toml")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--min-height", type=float, default=16.0, metavar="PIXELS", help="smaller plates need not be found"
    )


def run(args: argparse.Namespace) -> int:
    reader = pipeline.load_reader(args.device)
    config = load(args.config, PipelineConfig) if args.config else PipelineConfig()
    head = ["trip", "clear plates", "found and right", "sightings", "wrong", "beside labels", "repeated"]
    print("| " + " | ".join([*head, "missed; wrong; beside"]) + " |\n|" + " --- |" * (len(head) + 1))
    for video in args.videos:
        f = evaluate(video, reader, config, args.min_height)
        counts = [f.clear, f.found, f.sightings, len(f.wrong), len(f.beside), f.repeated]
        texts = "; ".join(", ".join(group) or "–" for group in (f.missed, f.wrong, f.beside))
        print(f"| {video.stem} | {' | '.join(map(str, counts))} | {texts} |")
    return 0
