"""Filters on the log, the same for pages and API: words of a URL in, a narrowed queryset out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.dateparse import parse_date, parse_datetime

from sightings import plate_query
from sightings.errors import BadQuery
from sightings.models import ReviewState, Sighting
from sightings.plate_query import PlateQuery
from sightings.querysets import SightingQuerySet
from sightings.selectors import Person, plate_ids_for

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SightingFilters:
    """What was asked for; None leaves that side open."""

    plate: PlateQuery | None = None
    start: datetime | None = None
    end: datetime | None = None
    trip: int | None = None
    vehicle: int | None = None
    region: str = ""
    min_confidence: float | None = None
    review_state: str = ""
    flagged: bool | None = None
    doubtful: bool | None = None
    bbox: Bounds | None = None  # west, south, east, north


def parse(words: Mapping[str, str]) -> SightingFilters:
    """Read the filters out of a query string. Raises BadQuery, naming the word that cannot be understood."""
    return SightingFilters(
        plate=_plate(words.get("plate", ""), _flag(words, "fuzzy")),
        start=_moment(words, "from"),
        end=_moment(words, "to"),
        trip=_whole(words, "trip"),
        vehicle=_whole(words, "vehicle"),
        region=words.get("region", "").strip().lower(),
        min_confidence=_unit(words, "min_confidence"),
        review_state=_state(words.get("review_state", "")),
        flagged=_flag(words, "flagged"),
        doubtful=_flag(words, "doubtful"),
        bbox=_bounds(words.get("bbox", "")),
    )


def narrow(found: SightingQuerySet[Sighting], filters: SightingFilters, user: Person) -> SightingQuerySet[Sighting]:
    """The sightings among `found` that the filters let through."""
    found = found.during(filters.start, filters.end)
    if filters.plate is not None:
        found = found.filter(plate__in=plate_ids_for(user, filters.plate))
    if filters.trip is not None:
        found = found.filter(trip=filters.trip)
    if filters.vehicle is not None:
        found = found.filter(trip__vehicle=filters.vehicle)
    if filters.region:
        found = found.filter(region=filters.region)
    if filters.min_confidence is not None:
        found = found.filter(confidence__gte=filters.min_confidence)
    if filters.review_state:
        found = found.filter(review_state=filters.review_state)
    if filters.flagged is not None:
        found = found.filter(flagged=filters.flagged)
    if filters.doubtful:
        found = found.doubtful()
    if filters.bbox is not None:
        west, south, east, north = filters.bbox
        found = found.within(south, west, north, east)
    return found


def _plate(typed: str, fuzzy: bool | None) -> PlateQuery | None:
    """A plain text means exactly that plate, unless `fuzzy` lets one character differ."""
    if not typed.strip():
        return None
    query = plate_query.parse(typed)
    if query.kind == "near" and not fuzzy:
        return PlateQuery("exact", query.text, f"Exactly {query.text}.")
    return query


def _moment(words: Mapping[str, str], name: str) -> datetime | None:
    """An ISO 8601 moment, or a day, which begins at midnight; without a zone it is UTC."""
    typed = words.get(name, "").strip().replace(" ", "+")  # a + in a URL arrives as a space
    if not typed:
        return None
    try:
        moment = parse_datetime(typed)
        day = parse_date(typed) if moment is None else None
    except ValueError as error:
        raise BadQuery(f"`{name}` names no day or hour that exists.") from error
    if day is not None:
        moment = datetime(day.year, day.month, day.day)
    if moment is None:
        raise BadQuery(f"`{name}` must be a time like 2026-05-01T12:00:00Z, or a day.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whole(words: Mapping[str, str], name: str) -> int | None:
    typed = words.get(name, "").strip()
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > 18:
        raise BadQuery(f"`{name}` must be a number.")
    return int(typed)


def _unit(words: Mapping[str, str], name: str) -> float | None:
    typed = words.get(name, "").strip()
    if not typed:
        return None
    value = _number(typed, name)
    if not 0.0 <= value <= 1.0:
        raise BadQuery(f"`{name}` must lie between 0 and 1.")
    return value


def _number(typed: str, name: str) -> float:
    try:
        return float(typed)
    except ValueError as error:
        raise BadQuery(f"`{name}` must be a number.") from error


def _flag(words: Mapping[str, str], name: str) -> bool | None:
    typed = words.get(name, "").strip().lower()
    if not typed:
        return None
    if typed not in ("true", "false", "1", "0"):
        raise BadQuery(f"`{name}` must be true or false.")
    return typed in ("true", "1")


def _state(typed: str) -> str:
    if typed and typed not in ReviewState.values:
        raise BadQuery(f"`review_state` must be one of {', '.join(ReviewState.values)}.")
    return typed


def _bounds(typed: str) -> Bounds | None:
    if not typed.strip():
        return None
    numbers = [_number(part, "bbox") for part in typed.split(",")]
    if len(numbers) != 4 or numbers[1] > numbers[3]:
        raise BadQuery("`bbox` must be four numbers: west,south,east,north in degrees.")
    return numbers[0], numbers[1], numbers[2], numbers[3]
