"""The command line: pictures and trips in, JSON lines out; training, evaluation and drawing behind the same door.

torch and everything that trains is imported inside the command that asks for it, so that reading needs neither.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from recognition import annotate as annotation
from recognition import config, images, pipeline
from recognition.config import PipelineConfig
from recognition.errors import RecognitionError
from recognition.geometry import box_to_corners
from recognition.media import probe
from recognition.media.writing import check_writable
from recognition.pipeline import Reader
from recognition.rows import Row, iso, plate_row, sighting_row
from recognition.telemetry import extract, report
from recognition.telemetry.clock import GPS_UNCERTAINTY_S
from recognition.telemetry.track import Track
from recognition.types import Box, Detection, Image, Progress, Reading, TimeSource, VideoInfo

Run = Callable[[argparse.Namespace], int]

BASELINES = {  # networks that are trained to be compared with, and what each is
    "lprnet": "a baseline: LPRNet, convolutions and CTC",
    "windows": "a baseline: a sliding window that reads seven characters",
    "characters": "a baseline: characters found as objects",
    "segment": "a baseline: characters cut apart and classified one by one",
}
TRAINING_NEEDS = {"torch", "PIL"}  # what an installation that only reads does without

EXAMPLES = """examples:
  python -m recognition read street.jpg holiday/                    every plate of every picture, as JSON lines
  python -m recognition read --crop --region ro plates/             pictures that are one plate each
  python -m recognition trip drive.mp4 --gpx drive.gpx              every plate that passed, with time and place
  python -m recognition annotate drive.mp4 read.mp4                 the drive with boxes and reads drawn on it
  python -m recognition telemetry --format table drive/*.mp4        where and when: positions, clock, what was cleaned
  python -m recognition draw /tmp/drive                             a drawn drive whose plates are known
  python -m recognition train detector --help
  python -m recognition evaluate --help
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0, or 1 where something could not be read."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    parser = make_parser()
    args, rest = parser.parse_known_args(arguments)
    try:
        if "module" in args:
            return _run_lazily(args, rest)
        if rest:
            parser.error(f"unknown arguments: {' '.join(rest)}")
        run: Run = args.run
        return run(args)
    except (RecognitionError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; nothing is left to be said
        return 1


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m recognition",
        description="Reads vehicle plates in pictures and dashcam trips.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_read(commands)
    _add_trip(commands)
    _add_telemetry(commands)
    _add_annotate(commands)
    train = commands.add_parser("train", help="train a network", description="Train one of the networks.")
    networks = train.add_subparsers(dest="network", required=True, metavar="NETWORK")
    _add_lazy(networks, "detector", "finds plates in a picture, with four corners", "train_detector")
    _add_lazy(networks, "recognizer", "reads a plate that was cut out and straightened", "train_recognizer")
    for name, text in BASELINES.items():
        _add_lazy(networks, name, text, f"train_{name}")
    _add_lazy(networks, "scout", "make a trained detector's quick form anew, for CPUs: [NAME]", "scout")
    _add_lazy(networks, "preview", "a contact sheet of drawn plates, beside real ones: OUT.png", "synth.preview")
    _add_lazy(networks, "failures", "draw what the shipped networks get wrong, for their model cards", "failures")
    _add_lazy(commands, "evaluate", "measure the reader on pictures kept out of training", "evaluate")
    _add_lazy(commands, "evaluate-trips", "measure the reader on whole trips whose plates are known", "evaluate_trips")
    _add_lazy(commands, "benchmark", "one table of our reader and of the older ways of doing it: DATA…", "benchmark")
    _add_lazy(commands, "draw", "draw a drive of known plates: OUT_DIR [--seconds 20] [--seed N]", "synth.drive")
    return parser


def _add_lazy(commands: Any, name: str, text: str, module: str) -> None:
    """A command in a module of recognition.training, which is loaded for its options only once it is asked for."""
    commands.add_parser(name, help=text, add_help=False).set_defaults(module=module, title=text)


def _run_lazily(args: argparse.Namespace, rest: Sequence[str]) -> int:
    words = [args.command, *([args.network] if "network" in args else [])]
    parser = argparse.ArgumentParser(
        prog=f"python -m recognition {' '.join(words)}",
        description=args.title[0].upper() + args.title[1:] + ".",
    )
    try:
        command = import_module(f"recognition.training.{args.module}")
    except ModuleNotFoundError as error:
        if error.name not in TRAINING_NEEDS:
            raise
        print(f"This needs {error.name}. Install it with: python -m pip install -e '.[worker]'", file=sys.stderr)
        return 1
    command.add_arguments(parser)
    run: Run = command.run
    return run(parser.parse_args(rest))


def _add_reader(parser: argparse.ArgumentParser, run: Run) -> None:
    parser.add_argument("--region", metavar="CODE", help="country that the plates are likely from, such as ro or us-ca")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto takes a GPU if it can")
    parser.set_defaults(run=run)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("jsonl", "text"), default="jsonl", help="one JSON object a line, or words")


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings, as recognition/configs/pipeline.toml")


def _add_read(commands: Any) -> None:
    parser = commands.add_parser(
        "read",
        help="read the plates in pictures",
        description="One line per picture. A file that is no picture gives a line with an error, and exit code 1.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="picture, or folder with pictures in it")
    parser.add_argument("--crop", action="store_true", help="each picture is one plate, already cut out")
    _add_reader(parser, read)
    _add_format(parser)


def _add_trip(commands: Any) -> None:
    parser = commands.add_parser(
        "trip",
        help="read the plates that pass in a video",
        description="One line per plate that passed; how far it is, and what the times rest on, goes to stderr.",
    )
    parser.add_argument("video", type=Path, metavar="VIDEO")
    parser.add_argument(
        "--gpx",
        type=Path,
        metavar="FILE",
        help="track of the same drive; else the video's own positions, or a log of its name",
    )
    parser.add_argument("--profile", action="store_true", help="say at the end how long each stage took")
    _add_config(parser)
    _add_reader(parser, trip)
    _add_format(parser)


def _add_annotate(commands: Any) -> None:
    parser = commands.add_parser(
        "annotate",
        help="draw boxes and reads over a video",
        description="Writes the video anew, without its sound, with a box around every plate and what its whole pass "
        "says beside it. Reads the video first and draws after that; how far it is goes to stderr.",
    )
    parser.add_argument("video", type=Path, metavar="VIDEO")
    parser.add_argument("out", type=Path, metavar="OUT", help="the new video, OUT.mp4 (H.264)")
    _add_config(parser)
    _add_reader(parser, annotate)


def _add_telemetry(commands: Any) -> None:
    parser = commands.add_parser(
        "telemetry",
        help="read positions and clock of videos and logs",
        description="One line per file, then one per point. Positions come from the file, else from logs beside it.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--format", choices=("jsonl", "table"), default="jsonl", help="JSON lines, or a Markdown table")
    parser.set_defaults(run=telemetry)


def telemetry(args: argparse.Namespace) -> int:
    for line in report.lines(args.files, args.format):
        print(line, flush=True)
    return 0


def read(args: argparse.Namespace) -> int:
    reader, failed = pipeline.load_reader(args.device), False
    for path in files(args.paths):
        row = read_file(path, reader, crop=args.crop, region=args.region)
        failed |= "error" in row
        print(_line(row) if args.format == "jsonl" else _read_text(row), flush=True)
    return int(failed)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file, folders from top to bottom in order of names; hidden files in folders are left alone."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for inside in sorted(path.rglob("*")):
            if inside.is_file() and not any(part.startswith(".") for part in inside.relative_to(path).parts):
                yield inside


def read_file(path: Path, reader: Reader, *, crop: bool, region: str | None) -> Row:
    """What is printed for one file: its plates, or why it could not be read."""
    try:
        image = images.read_image(path)
    except (RecognitionError, OSError) as error:
        reason = str(error) if isinstance(error, RecognitionError) else f"{path} cannot be opened: {error.strerror}."
        return {"source": path.as_posix(), "error": reason}
    found = _as_one_plate(image, reader, region) if crop else pipeline.read_image(image, reader, region=region)
    return {
        "source": path.as_posix(),
        "width": image.shape[1],
        "height": image.shape[0],
        "plates": [plate_row(detection, reading) for detection, reading in found],
    }


def _as_one_plate(image: Image, reader: Reader, region: str | None) -> list[tuple[Detection, Reading]]:
    box = Box(0, 0, image.shape[1], image.shape[0])
    return [(Detection(box, box_to_corners(box), 1.0), pipeline.read_crop(image, reader, region))]


def trip(args: argparse.Namespace) -> int:
    settings = _settings(args)
    info = probe.probe(args.video)
    track = extract.read_sidecar(args.gpx) if args.gpx else extract.read(args.video, info).track
    started, source, uncertainty = extract.align(track, info)
    _say_clock(track, started, source, uncertainty)
    _say_cut_off(args.video, info)
    reader, show = pipeline.load_reader(args.device), _Shown()
    begun, last = time.monotonic(), Progress(0, 0, 0, 0)
    for event in pipeline.read_video(args.video, reader, region=args.region, config=settings):
        if isinstance(event, Progress):
            show(event)
            last = event
            continue
        # Positions that took their times from the start lie right in the video, however uncertain the start is.
        loose = GPS_UNCERTAINTY_S if track is not None and track.is_anchored else uncertainty
        row = sighting_row(event, track, started, source, loose)
        print(_line(row) if args.format == "jsonl" else _trip_text(row), flush=True)
    if args.profile:
        _say_stages(last, time.monotonic() - begun)
    return 0


def _say_stages(progress: Progress, wall: float) -> None:
    """Where the time went, the slowest stage first; what is left was spent between the stages."""
    for stage, seconds in sorted(progress.timings.items(), key=lambda item: -item[1]):
        each = 1000 * seconds / max(1, progress.frames)
        print(f"{stage:<10} {seconds:8.2f} s {seconds / wall:5.0%} {each:8.2f} ms a frame", file=sys.stderr)
    film = progress.until - progress.start
    print(f"{'all':<10} {wall:8.2f} s, {film / wall:.2f} times as fast as the film", file=sys.stderr)


def annotate(args: argparse.Namespace) -> int:
    settings = _settings(args)
    _say_cut_off(args.video, probe.probe(args.video))
    check_writable(args.out, args.video)
    reader, ways, show = pipeline.load_reader(args.device), list[annotation.Course](), _Shown("reading: ")
    for event in pipeline.read_video(args.video, reader, region=args.region, config=settings):
        if isinstance(event, Progress):
            show(event)
        else:
            ways += annotation.courses(event, settings)
    show = _Shown("drawing: ", "boxes drawn")
    for progress in annotation.draw(args.video, args.out, ways):
        show(progress)
    return 0


def _settings(args: argparse.Namespace) -> PipelineConfig:
    return config.load(args.config, PipelineConfig) if args.config else PipelineConfig()


def _say_cut_off(video: Path, info: VideoInfo) -> None:
    if info.truncated:
        print(f"{video.name} is cut off; what is there is read.", file=sys.stderr)


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)


def _read_text(row: Row) -> str:
    if "error" in row:
        return f"{row['source']}: {row['error']}"
    plates = ", ".join(f"{item['plate'] or '(unreadable)'} {item['confidence']:.2f}" for item in row["plates"])
    return f"{row['source']}: {plates or 'no plate'}"


def _trip_text(row: Row) -> str:
    gps = f"  {row['gps']['lat']:.5f}, {row['gps']['lon']:.5f}" if row["gps"] else ""
    when = f"{row['first_seen']:8.1f}–{row['last_seen']:.1f} s"
    return f"{when}  {row['plate']:<10} {row['confidence']:.2f}  {row['reads_count']} reads{gps}"


def _say_clock(track: Track | None, started: datetime | None, source: TimeSource, uncertainty: float) -> None:
    words = {"gps": "the track's first point", "container": "the creation time in the video file"}
    if started is None:
        print("The video's clock is unknown: times are seconds from its first frame.", file=sys.stderr)
        return
    print(f"The video begins at {iso(started)} by {words[source]} (± {uncertainty:.0f} s).", file=sys.stderr)
    if track is not None and track.removed:
        print(f"{track.removed} impossible points were left out of the track.", file=sys.stderr)


class _Shown:
    """Progress on stderr: on a terminal one line that changes, elsewhere a line every ten seconds."""

    def __init__(self, doing: str = "", counted: str = "plates seen") -> None:
        self.doing, self.counted, self.last = doing, counted, -math.inf

    def __call__(self, progress: Progress) -> None:
        terminal, now = sys.stderr.isatty(), time.monotonic()
        done = progress.seconds >= progress.until
        if not terminal and not done and now - self.last < 10:
            return
        self.last = now
        text = (
            f"{self.doing}{progress.fraction:4.0%}  {progress.seconds:.1f} of {progress.until:.1f} s, "
            f"{progress.frames} frames, {progress.detections} {self.counted}"
        )
        end = "\n" if done or not terminal else ""
        print(f"\r{text}" if terminal else text, end=end, file=sys.stderr, flush=True)
