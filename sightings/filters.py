"""Filters on the log, the same for pages and API: words of a URL in, a narrowed queryset out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext

from sightings import plate_query
from sightings.errors import BadQuery
from sightings.models import ReviewState, Sighting
from sightings.plate_query import PlateQuery
from sightings.querysets import SightingQuerySet
from sightings.selectors import Person, plates_meant

Bounds = tuple[float, float, float, float]
Area = tuple[tuple[float, float], ...]
# Every word of a URL that narrows the log.
WORDS = (
    "q", "plate", "fuzzy", "from", "to", "trip", "vehicle", "region", "min_confidence", "max_confidence",
    "review_state", "flagged", "doubtful", "bbox", "area", "zone",
)  # fmt: skip
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)  # Python's float() takes more
MOST_CORNERS = 60
MOST_CHOICES = 50


@dataclass(frozen=True, slots=True)
class SightingFilters:
    """What was asked for; None leaves that side open."""

    plate: PlateQuery | None = None
    start: datetime | None = None
    end: datetime | None = None
    trip: int | None = None
    vehicles: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    min_confidence: float | None = None
    max_confidence: float | None = None
    review_states: tuple[str, ...] = ()
    flagged: bool | None = None
    doubtful: bool | None = None
    bbox: Bounds | None = None  # west, south, east, north
    area: Area = ()  # corners (lon, lat) of a polygon


def words_of(query: QueryDict) -> dict[str, str]:
    """The words of a URL that narrow the log; one that stands there several times has all its values, with commas."""
    given = ((name, ",".join(part for part in query.getlist(name) if part.strip())) for name in WORDS)
    return {name: value for name, value in given if value}


def parse(words: Mapping[str, str], zone: tzinfo = UTC) -> SightingFilters:
    """Read the filters out of a URL's words; a day, or a time without a zone, is meant in `zone`, or that they name.

    Raises BadQuery, naming the word that cannot be understood.
    """
    zone = zone_of(words, zone)
    typed, fuzzy = words.get("q", "").strip(), _flag(words, "fuzzy")
    return SightingFilters(
        plate=plate_query.parse(typed) if typed else _plate(words.get("plate", ""), fuzzy),
        start=_moment(words, "from", zone),
        end=_moment(words, "to", zone),
        trip=_whole(words.get("trip", ""), "trip"),
        vehicles=tuple(number for part in _list(words, "vehicle") if (number := _whole(part, "vehicle")) is not None),
        regions=tuple(part.lower() for part in _list(words, "region")),
        min_confidence=_unit(words, "min_confidence"),
        max_confidence=_unit(words, "max_confidence"),
        review_states=tuple(_state(part) for part in _list(words, "review_state")),
        flagged=_flag(words, "flagged"),
        doubtful=_flag(words, "doubtful"),
        bbox=_bounds(words.get("bbox", "")),
        area=area_of(words.get("area", "")),
    )


def narrow(found: SightingQuerySet[Sighting], filters: SightingFilters, user: Person) -> SightingQuerySet[Sighting]:
    """The sightings among `found` that the filters let through."""
    found = found.during(filters.start, filters.end)
    if filters.plate is not None:
        found = found.filter(plate__in=plates_meant(user, filters.plate))
    if filters.trip is not None:
        found = found.filter(trip=filters.trip)
    if filters.vehicles:
        found = found.filter(trip__vehicle__in=filters.vehicles)
    if filters.regions:
        found = found.filter(region__in=filters.regions)
    if filters.min_confidence is not None:
        found = found.filter(confidence__gte=filters.min_confidence)
    if filters.max_confidence is not None:
        found = found.filter(confidence__lte=filters.max_confidence)
    if filters.review_states:
        found = found.filter(review_state__in=filters.review_states)
    if filters.flagged is not None:
        found = found.filter(flagged=filters.flagged)
    if filters.doubtful:
        found = found.doubtful()
    if filters.bbox is not None:
        west, south, east, north = filters.bbox
        found = found.within(south, west, north, east)
    if filters.area:
        found = found.inside(filters.area)
    return found


def _plate(typed: str, fuzzy: bool | None) -> PlateQuery | None:
    """A plain text means exactly that plate, unless `fuzzy` lets one character differ."""
    if not typed.strip():
        return None
    query = plate_query.parse(typed)
    if query.kind == "near" and not fuzzy:
        return PlateQuery("exact", query.text, gettext("Exactly %(text)s.") % {"text": query.text})
    return query


def _moment(words: Mapping[str, str], name: str, zone: tzinfo) -> datetime | None:
    """An ISO 8601 moment, or a day, which begins at midnight."""
    typed = words.get(name, "").strip().replace(" ", "+")  # a + in a URL arrives as a space
    if not typed:
        return None
    try:
        moment = parse_datetime(typed)
        day = parse_date(typed) if moment is None else None
    except ValueError as error:
        raise BadQuery(gettext("`%(name)s` names no day or hour that exists.") % {"name": name}) from error
    if day is not None:
        moment = datetime(day.year, day.month, day.day)
    if moment is None or not 1900 <= moment.year <= 9000:  # so that no time zone leads beyond what a date can be
        raise BadQuery(gettext("`%(name)s` must be a time like 2026-05-01T12:00:00Z, or a day.") % {"name": name})
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _list(words: Mapping[str, str], name: str) -> list[str]:
    """Values with commas between them."""
    parts = [part.strip() for part in words.get(name, "").split(",") if part.strip()]
    if len(parts) > MOST_CHOICES:
        raise BadQuery(gettext("`%(name)s` takes %(most)s values at most.") % {"name": name, "most": MOST_CHOICES})
    return parts


def key_of(typed: str) -> int | None:
    """The key of a row out of a form or an address; None for what cannot be one."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None


def _whole(typed: str, name: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if (number := key_of(typed)) is None:
        raise BadQuery(gettext("`%(name)s` must be a number.") % {"name": name})
    return number


def _unit(words: Mapping[str, str], name: str) -> float | None:
    typed = words.get(name, "").strip()
    if not typed:
        return None
    value = _number(typed, name)
    if not 0.0 <= value <= 1.0:
        raise BadQuery(gettext("`%(name)s` must lie between 0 and 1.") % {"name": name})
    return value


def zone_of(words: Mapping[str, str], otherwise: tzinfo = UTC) -> tzinfo:
    """The time zone that is named. Raises BadQuery."""
    name = words.get("zone", "").strip()
    if name and name not in zones():
        raise BadQuery(gettext("`zone` must be a time zone like Europe/Bucharest."))
    return ZoneInfo(name) if name else otherwise


@cache
def zones() -> frozenset[str]:
    """Those that both databases know too; the machine's own aliases are not among them."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def zoom_of(words: Mapping[str, str]) -> float:
    """Of a map; the country's where none is named."""
    typed = words.get("zoom", "").strip()
    return min(22.0, max(0.0, _number(typed, "zoom"))) if typed else 5.0


def _number(typed: str, name: str) -> float:
    typed = typed.strip()
    value = float(typed) if NUMBER.fullmatch(typed) else math.nan
    if not math.isfinite(value):
        raise BadQuery(gettext("`%(name)s` must be a number.") % {"name": name})
    return value


def _flag(words: Mapping[str, str], name: str) -> bool | None:
    typed = words.get(name, "").strip().lower()
    if not typed:
        return None
    if typed not in ("true", "false", "1", "0"):
        raise BadQuery(gettext("`%(name)s` must be true or false.") % {"name": name})
    return typed in ("true", "1")


def _state(typed: str) -> str:
    if typed not in ReviewState.values:
        words = gettext("`%(name)s` must be one of %(values)s.")
        raise BadQuery(words % {"name": "review_state", "values": ", ".join(ReviewState.values)})
    return typed


def _bounds(typed: str) -> Bounds | None:
    if not typed.strip():
        return None
    numbers = [_number(part, "bbox") for part in typed.split(",")]
    if len(numbers) != 4 or numbers[1] > numbers[3]:
        raise BadQuery(gettext("`bbox` must be four numbers: west,south,east,north in degrees."))
    return numbers[0], numbers[1], numbers[2], numbers[3]


def area_of(typed: str) -> Area:
    """`lon,lat;lon,lat;…`: the corners of an area, in order."""
    if not typed.strip():
        return ()
    corners = [[_number(part, "area") for part in corner.split(",")] for corner in typed.strip(" ;").split(";")]
    sound = all(len(one) == 2 and abs(one[0]) <= 180.0 and abs(one[1]) <= 90.0 for one in corners)
    if not sound or not 3 <= len(corners) <= MOST_CORNERS:
        words = gettext("`area` must be 3 to %(most)s corners in degrees: lon,lat;lon,lat;lon,lat.")
        raise BadQuery(words % {"most": MOST_CORNERS})
    return tuple((lon, lat) for lon, lat in corners)
