"""Whether two plates travel together, or merely share the roads that this fleet drives."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

PRIOR_TRIPS = 4.0  # how many trips' worth the overall rate weighs beside what is known of a place and hour
SURE = 0.01  # probability of chance, over all plates that were tried, below which two are held to travel together
LEAST_TRIPS = 3  # on which both must have been met

Stratum = tuple[int, int]  # H3 cell, hour of the day


@dataclass(frozen=True, slots=True)
class Passing:
    """A plate, or any plate at all, that a trip met at a moment and place."""

    trip: int
    cell: int  # H3 of resolution 9: some 0.1 km², a stretch of road
    area: int  # H3 of resolution 7: some 5 km², a quarter of a town
    at: datetime
    plate: int = 0


@dataclass(slots=True)
class Rates:
    """On how many trips a place was passed about an hour of the day, and on which of them each plate was met.

    `scale` says for a cell by how much the trips that were looked at must be multiplied to give all there were.
    """

    zone: ZoneInfo
    trips: int  # that the fleet has driven in all
    passed: dict[Stratum, set[int]] = field(default_factory=lambda: defaultdict(set))
    scale: dict[int, float] = field(default_factory=dict)
    trips_of: dict[int, int] = field(default_factory=dict)  # plate -> trips that met it anywhere

    def add(self, passings: Iterable[Passing]) -> None:
        for one in passings:
            for stratum in self.strata(one):
                self.passed[stratum].add(one.trip)

    def strata(self, one: Passing) -> tuple[Stratum, Stratum]:
        hour = one.at.astimezone(self.zone).hour
        return (one.cell, hour), (one.area, hour)

    def about(self, stratum: Stratum) -> int:
        """Trips through the cell within an hour before or after."""
        cell, hour = stratum
        return len(set().union(*(self.passed.get((cell, (hour + by) % 24), set()) for by in (-1, 0, 1))))


@dataclass(frozen=True, slots=True)
class Together:
    """How often two plates were met on one trip within some minutes, and how often roads in common explain."""

    plate: int
    trips: int
    expected: float
    chance: float  # that they meet so often without travelling together


def travel_together(
    meetings: Sequence[Passing], others: Iterable[Passing], joint: dict[int, set[int]], rates: Rates, tried: int
) -> list[Together]:
    """The plates of `joint` (plate -> trips on which it was met near the one in question) that chance does not explain.

    Each of the trips on which the plate was met has for another plate q the probability

        p_i = max over two sizes of place of (n_i + m r) / (N_i + m)

    of meeting q too, if the two have nothing to do with each other: N_i of the fleet's other trips passed that place
    about that hour of the day, n_i of those met q there, r is the share of all the fleet's trips that met q, and m
    (PRIOR_TRIPS) its weight where a place is seldom passed. A stretch of road answers for cars that park beside each
    other, a quarter of a town for those that drive the same way at the same hour as the fleet does; the larger of the
    two is taken. The number of joint trips then follows a Poisson binomial distribution (a sum of Bernoulli trials of
    unequal p_i; Wang 1993, Statistica Sinica 3:295), whose upper tail at the observed number is the chance of a
    coincidence. It is multiplied by `tried`, the number of plates that were met near it at all (Bonferroni), and must
    then be below SURE.
    """
    first: dict[int, Passing] = {}
    for one in meetings:
        first.setdefault(one.trip, one)
    met_in: dict[int, dict[Stratum, set[int]]] = defaultdict(lambda: defaultdict(set))
    for one in others:
        for stratum in rates.strata(one):
            met_in[one.plate][stratum].add(one.trip)
    candidates = [plate for plate, trips in joint.items() if len(trips) >= LEAST_TRIPS]
    found = []
    for plate in candidates:
        overall = rates.trips_of.get(plate, 0) / max(1, rates.trips)
        chances = [_chance(one, met_in[plate], rates, overall) for one in first.values()]
        tail = upper_tail(chances, len(joint[plate]))
        if tail * tried < SURE:
            found.append(Together(plate, len(joint[plate]), round(sum(chances), 2), min(1.0, tail * tried)))
    return sorted(found, key=lambda one: (one.chance, -one.trips, one.plate))


def _chance(meeting: Passing, met: dict[Stratum, set[int]], rates: Rates, overall: float) -> float:
    """p_i: that a trip there and then meets the plate; the trip itself is left out of what is known."""
    return max(_share(meeting.trip, stratum, met, rates, overall) for stratum in rates.strata(meeting))


def _share(trip: int, stratum: Stratum, met: dict[Stratum, set[int]], rates: Rates, overall: float) -> float:
    cell, hour = stratum
    near = set().union(*(met.get((cell, (hour + by) % 24), set()) for by in (-1, 0, 1))) - {trip}
    passed = max(float(len(near)), (rates.about(stratum) - 1) * rates.scale.get(cell, 1.0))
    return min(1.0, (len(near) + PRIOR_TRIPS * overall) / (passed + PRIOR_TRIPS))


def upper_tail(chances: Sequence[float], least: int) -> float:
    """Probability that at least so many of independent events happen, each with its own probability."""
    counts = [1.0]
    for chance in chances:
        counts = [
            (counts[k] if k < len(counts) else 0.0) * (1.0 - chance) + (counts[k - 1] * chance if k else 0.0)
            for k in range(len(counts) + 1)
        ]
    return min(1.0, max(0.0, sum(counts[least:])))


def joint_trips(meetings: Iterable[Passing], near: Iterable[Passing], within_s: float) -> dict[int, set[int]]:
    """For each plate the trips on which it was met at most so many seconds before or after the one in question."""
    at: dict[int, list[datetime]] = defaultdict(list)
    for one in meetings:
        at[one.trip].append(one.at)
    found: dict[int, set[int]] = defaultdict(set)
    for other in near:
        if any(abs((other.at - moment).total_seconds()) <= within_s for moment in at.get(other.trip, [])):
            found[other.plate].add(other.trip)
    return dict(found)


def busiest(areas: Iterable[int], most: int) -> list[int]:
    """The places that come most often."""
    return [area for area, _ in Counter(areas).most_common(most)]
