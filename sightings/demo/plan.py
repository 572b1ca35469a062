"""When the demo fleet's cars drive, and where: commutes on weekdays, errands between, now and then another city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from sightings.demo.roads import CITIES, SIDE, City, Floats, Route, in_town, motorway, streets_of

CARS = (("Van 1", 0), ("Van 2", 0), ("Truck 7", 0), ("Estate 3", 1), ("Van 4", 1), ("Sprinter 5", 1))  # name, city


@dataclass(frozen=True, slots=True)
class Car:
    name: str
    city: int  # index into CITIES
    home: int
    depot: int


@dataclass(frozen=True, slots=True)
class Drive:
    """One trip: `usual` names a drive that is made again and again, so that it meets the same traffic."""

    car: int
    city: int  # index into CITIES: whose traffic it meets
    started_at: datetime
    track: Floats  # one row (lat, lon, m/s, heading) a second
    name: str
    usual: str = ""


class Planner:
    """Lays streets and cars out, and then drives them day by day."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([seed, 1])
        self.streets = [streets_of(city, self.rng) for city in CITIES]
        self.cars = [Car(name, city, self._crossing(city), self._crossing(city)) for name, city in CARS]

    def drives(self, count: int, until: date) -> list[Drive]:
        """The last `count` drives that end before `until`, in order of time."""
        drives: list[Drive] = []
        day = until
        while len(drives) < count:
            day -= timedelta(days=1)
            for index in range(len(self.cars)):
                drives += self._day(index, day)
        return sorted(drives, key=lambda drive: (drive.started_at, drive.car))[-count:]

    def _day(self, index: int, day: date) -> list[Drive]:
        car, rng = self.cars[index], self.rng
        if day.weekday() >= 5:
            return [self._errand(index, day, rng.normal(11.5, 1.5))] if rng.random() < 0.25 else []
        if rng.random() < 0.08:  # a day off, or in the workshop
            return []
        drives = [self._commute(index, day, 7.6 + rng.normal(0, 0.2), car.home, car.depot, "to the depot")]
        if rng.random() < 0.5:
            drives.append(self._errand(index, day, rng.normal(10.5, 0.7)))
        if rng.random() < 0.12:
            drives += self._abroad(index, day)
        drives.append(self._commute(index, day, 17.2 + rng.normal(0, 0.35), car.depot, car.home, "home"))
        return drives

    def _commute(self, index: int, day: date, hour: float, start: int, end: int, where: str) -> Drive:
        car = self.cars[index]
        track = in_town(self.streets[car.city], self._route(car.city, start, end), self.rng)
        return Drive(
            index, car.city, _moment(CITIES[car.city], day, hour), track, f"{car.name} {where}", f"{index} {where}"
        )

    def _errand(self, index: int, day: date, hour: float) -> Drive:
        """To two customers, and back to the depot."""
        car = self.cars[index]
        stops = [car.depot, self._crossing(car.city), self._crossing(car.city), car.depot]
        route: Route = (car.depot,)
        for a, b in pairwise(stops):
            route += self._route(car.city, a, b)[1:]
        track = in_town(self.streets[car.city], route, self.rng)
        return Drive(index, car.city, _moment(CITIES[car.city], day, hour), track, f"{car.name} on its round")

    def _abroad(self, index: int, day: date) -> list[Drive]:
        """To the neighboring city and back."""
        here = CITIES[self.cars[index].city]
        there = next(city for city in CITIES if city.name == here.neighbor)
        legs = ((here, there, 12.5), (there, here, 15.0))
        return [
            Drive(
                index, CITIES.index(a), _moment(a, day, hour + self.rng.normal(0, 0.2)), motorway(a, b, self.rng),
                f"{self.cars[index].name}, {a.name} to {b.name}", f"{a.name} to {b.name}",
            )
            for a, b, hour in legs
        ]  # fmt: skip

    def _route(self, city: int, start: int, end: int) -> Route:
        return self.streets[city].route(start, end)

    def _crossing(self, city: int) -> int:
        """A crossing that is joined to the middle of its city."""
        while True:
            found = int(self.rng.integers(SIDE * SIDE))
            if len(self.streets[city].route(found, SIDE * SIDE // 2)) > SIDE // 4:
                return found


def _moment(city: City, day: date, hour: float) -> datetime:
    midnight = datetime.combine(day, time(), ZoneInfo(city.zone))
    return (midnight + timedelta(seconds=round(hour * 3600))).astimezone(UTC)
