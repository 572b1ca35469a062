"""Who is on the road of the drawn drive, and how they move past the camera."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from recognition.training.synth.bodies import BODIES, Color
from recognition.training.synth.scenes import LANE
from recognition.training.synth.vehicles import KINDS, Vehicle, draw_plate, draw_vehicle

SPEED = 5.0  # meters per second, on average
WAVES = ((0.9, 3.7), (0.4, 1.3))  # how the speed varies: meters per second, seconds per radian
PAINTS: tuple[Color, ...] = (
    (46, 40, 172), (160, 158, 156), (156, 98, 40), (232, 234, 234), (62, 104, 58), (50, 48, 48), (60, 120, 196),
    (112, 62, 40), (76, 34, 96), (186, 178, 160),
)  # fmt: skip
PLATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ro", ("B 274 KLM",)), ("de", ("HH KT 5823",)), ("in", ("MH 12", "DE 1437")), ("pl", ("WA 64127",)),
    ("gb", ("LK63 XPD",)), ("es", ("4829 FHR",)), ("br", ("BRA2E19",)), ("nl", ("XT 482 K",)), ("fr", ("FA 759 TW",)),
    ("us", ("7KLM 452",)), ("ro", ("CJ 38 TRX",)), ("de", ("M AX 2947",)), ("pl", ("KR 7F932",)), ("es", ("3476 KXN",)),
)  # fmt: skip
SHAPES = ("hatch", "sedan", "suv", "van", "sedan", "suv", "van", "hatch", "sedan", "hatch", "suv")
# What comes next, again and again. The order keeps those who overtake and those who come towards us apart.
CYCLE = ("parked", "oncoming", "overtaking", "parked", "parked", "leaving", "oncoming", "parked", "oncoming", "parked")
EVERY = 2.0  # seconds from one vehicle to the next
BAY_X = 2.62  # meters right of our way at which cars are parked
APPEARS, PASSED = 110.0, -8.0  # meters ahead between which a vehicle is drawn
Spot = tuple[float, float]  # x and z, in meters


def speed(seconds: float) -> float:
    """Meters per second."""
    return SPEED + sum(size * math.sin(seconds / period) for size, period in WAVES)


def along(seconds: float) -> float:
    """Meters driven since the start: the integral of `speed`."""
    return SPEED * seconds + sum(size * period * (1 - math.cos(seconds / period)) for size, period in WAVES)


# Each manner tells the spot from the seconds since the passage began and the meters that we drove in them.


def _lead(t: float, moved: float) -> Spot:
    """The car before us at the start: close, then away."""
    return 0.1 * math.sin(0.8 * t), 5.4 + 0.3 * (1 - math.cos(0.8 * t)) + 0.45 * max(0.0, t - 3) ** 2


def _parked(t: float, moved: float) -> Spot:
    return BAY_X, 19 - moved


def _oncoming(t: float, moved: float) -> Spot:
    return -LANE, 18 - moved - 3.5 * t


def _overtaking(t: float, moved: float) -> Spot:
    """From behind on the left, slowly past us, then back into our lane and away."""
    u = t - 2.9
    z = 6 + u + (0.6 if u > 0 else -1.28) * u * u
    return -LANE * (1 - _ease((z - 12) / 6)), z


def _leaving(t: float, moved: float) -> Spot:
    """Parked, then out of the bay in front of us, then away."""
    waited = max(0.0, moved - 7) / SPEED  # seconds since it set off
    late = max(0.0, waited - 2.5)
    driven = 1.1 * min(waited, 2.5) ** 2 + 5.5 * late + 0.25 * late * late
    return BAY_X * (1 - _ease((waited - 0.3) / 2.5)), 19 - moved + driven


def _ease(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


MANNERS: dict[str, Callable[[float, float], Spot]] = {
    "lead": _lead, "parked": _parked, "oncoming": _oncoming, "overtaking": _overtaking, "leaving": _leaving,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One vehicle's way past the camera."""

    vehicle: Vehicle
    manner: str
    begins: float  # seconds
    index: int

    def at(self, seconds: float) -> Spot | None:
        """x and z in meters, or None when it is out of sight."""
        x, z = MANNERS[self.manner](seconds - self.begins, along(seconds) - along(self.begins))
        return (x, z) if PASSED < z < APPEARS else None


def cast(seconds: float, rng: np.random.Generator) -> list[Passage]:
    """All vehicles of a drive. The first plates are always the same; a longer drive goes on with random ones."""
    passages = []
    for index in range(max(1, math.ceil((seconds - 1.5) / EVERY))):
        kind, lines = PLATES[index] if index < len(PLATES) else _random_plate(rng)
        body = BODIES[SHAPES[index % len(SHAPES)]]
        manner = CYCLE[index % len(CYCLE)] if index else "lead"
        plate = draw_plate(lines, KINDS[kind])
        vehicle = draw_vehicle(body, PAINTS[index % len(PAINTS)], plate, rear=manner != "oncoming")
        passages.append(Passage(vehicle, manner, index * EVERY, index))
    return passages


def _random_plate(rng: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    letters = [str(c) for c in rng.choice(list("ABCDEFGHJKLMNPRSTUVWXYZ"), 5)]
    digits = [str(c) for c in rng.choice(list("23456789"), 4)]
    if rng.random() < 0.5:
        return "de", (f"{letters[0]} {letters[1]}{letters[2]} {''.join(digits)}",)
    return "es", (f"{''.join(digits)} {letters[0]}{letters[1]}{letters[2]}",)
