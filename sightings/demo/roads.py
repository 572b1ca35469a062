"""Made-up streets in real cities: routes along them, and where a car is at each second of a drive.

A city is a jittered, turned grid of crossings some 400 m apart, with avenues that are quicker than streets. Routes are
the quickest ways through it, so drives share their avenues, as real ones do.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Route = tuple[int, ...]  # crossings, in the order they are passed

SIDE = 25  # crossings along each side of a city
BLOCK_M = 400.0
AVENUE_EVERY = 4
AVENUE, STREET, MOTORWAY = 11.0, 7.0, 31.0  # m/s
CLOSED = 0.12  # share of the blocks without a street between two crossings
RED = 0.3  # how often a crossing makes one wait
METERS_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class City:
    name: str
    lat: float
    lon: float
    zone: str
    regions: tuple[tuple[str, float], ...]  # where its cars are registered, with their shares
    neighbor: str  # the city to which a motorway leads


ROMANIAN = (("ro", 0.88), ("bg", 0.06), ("md", 0.03), ("ua", 0.03))
AUSTRIAN = (("at", 0.8), ("de", 0.09), ("sk", 0.06), ("hu", 0.05))
SLOVAK = (("sk", 0.8), ("at", 0.08), ("cz", 0.08), ("hu", 0.04))
CITIES = (
    City("Bucharest", 44.4325, 26.1039, "Europe/Bucharest", ROMANIAN, "Ploiesti"),
    City("Vienna", 48.2083, 16.3731, "Europe/Vienna", AUSTRIAN, "Bratislava"),
    City("Ploiesti", 44.9367, 26.0129, "Europe/Bucharest", ROMANIAN, "Bucharest"),
    City("Bratislava", 48.1486, 17.1077, "Europe/Bratislava", SLOVAK, "Vienna"),
)


@dataclass(slots=True)
class Streets:
    """One city's crossings as (lat, lon) rows, and the ways between them as {crossing: [(next, meters, m/s)]}."""

    city: City
    places: Floats
    ways: dict[int, list[tuple[int, float, float]]] = field(default_factory=dict)

    def route(self, start: int, end: int) -> Route:
        """The quickest way; empty where there is none."""
        best, before, queue = {start: 0.0}, {start: start}, [(0.0, start)]
        while queue:
            spent, here = heapq.heappop(queue)
            if here == end:
                break
            for there, meters, speed in self.ways.get(here, ()):
                arrival = spent + meters / speed + 6.0
                if arrival < best.get(there, float("inf")):
                    best[there], before[there] = arrival, here
                    heapq.heappush(queue, (arrival, there))
        return _walked_back(before, start, end) if end in before else ()

    def speed(self, a: int, b: int) -> float:
        return next(speed for there, _, speed in self.ways[a] if there == b)


def _walked_back(before: dict[int, int], start: int, end: int) -> Route:
    route = [end]
    while route[-1] != start:
        route.append(before[route[-1]])
    return tuple(reversed(route))


def streets_of(city: City, rng: np.random.Generator) -> Streets:
    """Lay a city's streets out."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    east, north = rng.normal(0, BLOCK_M / 7, (2, SIDE * SIDE)) + (np.stack([column, row]) - SIDE / 2) * BLOCK_M
    turn = rng.uniform(0, np.pi / 2)
    east, north = east * np.cos(turn) - north * np.sin(turn), east * np.sin(turn) + north * np.cos(turn)
    streets = Streets(city, _degrees(city, east, north))
    for a in range(SIDE * SIDE):
        for b, line in ((a + 1, row[a]), (a + SIDE, column[a])):
            avenue = line % AVENUE_EVERY == 0
            if b < SIDE * SIDE and (b == a + SIDE or row[b] == row[a]) and (avenue or rng.random() >= CLOSED):
                meters, speed = float(np.hypot(east[a] - east[b], north[a] - north[b])), AVENUE if avenue else STREET
                streets.ways.setdefault(a, []).append((b, meters, speed))
                streets.ways.setdefault(b, []).append((a, meters, speed))
    return streets


def _degrees(city: City, east: Floats, north: Floats) -> Floats:
    """Meters from a city's middle as (lat, lon) rows."""
    lat = city.lat + north / METERS_PER_DEGREE
    return np.stack([lat, city.lon + east / METERS_PER_DEGREE / np.cos(np.radians(city.lat))], 1)


def in_town(streets: Streets, route: Route, rng: np.random.Generator) -> Floats:
    """A drive along a route: one row (lat, lon, m/s, heading) a second, with red lights and a little GPS noise."""
    places = streets.places[list(route)]
    speeds = np.array([streets.speed(a, b) for a, b in pairwise(route)])
    return _driven(places, speeds * rng.uniform(0.75, 1.1), RED, rng)


def motorway(start: City, end: City, rng: np.random.Generator) -> Floats:
    """A drive between two cities, on the same winding road in both directions."""
    share = np.linspace(0, 1, 80)
    west, east = sorted((start, end), key=lambda city: city.lon)
    bend = 0.02 * np.sin(share * np.pi) * np.sin(share * 9 + west.lat) + 0.01 * np.sin(share * np.pi) * np.sin(
        share * 23
    )
    places = np.stack([west.lat + (east.lat - west.lat) * share + bend, west.lon + (east.lon - west.lon) * share], 1)
    if start is east:
        places = places[::-1]
    return _driven(places, np.full(79, MOTORWAY) * rng.uniform(0.8, 1.1), 0.0, rng)


def _driven(places: Floats, speeds: Floats, red: float, rng: np.random.Generator) -> Floats:
    meters = _meters(places)
    waits = np.where(rng.random(len(meters)) < red, rng.exponential(14.0, len(meters)), 0.0)
    leave = np.concatenate([[0.0], np.cumsum(meters / speeds + waits)])
    arrive = leave[1:] - waits  # at each crossing the car arrives, may wait, and leaves
    times = np.concatenate([[0.0], np.stack([arrive, leave[1:]], 1).ravel()])
    stops = np.concatenate([places[:1], np.repeat(places[1:], 2, axis=0)])
    seconds = np.arange(0.0, times[-1])
    here = np.stack([np.interp(seconds, times, stops[:, axis]) for axis in (0, 1)], 1)
    here += rng.normal(0, 1.5 / METERS_PER_DEGREE, here.shape)
    kernel = np.ones(5) / 5  # a car neither jumps nor turns on the spot
    here = np.stack([np.convolve(np.pad(here[:, axis], 2, mode="edge"), kernel, "valid") for axis in (0, 1)], 1)
    step = _meters(here)
    dlat, dlon = np.diff(here[:, 0]), np.diff(here[:, 1]) * np.cos(np.radians(here[0, 0]))
    heading = np.degrees(np.arctan2(dlon, dlat)) % 360.0
    return np.column_stack([here, np.append(step, step[-1:]), np.append(heading, heading[-1:])])


def _meters(places: Floats) -> Floats:
    """Lengths of the steps of a line of (lat, lon) rows."""
    dlat, dlon = np.diff(places[:, 0]), np.diff(places[:, 1]) * np.cos(np.radians(places[0, 0]))
    return np.asarray(np.hypot(dlat, dlon) * METERS_PER_DEGREE)


def length(drive: Floats) -> float:
    """Meters driven."""
    return float(_meters(drive[:, :2]).sum())
