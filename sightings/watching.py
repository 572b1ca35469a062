"""What an entry of a watchlist means, by which keys a seen plate finds it, and under which conditions it counts.

A whole plate, with look-alikes or one wrong character if wished, or a pattern of ? and *; matched as search matches.
Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice

from django.utils.translation import gettext

from recognition.plates import deletion_keys, lookalike_key, lookalikes
from sightings import plate_query
from sightings.errors import BadQuery
from sightings.plate_query import LONGEST, SHORTEST_NEAR, PlateQuery

MOST_SHOWN = 24  # misreads that are listed


@dataclass(frozen=True, slots=True)
class Conditions:
    """Times are those of `zone`; `area` has corners (lon, lat). What is empty lets everything through."""

    from_time: time | None
    to_time: time | None
    weekdays: frozenset[int]
    zone: tzinfo
    area: tuple[tuple[float, float], ...]
    vehicles: frozenset[int]

    def met(self, seen_at: datetime | None, lat: float | None, lon: float | None, vehicle: int | None) -> bool:
        """What is not known of a sighting meets no condition on it."""
        if self.vehicles and vehicle not in self.vehicles:
            return False
        if self.area and (lat is None or lon is None or not inside(self.area, lat, lon)):
            return False
        if not self.weekdays and self.from_time is None and self.to_time is None:
            return True
        return seen_at is not None and self._at(seen_at.astimezone(self.zone))

    def _at(self, moment: datetime) -> bool:
        """A span beyond midnight belongs to the weekday on which it begins."""
        start, end, now, day = self.from_time or time.min, self.to_time, moment.time(), moment
        if end is not None and end <= start:
            if now < end:
                day -= timedelta(days=1)
            elif now < start:
                return False
        elif now < start or (end is not None and now >= end):
            return False
        return not self.weekdays or day.weekday() in self.weekdays


def inside(corners: tuple[tuple[float, float], ...], lat: float, lon: float) -> bool:
    """Whether a line from the place to the east crosses an odd number of sides, as `SightingQuerySet.inside` counts."""
    crossed = 0
    for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
        (lon1, lat1), (lon2, lat2) = (a, b) if a[1] <= b[1] else (b, a)
        crossed += lat1 <= lat < lat2 and lon < lon1 + (lat - lat1) * (lon2 - lon1) / (lat2 - lat1)
    return crossed % 2 == 1


@lru_cache(maxsize=20_000)
def meanings(pattern: str, alike: bool, near: bool) -> tuple[PlateQuery, ...]:
    """What an entry accepts: any of these. Raises BadQuery."""
    typed = plate_query.parse(pattern)
    if typed.kind == "regex":
        raise BadQuery(gettext("A watchlist takes plates and patterns with ? and *, no regular expressions."))
    if typed.kind in ("prefix", "wildcard"):
        if alike or near:
            raise BadQuery(gettext("A pattern leaves characters open already: accept misreads of whole plates only."))
        return (typed,)
    if len(typed.text) > LONGEST:
        raise BadQuery(gettext("No plate is that long: %(most)s characters at most.") % {"most": LONGEST})
    if near and len(typed.text) < SHORTEST_NEAR:
        raise BadQuery(gettext("With fewer than four characters, one wrong one would let nearly every plate through."))
    found = [plate_query.parse(f"={typed.text}")]
    found += [plate_query.parse(f"~{typed.text}")] if alike else []
    found += [plate_query.parse(typed.text)] if near else []
    return tuple(found)


def pattern_of(accepted: tuple[PlateQuery, ...]) -> str:
    """The pattern in normal form."""
    return f"{accepted[0].text}*" if accepted[0].kind == "prefix" else accepted[0].text


def entry_of(query: PlateQuery) -> dict[str, str]:
    """The words of an entry that accepts what a search meant; empty where none can."""
    if query.kind in ("far", "regex"):
        return {}
    marks: dict[str, str] = {query.kind: "1"} if query.kind in ("alike", "near") else {}
    return {"pattern": pattern_of((query,)), **marks}


def accepts(accepted: Iterable[PlateQuery], text: str) -> bool:
    return any(plate_query.matches(query, text) for query in accepted)


def keys_of(accepted: Iterable[PlateQuery]) -> set[str]:
    """The keys of an entry. Every text that it accepts has at least one of them among its `keys_for`."""
    keys = set[str]()
    for query in accepted:
        if query.kind == "near":
            keys |= {f"-{key}" for key in deletion_keys(query.text)}
        elif query.kind == "alike":
            keys.add(f"~{lookalike_key(query.text)}")
        elif query.kind == "exact":
            keys.add(f"={query.text}")
        else:
            keys.add(f"^{query.text.partition('*')[0].partition('?')[0]}")
    return keys


def keys_for(text: str) -> set[str]:
    """The keys under which the entries for a seen plate are found."""
    begins = {f"^{text[:length]}" for length in range(len(text) + 1)}
    return {f"={text}", f"~{lookalike_key(text)}"} | {f"-{key}" for key in deletion_keys(text)} | begins


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an entry would accept, for people. `near` lists patterns in which ? is any one character."""

    pattern: str
    explanation: str
    alike: list[str]
    alike_count: int
    near: list[str]


def explain(pattern: str, alike: bool, near: bool) -> Accepted:
    """Raises BadQuery."""
    queries = meanings(pattern, alike, near)
    text = pattern_of(queries)
    others = [other for other in islice(lookalikes(text), plate_query.MOST_ALIKE) if other != text] if alike else []
    changed = [f"{text[:i]}?{text[i + 1 :]}" for i in range(len(text))] if near else []
    shorter = sorted(deletion_keys(text) - {text}) if near else []
    said = queries[-1].explanation if not (alike and near) else f"{queries[1].explanation} {queries[2].explanation}"
    return Accepted(text, said, others[:MOST_SHOWN], len(others), changed + shorter)
