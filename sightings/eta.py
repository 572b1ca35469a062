"""How long reading will take: the video that comes before a trip's end, at the pace of the segments read lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, F, FloatField, Min, Q, Sum
from django.utils import timezone

LATELY = 20  # segments that the pace is taken from
TELLING = 0.05  # share of a segment after which its pace says something
OPEN_RUNS = ("queued", "reading", "merging")


@dataclass(frozen=True, slots=True)
class Left:
    """What a trip has still to be read."""

    trip: int
    fleet: int
    user: int | None
    priority: int
    oldest: int  # its first unread segment: the age that decides between trips of one person
    seconds: float  # of video
    readers: int  # that are at it


@dataclass(frozen=True, slots=True)
class Again:
    """What a reprocessing has still to be read."""

    reprocess: int
    seconds: float  # of video
    readers: int


class ReadingQueue:
    """All that waits to be read or is being read, paused trips left out, and how fast it goes."""

    def __init__(self, left: Iterable[Left], pace: float | None, again: Iterable[Again] = ()) -> None:
        self._left = {item.trip: item for item in left}
        self._again = {item.reprocess: item for item in again}
        self.pace = pace  # seconds of video that one reader reads in a second; None before anything was read
        at_it = sum(item.readers for item in self._left.values()) + sum(item.readers for item in self._again.values())
        self.readers = max(1, at_it)

    @classmethod
    def now(cls) -> ReadingQueue:
        return cls(_left(), _pace(), _again())

    def video_s(self, trips: Iterable[int]) -> float:
        """Seconds of video that these trips have still to be read."""
        return sum(self._left[trip].seconds for trip in trips if trip in self._left)

    def eta_s(self, trip: int) -> float | None:
        """Seconds until a trip is read, if nothing more comes in; 0 where only the joining of its parts is left, None
        where the pace is not known.
        """
        mine = self._left.get(trip)
        if mine is None:
            return 0.0
        return round(self._before_end_of(mine) / (self.pace * self.readers), 1) if self.pace else None

    def reprocess_eta_s(self, reprocess: int) -> float | None:
        """Seconds until a reprocessing is through: after all that was never read, in turns with the others."""
        mine = self._again.get(reprocess)
        if mine is None:
            return 0.0
        new = sum(item.seconds for item in self._left.values())
        others = sum(min(mine.seconds, item.seconds) for item in self._again.values() if item is not mine)
        return round((new + mine.seconds + others) / (self.pace * self.readers), 1) if self.pace else None

    def _before_end_of(self, mine: Left) -> float:
        """Seconds of video read until then, this trip's among them. As in `processing.turns`: who takes turns with
        whom gets as much meanwhile, or all that they have.
        """
        fleet = [item for item in self._left.values() if item.fleet == mine.fleet]
        first = sum(item.seconds for item in fleet if item.priority > mine.priority)
        equals = [item for item in fleet if item.priority == mine.priority]
        own = sum(item.seconds for item in equals if item.user == mine.user and item.oldest <= mine.oldest)
        people = _sums((item.user, item.seconds) for item in equals if item.user != mine.user)
        of_fleet = first + own + sum(min(own, seconds) for seconds in people)
        fleets = _sums((item.fleet, item.seconds) for item in self._left.values() if item.fleet != mine.fleet)
        return of_fleet + sum(min(of_fleet, seconds) for seconds in fleets)


def _sums(shares: Iterable[tuple[int | None, float]]) -> list[float]:
    total: dict[int | None, float] = {}
    for whose, seconds in shares:
        total[whose] = total.get(whose, 0.0) + seconds
    return list(total.values())


def _segments() -> Any:
    return apps.get_model("sightings", "Segment").objects


def _left() -> list[Left]:
    trips = (
        _unread()
        .filter(run__is_current=True, run__video__trip__paused=False)
        .values_list(
            "run__video__trip", "run__video__fleet", "run__video__trip__created_by", "run__video__trip__priority"
        )
    )
    rows = trips.annotate(oldest=Min("pk"), seconds=_seconds(), readers=_readers())
    return [Left(*row) for row in rows.order_by()]


def _again() -> list[Again]:
    jobs = _unread().filter(run__is_current=False, run__reprocess__paused=False).values_list("run__reprocess")
    return [Again(*row) for row in jobs.annotate(seconds=_seconds(), readers=_readers()).order_by()]


def _unread() -> Any:
    return _segments().filter(state__in=["queued", "leased"], run__state__in=OPEN_RUNS)


def _seconds() -> Sum:
    rest = (F("end_s") - F("start_s")) * (1.0 - F("progress"))
    return Sum(rest, output_field=FloatField())


def _readers() -> Count:
    return Count("pk", filter=Q(state="leased", lease_expires_at__gt=timezone.now()))


def _pace() -> float | None:
    """Video seconds per second of a reader, over the segments begun last, the unfinished ones as far as they are."""
    telling = Q(state="done", finished_at__isnull=False) | Q(state="leased", progress__gte=TELLING)
    begun = _segments().filter(telling, started_at__isnull=False).order_by("-started_at")[:LATELY]
    read = passed = 0.0
    for start, end, progress, started, finished in begun.values_list(
        "start_s", "end_s", "progress", "started_at", "finished_at"
    ):
        read += (end - start) * progress
        passed += ((finished or timezone.now()) - started).total_seconds()
    return read / passed if read > 0 and passed > 0 else None
