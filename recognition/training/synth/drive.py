"""The drawn drive: a short dashcam trip whose plates, boxes, times and positions are known exactly.

It is the product's demo, the fixture of its tests and the picture in its README. The same seed draws the same drive.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.camera import Camera
from recognition.training.synth.lens import Lens
from recognition.training.synth.scenes import Placed, draw_scene
from recognition.training.synth.traffic import Passage, along, cast
from recognition.types import Image

START = datetime(2026, 3, 1, 7, tzinfo=UTC)
HOME = (57.0488, 9.9217)  # latitude and longitude at which the drive begins
LEGIBLE = 14.0  # pixels of height from which a line of a plate can be read …
LONG_ENOUGH = 0.4  # … when it is so for this many seconds
SMALLEST = 6.0  # pixels of height under which a plate is not in the truth


@dataclass(frozen=True, slots=True)
class DrawnPlateTruth:
    """One vehicle of the drive: the seconds between which its plate is tall enough to read."""

    text: str
    region: str
    lines: int
    first_legible: float
    last_legible: float


@dataclass(frozen=True, slots=True)
class DrawnDrive:
    video: Path
    gpx: Path
    truth: Path
    plates: tuple[DrawnPlateTruth, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DrawnFrame:
    seconds: float
    image: Image
    plates: list[tuple[Passage, NDArray[np.float32]]]  # and their corners


def frames(seconds: float, seed: int, camera: Camera, fps: float) -> Iterator[DrawnFrame]:
    """Frame after frame, at times that are not quite even, as dashcams have them."""
    rng = np.random.default_rng(seed)
    passages = cast(seconds, rng)
    lens = Lens(camera, rng)
    now = 0.0
    while now < seconds:
        placed = [(p, Placed(p.vehicle, *spot)) for p in passages if (spot := p.at(now)) is not None]
        sway = (1.6 * math.sin(5.1 * now) + rng.normal(0, 0.4), 1.4 * math.sin(7.3 * now + 1) + rng.normal(0, 0.4))
        unit = camera.width / 1280
        held = Camera(camera.width, camera.height, (sway[0] * unit, sway[1] * unit))
        image, seen = draw_scene(held, [item for _, item in placed], along(now), 0.12 * math.sin(now / 6))
        owner = {id(item.vehicle): passage for passage, item in placed}
        yield DrawnFrame(now, lens(image, rng), [(owner[id(p.vehicle)], p.corners) for p in seen])
        now = round(now + round(1000 / fps + float(rng.choice([-3, 0, 0, 3]))) / 1000, 3)


def draw_drive(
    out: Path, *, seconds: float = 20.0, seed: int = 7, width: int = 1280, height: int = 720, fps: float = 15.0
) -> DrawnDrive:
    """Write drive.mp4, drive.gpx, truth.jsonl (a frame a line) and drive.json (a plate an entry) into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    video, gpx, truth = out / "drive.mp4", out / "drive.gpx", out / "truth.jsonl"
    legible: dict[int, tuple[Passage, list[float]]] = {}
    with av.open(str(video), "w", options={"movflags": "faststart"}) as container, truth.open("w") as lines:
        container.metadata["creation_time"] = START.isoformat()
        stream = container.add_stream("libx264", rate=round(fps), options={"crf": "22", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = round(fps)  # a key frame a second: exact seeking, and places to cut
        for frame in frames(seconds, seed, Camera(width, height), fps):
            _encode(container, stream, frame)
            lines.write(json.dumps(_truth_line(frame)) + "\n")
            for passage, corners in frame.plates:
                if float(np.ptp(corners[:, 1])) / passage.vehicle.plate.lines >= LEGIBLE:
                    legible.setdefault(passage.index, (passage, []))[1].append(frame.seconds)
        container.mux(stream.encode())
    gpx.write_text(_gpx(seconds), "utf-8")
    plates = tuple(_summary(*seen) for seen in legible.values() if len(seen[1]) / fps >= LONG_ENOUGH)
    (out / "drive.json").write_text(json.dumps([asdict(plate) for plate in plates], indent=2) + "\n", "utf-8")
    return DrawnDrive(video, gpx, truth, plates)


def _summary(passage: Passage, times: list[float]) -> DrawnPlateTruth:
    plate = passage.vehicle.plate
    return DrawnPlateTruth(plate.text, plate.kind.region, plate.lines, times[0], times[-1])


def _encode(container: av.container.OutputContainer, stream: av.VideoStream, frame: DrawnFrame) -> None:
    picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24").reformat(format="yuv420p")
    picture.pts, picture.time_base = round(frame.seconds * 1000), Fraction(1, 1000)
    container.mux(stream.encode(picture))


def _truth_line(frame: DrawnFrame) -> dict[str, object]:
    plates = [
        {
            "box": [round(float(v), 1) for v in (*corners.min(0), *corners.max(0))],
            "corners": [[round(float(x), 1), round(float(y), 1)] for x, y in corners],
            "text": passage.vehicle.plate.text,
            "vehicle": passage.index,
        }
        for passage, corners in frame.plates
        if np.ptp(corners[:, 1]) >= SMALLEST
    ]
    return {"seconds": frame.seconds, "plates": plates}


def position(seconds: float) -> tuple[float, float]:
    """Latitude and longitude of the car: a gently winding way north-east."""
    way = along(seconds)
    steps = np.linspace(0, way, max(2, round(2 * way)))
    middles = (steps[:-1] + steps[1:]) / 2
    heading = 0.72 + 0.55 * np.sin(middles / 26) + 0.2 * np.sin(middles / 61)  # radians, clockwise from north
    north, east = (float((np.diff(steps) * part).sum()) for part in (np.cos(heading), np.sin(heading)))
    return HOME[0] + north / 111_320, HOME[1] + east / (111_320 * math.cos(math.radians(HOME[0])))


def _gpx(seconds: float) -> str:
    """The way at one point a second, from the first frame to beyond the last."""
    points = []
    for second in range(math.ceil(seconds) + 2):
        lat, lon = position(second)
        when = (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
        points.append(f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"><time>{when}</time></trkpt>')
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="platelog" xmlns="http://www.topografix.com/GPX/1/1">'
    return "\n".join([head, "<trk><trkseg>", *points, "</trkseg></trk></gpx>", ""])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, help="folder for drive.mp4, drive.gpx, truth.jsonl and drive.json")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--fps", type=float, default=15.0)


def run(args: argparse.Namespace) -> int:
    drawn = draw_drive(
        args.out, seconds=args.seconds, seed=args.seed, width=args.width, height=args.height, fps=args.fps
    )
    print(drawn.video, len(drawn.plates), "legible plates")
    return 0
