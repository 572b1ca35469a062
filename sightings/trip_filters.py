"""Filters on trips, the same for the page, its calendar, its map and the coverage: words of a URL in, a query out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext

from sightings.errors import BadQuery
from sightings.filters import key_of
from sightings.models import Track, Trip, TripState

GPS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class TripFilters:
    """What was asked for; None and "" leave that side open. Days are those of the current time zone, both included."""

    vehicle: int | None = None
    first: date | None = None
    last: date | None = None
    state: str = ""
    gps: str = ""

    @property
    def any(self) -> bool:
        return self != TripFilters()

    @property
    def start(self) -> datetime | None:
        return _midnight(self.first) if self.first else None

    @property
    def end(self) -> datetime | None:
        return _midnight(self.last + timedelta(days=1)) if self.last else None

    def on(self, first: date | None, last: date | None) -> TripFilters:
        """The same on other days."""
        return replace(self, first=first, last=last)

    def query(self) -> str:
        """As it stands in a URL, without the question mark."""
        words = {"vehicle": self.vehicle, "from": self.first, "to": self.last, "state": self.state, "gps": self.gps}
        return urlencode({name: word for name, word in words.items() if word})


def parse(words: Mapping[str, str]) -> TripFilters:
    """Read the filters out of a query string. Raises BadQuery, naming the word that cannot be understood."""
    vehicle = words.get("vehicle", "").strip()
    if vehicle and key_of(vehicle) is None:
        raise BadQuery(gettext("`%(name)s` must be a number.") % {"name": "vehicle"})
    state, gps = words.get("state", ""), words.get("gps", "")
    if state and state not in TripState.values:
        told = gettext("`%(name)s` must be one of %(values)s.")
        raise BadQuery(told % {"name": "state", "values": ", ".join(TripState.values)})
    if gps and gps not in GPS:
        raise BadQuery(gettext("`gps` must be yes or no."))
    return TripFilters(int(vehicle) if vehicle else None, day(words, "from"), day(words, "to"), state, gps)


def narrow(trips: QuerySet[Trip], filters: TripFilters) -> QuerySet[Trip]:
    """The trips that the filters let through; with days given, those whose time is not known are left out."""
    if filters.vehicle is not None:
        trips = trips.filter(vehicle=filters.vehicle)
    if filters.start is not None:
        trips = trips.filter(started_at__gte=filters.start)
    if filters.end is not None:
        trips = trips.filter(started_at__lt=filters.end)
    if filters.state:
        trips = trips.filter(state=filters.state)
    if filters.gps:
        placed = Exists(Track.objects.filter(video__trip=OuterRef("pk")))
        trips = trips.filter(placed if GPS[filters.gps] else ~placed)
    return trips


def day(words: Mapping[str, str], name: str) -> date | None:
    """A day out of a query string; None where it names none. Raises BadQuery."""
    typed = words.get(name, "").strip()
    if not typed:
        return None
    try:
        found = parse_date(typed)
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year <= 9000:
        raise BadQuery(gettext("`%(name)s` must be a day like 2026-05-01.") % {"name": name})
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
