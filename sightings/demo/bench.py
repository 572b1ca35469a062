"""How long searches take: the calls that pages and API make, with questions drawn from a fleet's own log."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from django.db.models import Max, Min
from django.test import RequestFactory
from rest_framework.pagination import Cursor
from rest_framework.request import Request

from sightings import results, selectors
from sightings.api.pagination import SightingPages
from sightings.filters import SightingFilters
from sightings.models import Fleet, Sighting, User

SYMBOLS = "ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789"
ROWS = 200  # of a map or list of results, at most
AREA = 0.02  # degrees on each side of a sighting: a quarter of a city
TARGETS_MS = {
    "exact": 5, "prefix": 50, "wildcard": 50, "one wrong": 20, "two wrong": 150, "area and week": 50, "histogram": 200,
}  # fmt: skip
WARM_UP = 5

Ask = Callable[[], int]  # does one query and says how many rows came back


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of one kind of query."""

    queries: int
    p50_ms: float
    p95_ms: float
    cpu_p95_ms: float  # spent in this process: on SQLite all of it, whatever else the machine was doing
    rows: float  # mean number that came back

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


class Bench:
    """Asks on behalf of one person."""

    def __init__(self, fleet: Fleet, person: User, queries: int, seed: int) -> None:
        self.person, self.queries, self.rng = person, queries, random.Random(seed)
        first, last = Sighting.objects.filter(fleet=fleet).aggregate(a=Min("pk"), b=Max("pk")).values()
        drawn = [self.rng.randint(first, last) for _ in range(2 * queries)]
        rows = Sighting.objects.filter(fleet=fleet, pk__in=drawn, plate__isnull=False, lat__isnull=False)
        self.drawn = list(rows.select_related("plate"))
        self.rng.shuffle(self.drawn)

    def run(self) -> Iterator[tuple[str, Figures]]:
        """Kind by kind."""
        kinds: dict[str, Callable[[Sighting], Ask]] = {
            "exact": lambda row: self._search(f"={text_of(row)}"),
            "prefix": lambda row: self._search(f"{text_of(row)[:4]}*"),
            "wildcard": lambda row: self._search(self._gap(text_of(row))),
            "ending": lambda row: self._search(f"*{text_of(row)[-4:]}"),
            "one wrong": lambda row: self._search(self._wrong(text_of(row))),
            "two wrong": lambda row: self._search(f"~~{self._wrong(self._wrong(text_of(row)))}"),
            "look-alikes": lambda row: self._search(f"~{text_of(row)}"),
            "area and week": self._area,
            "histogram": self._histogram,
            "first page": lambda _: self._page(None),
            "deep page": lambda row: self._page(row.pk),
            "doubtful count": lambda _: lambda: selectors.doubtful_count(self.person),
        }
        for kind, asked in kinds.items():
            asks = [asked(self.drawn[i % len(self.drawn)]) for i in range(self.queries)]
            yield kind, measure(asks)

    def _search(self, typed: str) -> Ask:
        return lambda: len(selectors.search(self.person, typed).matches)

    def _gap(self, text: str) -> str:
        place = self.rng.randrange(2, len(text)) if len(text) > 2 else len(text) - 1
        return f"{text[:place]}?{text[place + 1 :]}"

    def _wrong(self, text: str) -> str:
        place = self.rng.randrange(len(text))
        return text[:place] + self.rng.choice(SYMBOLS.replace(text[place], "")) + text[place + 1 :]

    def _area(self, row: Sighting) -> Ask:
        lat, lon, seen = cast(float, row.lat), cast(float, row.lon), cast(datetime, row.seen_at)
        start = seen - timedelta(days=7 * self.rng.random())
        bounds = (lon - AREA, lat - AREA, lon + AREA, lat + AREA)
        asked = SightingFilters(start=start, end=start + timedelta(days=7), bbox=bounds)
        return lambda: len(results.listed(self.person, asked, limit=ROWS))

    def _histogram(self, row: Sighting) -> Ask:
        """Of the whole log, of a month, of one country."""
        start = cast(datetime, row.seen_at) - timedelta(days=15)
        some = (
            SightingFilters(),
            SightingFilters(start=start, end=start + timedelta(days=30)),
            SightingFilters(regions=(row.region,)),
        )
        asked = self.rng.choice(some)
        return lambda: len(results.histogram(self.person, asked, UTC).days)

    def _page(self, before: int | None) -> Ask:
        """A page of the API; `before`: one that begins in the middle of the log."""
        pages = SightingPages()
        words = {"cursor": cursor_at(before)} if before is not None else {}
        request = Request(RequestFactory(SERVER_NAME="localhost").get("/api/v1/sightings/", words))
        return lambda: len(pages.paginate_queryset(self._log(), request) or [])

    def _log(self) -> Any:
        return selectors.sightings_for(self.person)


def cursor_at(pk: int) -> str:
    """The cursor of the page that begins after a sighting, as the API would have given it out."""
    pages = SightingPages()
    pages.base_url = ""
    link = pages.encode_cursor(Cursor(offset=0, reverse=False, position=pk))
    return parse_qs(urlsplit(link).query)["cursor"][0]


def text_of(row: Sighting) -> str:
    return row.plate.text if row.plate else ""


def measure(asks: list[Ask]) -> Figures:
    """Ask one after the other; the first few are asked before, so that the database is awake."""
    for ask in asks[:WARM_UP]:
        ask()
    times, spent, rows = [], [], 0
    for ask in asks:
        began, began_cpu = time.perf_counter(), time.process_time()
        rows += ask()
        times.append(time.perf_counter() - began)
        spent.append(time.process_time() - began_cpu)
    return Figures(len(times), _ms(times, 0.5), _ms(times, 0.95), _ms(spent, 0.95), round(rows / len(times), 1))


def _ms(seconds: list[float], share: float) -> float:
    return round(1000.0 * sorted(seconds)[round(share * (len(seconds) - 1))], 2)
