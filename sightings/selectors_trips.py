"""Reads that only the trips page needs: its calendar and its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from sightings.models import Camera, Track, Trip

MONTHS = 12
SHADES = (15, 45, 90)  # minutes of driving from which on a day gets the next darker shade
LINE_POINTS = 200  # of a trip on the map


@dataclass(frozen=True, slots=True)
class Day:
    """`shade` is 0 where nobody drove, then 1 to 4."""

    day: date
    trips: int
    seconds: float

    @property
    def shade(self) -> int:
        return 1 + sum(self.seconds / 60 >= minutes for minutes in SHADES) if self.trips else 0


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    last: date
    days: list[Day]
    trips: int
    seconds: float

    @property
    def blank(self) -> int:
        """Days of the week before its first."""
        return self.first.weekday()


def driven_days(trips: QuerySet[Trip]) -> dict[date, Day]:
    """Days of the current time zone on which anybody drove."""
    counted = Sum("videos__duration_s", filter=~Q(videos__camera=Camera.REAR))
    rows = trips.exclude(started_at=None).order_by().annotate(driven=counted).values_list("started_at", "driven")
    found: dict[date, Day] = {}
    for started_at, seconds in rows:
        day = timezone.localtime(started_at).date()
        before = found.get(day, Day(day, 0, 0.0))
        found[day] = Day(day, before.trips + 1, before.seconds + (seconds or 0.0))
    return found


def months(days: dict[date, Day], until: date | None = None) -> list[Month]:
    """A year of months up to `until`, else to the last one in which anybody drove."""
    last = (until or max(days, default=timezone.localdate())).replace(day=1)
    firsts = [last]
    while len(firsts) < MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return [_month(first, days) for first in reversed(firsts)]


def _month(first: date, days: dict[date, Day]) -> Month:
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    whole = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    shown = [days.get(day, Day(day, 0, 0.0)) for day in whole]
    return Month(first, last, shown, sum(day.trips for day in shown), sum(day.seconds for day in shown))


def lines(trips: Iterable[Trip]) -> dict[str, Any]:
    """The trips' lines as GeoJSON, thinned out; one line for each video that has positions."""
    named = {trip.pk: trip for trip in trips}
    parts: dict[int, list[list[list[float]]]] = defaultdict(list)
    tracks = Track.objects.filter(video__trip__in=named).exclude(video__camera=Camera.REAR)
    for trip, points in tracks.order_by("video__started_at").values_list("video__trip", "points"):
        step = max(1, len(points) // LINE_POINTS)
        placed = [point for point in [*points[::step], *points[-1:]] if point[1] is not None]
        line = [[round(point[2], 5), round(point[1], 5)] for point in placed]
        if len(line) > 1:
            parts[trip].append(line)
    features = [
        {
            "type": "Feature",
            "id": pk,
            "geometry": {"type": "MultiLineString", "coordinates": coordinates},
            "properties": {"name": named[pk].name},
        }
        for pk, coordinates in parts.items()
    ]
    return {"type": "FeatureCollection", "features": features}
