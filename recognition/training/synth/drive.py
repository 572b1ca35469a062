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
import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.scenes import LANE, Camera, Placed, draw_scene
from recognition.training.synth.vehicles import BODIES, KINDS, Color, Vehicle, draw_plate, draw_vehicle
from recognition.types import Image

START = datetime(2026, 3, 1, 7, tzinfo=UTC)
HOME = (57.0488, 9.9217)  # latitude and longitude at which the drive begins
SPEED = 6.0  # meters per second, on average
LEGIBLE = 14.0  # pixels of height from which a plate can be read
SMALLEST = 6.0  # pixels of height under which a plate is not in the truth
PAINTS: tuple[Color, ...] = (
    (52, 48, 168), (150, 148, 146), (150, 96, 40), (228, 230, 230), (62, 104, 58), (44, 42, 42), (60, 120, 190),
    (120, 70, 50), (96, 40, 92), (190, 180, 160),
)  # fmt: skip
PLATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ro", ("B 274 KLM",)), ("de", ("HH KT 5823",)), ("in", ("MH 12", "DE 1437")), ("pl", ("WA 64127",)),
    ("gb", ("LK63 XPD",)), ("es", ("4829 FHR",)), ("br", ("BRA2E19",)), ("nl", ("XT 482 K",)), ("fr", ("FA 759 TW",)),
    ("us", ("7KLM 452",)), ("ro", ("CJ 38 TRX",)), ("de", ("M AX 2947",)), ("pl", ("KR 7F932",)), ("es", ("3476 KXN",)),
)  # fmt: skip
CYCLE = ("lead", "parked", "overtaking", "parked", "oncoming")  # what comes next, again and again
EVERY = 2.0  # seconds from one vehicle to the next


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
class Passage:
    """One vehicle's way past the camera."""

    vehicle: Vehicle
    manner: str
    begins: float  # seconds
    index: int

    def at(self, seconds: float, traveled: float, begun: float) -> tuple[float, float] | None:
        """x and z in meters, or None when it is not there. `begun`: meters driven when the passage began."""
        t, moved = seconds - self.begins, traveled - begun
        if t < 0:
            return None
        if self.manner == "parked":
            return self._shown(LANE * 1.05 + 0.25, 34 - moved)
        if self.manner == "oncoming":
            return self._shown(-LANE * 1.05, 40 - moved - 2.0 * t)
        if self.manner == "overtaking":
            return self._shown(-LANE * 0.9, 4.2 + 0.25 * t * t + 0.8 * t) if t < 7.5 else None
        near = 6.4 + 2.4 * math.cos(0.55 * t) + 0.12 * t * t  # the car in front, closer and farther, then away
        return self._shown(0.12 * math.sin(0.8 * t), near + max(0.0, 14 - 9 * t))

    @staticmethod
    def _shown(x: float, z: float) -> tuple[float, float] | None:
        return (x, z) if 2.4 < z < 70 else None


def speed(seconds: float) -> float:
    """Meters per second, gently varying."""
    return SPEED + 1.1 * math.sin(seconds / 3.7) + 0.5 * math.sin(seconds / 1.3)


def cast(seconds: float, rng: np.random.Generator) -> list[Passage]:
    """All vehicles of a drive. The first plates are always the same; a longer drive goes on with random ones."""
    passages = []
    for index in range(max(1, math.ceil((seconds - 1.5) / EVERY))):
        kind, lines = PLATES[index] if index < len(PLATES) else _random_plate(rng)
        body = BODIES[("sedan", "suv", "hatch", "van")[int(rng.integers(4))]]
        manner = CYCLE[index % len(CYCLE)]
        plate = draw_plate(lines, KINDS[kind])
        vehicle = draw_vehicle(body, PAINTS[index % len(PAINTS)], plate, rear=manner != "oncoming")
        passages.append(Passage(vehicle, manner, index * EVERY - (3.0 if index == 0 else 0.0), index))
    return passages


def _random_plate(rng: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    letters = [str(c) for c in rng.choice(list("ABCDEFGHJKLMNPRSTUVWXYZ"), 5)]
    digits = [str(c) for c in rng.choice(list("23456789"), 4)]
    if rng.random() < 0.5:
        return "de", (f"{letters[0]} {letters[1]}{letters[2]} {''.join(digits)}",)
    return "es", (f"{''.join(digits)} {letters[0]}{letters[1]}{letters[2]}",)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnFrame:
    seconds: float
    image: Image
    plates: list[tuple[Passage, NDArray[np.float32]]]  # and their corners


def frames(seconds: float, seed: int, camera: Camera, fps: float) -> Iterator[DrawnFrame]:
    """Frame after frame, at times that are not quite even, as dashcams have them."""
    rng = np.random.default_rng(seed)
    passages = cast(seconds, rng)
    finish = _Finish(camera, rng)
    begun: dict[int, float] = {}
    now = traveled = 0.0
    while now < seconds:
        placed: list[tuple[Passage, Placed]] = []
        for passage in passages:
            if now >= passage.begins:
                spot = passage.at(now, traveled, begun.setdefault(passage.index, traveled))
                if spot is not None:
                    placed.append((passage, Placed(passage.vehicle, *spot)))
        sway = (1.6 * math.sin(5.1 * now) + rng.normal(0, 0.4), 1.4 * math.sin(7.3 * now + 1) + rng.normal(0, 0.4))
        held = Camera(camera.width, camera.height, sway)
        image, seen = draw_scene(held, [item for _, item in placed], traveled, 0.12 * math.sin(now / 6))
        owner = {id(item.vehicle): passage for passage, item in placed}
        yield DrawnFrame(now, finish(image, rng), [(owner[id(p.vehicle)], p.corners) for p in seen])
        step = round(1000 / fps + float(rng.choice([-3, 0, 0, 3]))) / 1000
        now = round(now + step, 3)
        traveled += speed(now) * step


class _Finish:
    """The lens and the sensor: darker corners, the hood's reflection, grain."""

    def __init__(self, camera: Camera, rng: np.random.Generator) -> None:
        y, x = np.mgrid[-1 : 1 : camera.height * 1j, -1 : 1 : camera.width * 1j].astype(np.float32)
        self.light = (1.04 - 0.2 * (x * x + 0.8 * y * y)).astype(np.float32)[..., None]
        self.grain = rng.normal(0, 2.6, (camera.height + 64, camera.width + 64, 1)).astype(np.float32)
        self.size = (camera.height, camera.width)

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        y, x = (int(v) for v in rng.integers(0, 64, 2))
        lit = image * self.light + self.grain[y : y + self.size[0], x : x + self.size[1]]
        soft = cv2.GaussianBlur(lit, (0, 0), 0.55)
        self._hood(soft)
        return np.asarray(np.clip(soft, 0, 255), np.uint8)

    def _hood(self, image: NDArray[np.float32]) -> None:
        high, wide = self.size
        cv2.ellipse(image, (wide // 2, round(high * 1.13)), (round(wide * 0.62), round(high * 0.19)), 0, 0, 360,
                    (34, 30, 28), -1, cv2.LINE_AA)  # fmt: skip


def draw_drive(
    out: Path, *, seconds: float = 20.0, seed: int = 7, width: int = 1280, height: int = 720, fps: float = 15.0
) -> DrawnDrive:
    """Write drive.mp4, drive.gpx, truth.jsonl (a frame a line) and drive.json (a plate an entry) into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    video, gpx, truth = out / "drive.mp4", out / "drive.gpx", out / "truth.jsonl"
    legible: dict[int, tuple[Passage, list[float]]] = {}
    with av.open(str(video), "w", options={"movflags": "faststart"}) as container, truth.open("w") as lines:
        container.metadata["creation_time"] = START.isoformat()
        stream = container.add_stream("libx264", rate=round(fps), options={"crf": "21", "preset": "veryfast"})
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
    plates = tuple(_summary(passage, times) for passage, times in legible.values())
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
    along = SPEED * seconds + 1.1 * 3.7 * (1 - math.cos(seconds / 3.7)) + 0.5 * 1.3 * (1 - math.cos(seconds / 1.3))
    north = 0.75 * along + 24 * math.sin(along / 60)
    east = 0.66 * along + 18 * math.sin(along / 85)
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
