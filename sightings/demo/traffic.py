"""Whose plates a drive meets: people on their usual way, a city's own cars, a few that travel along, and strangers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recognition.training.synth.grammars import PlateText
from sightings.demo.drawing import plate_texts
from sightings.demo.plan import Drive
from sightings.demo.roads import CITIES

USUAL, LOCAL = 0.35, 0.35  # shares of what a drive meets; the rest are strangers
USUAL_CARS = 90  # that are met on one usual drive, each about where it always is
SKEW = 3.0  # how much more often the best known of a city's cars are met
ALONG_CARS, ALONG_DRIVES, ALONG_MEETINGS = 3, 0.12, 4
STRANGERS = 2_000  # drawn at a time


@dataclass(slots=True)
class Traffic:
    """All plates that were ever met; a meeting names one by its place in `plates`."""

    sightings: int
    rng: np.random.Generator
    plates: list[PlateText] = field(default_factory=list)
    _usual: dict[str, tuple[int, NDArray[np.float64]]] = field(default_factory=dict)
    _locals: dict[int, tuple[int, int]] = field(default_factory=dict)
    _strangers: dict[int, list[PlateText]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._add(0, ALONG_CARS)

    def met(self, drive: Drive, count: int) -> list[tuple[float, int]]:
        """`count` meetings of a drive as (share of its time, plate), in order of time."""
        rng = self.rng
        at, who = np.sort(rng.random(count)), rng.random(count)
        usual = USUAL if drive.usual else 0.0
        plates = np.empty(count, np.int64)
        for i in range(count):
            if who[i] < usual:
                plates[i], at[i] = self._on_its_usual_way(drive)
            elif who[i] < usual + LOCAL:
                plates[i] = self._local(drive.city)
            else:
                plates[i] = self._stranger(drive.city)
        if rng.random() < ALONG_DRIVES:  # whoever follows this car does so on different roads
            follows = rng.choice(count, min(count, ALONG_MEETINGS), replace=False)
            plates[follows] = drive.car % ALONG_CARS
        return sorted(zip(at.tolist(), plates.tolist(), strict=True))

    def _on_its_usual_way(self, drive: Drive) -> tuple[int, float]:
        if drive.usual not in self._usual:
            self._usual[drive.usual] = (self._add(drive.city, USUAL_CARS), self.rng.random(USUAL_CARS))
        first, places = self._usual[drive.usual]
        which = int(self.rng.integers(USUAL_CARS))
        return first + which, float(np.clip(places[which] + self.rng.normal(0, 0.02), 0.0, 1.0))

    def _local(self, city: int) -> int:
        if city not in self._locals:
            many = max(40, self.sightings // 20)
            self._locals[city] = (self._add(city, many), many)
        first, many = self._locals[city]
        return first + int(many * self.rng.random() ** SKEW)

    def _stranger(self, city: int) -> int:
        waiting = self._strangers.setdefault(city, [])
        if not waiting:
            waiting += plate_texts(CITIES[city].regions, min(STRANGERS, self.sightings), self.rng)
        self.plates.append(waiting.pop())
        return len(self.plates) - 1

    def _add(self, city: int, count: int) -> int:
        """Add cars of a city, and say where they begin."""
        self.plates += plate_texts(CITIES[city].regions, count, self.rng)
        return len(self.plates) - count


def best_known(meetings: list[list[tuple[float, int]]], most: int) -> list[int]:
    """The plates that are met most often."""
    counted = Counter(plate for drive in meetings for _, plate in drive)
    return [plate for plate, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:most]]
