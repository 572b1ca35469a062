"""Drawn street scenes as training pictures for the detector: their plates' corners are known exactly."""

from __future__ import annotations

import string

import numpy as np

from recognition.training.datasets_scenes import Picture
from recognition.training.synth.bodies import BODIES
from recognition.training.synth.camera import Camera
from recognition.training.synth.scenes import LANE, Placed, draw_scene
from recognition.training.synth.traffic import PAINTS
from recognition.training.synth.vehicles import KINDS, Vehicle, draw_plate, draw_vehicle
from recognition.types import FloatArray

LANES = (-LANE, 0.0, LANE)  # meters beside the camera at which vehicles stand


def drawn_pictures(count: int, seed: int) -> list[Picture]:
    """`count` scenes of one to five vehicles, each with its own seed."""
    return [_picture(np.random.default_rng((seed, index)), index) for index in range(count)]


def _picture(rng: np.random.Generator, index: int) -> Picture:
    placed = []
    for x in rng.permutation(LANES)[: int(rng.integers(1, 4))]:
        near = float(np.exp(rng.uniform(np.log(2.8), np.log(12))))
        placed.append(Placed(_vehicle(rng), float(x + rng.normal(0, 0.4)), near))
        if rng.random() < 0.6:
            placed.append(Placed(_vehicle(rng), float(x + rng.normal(0, 0.3)), near + float(rng.uniform(6, 16))))
    camera = Camera(shake=(float(rng.normal(0, 30)), float(rng.normal(0, 15))))
    image, seen = draw_scene(camera, placed, float(rng.uniform(0, 3000)), float(rng.uniform(-0.3, 0.3)))
    rows: list[FloatArray] = [np.append(plate.corners.ravel(), 1.0).astype(np.float32) for plate in seen]
    return Picture(f"drawn/{index}", image, np.array(rows, np.float32).reshape(-1, 9), 0.5)


def _vehicle(rng: np.random.Generator) -> Vehicle:
    kind = KINDS[str(rng.choice(list(KINDS)))]
    two_lines = kind.height / kind.width > 0.5
    words = [_word(rng, 2 + int(rng.integers(3))) for _ in range(2)]
    plate = draw_plate(tuple(words) if two_lines else (" ".join(words),), kind)
    body = BODIES[str(rng.choice(list(BODIES)))]
    return draw_vehicle(body, PAINTS[int(rng.integers(len(PAINTS)))], plate, rear=bool(rng.random() < 0.7))


def _word(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list(string.ascii_uppercase + string.digits), length))
