"""Reads for the story of one plate: where, when and by whom it was met, what else may be it, and what goes with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.dates import WEEKDAYS

from recognition.plates import UNREADABLE, deletion_keys, lookalike_key, lookalikes
from recognition.telemetry.track import distance_m
from recognition.types import GpsPoint
from sightings import plate_query, selectors
from sightings.cotravel import LEAST_TRIPS, Passing, Rates, Together, busiest, joint_trips, travel_together
from sightings.models import CAR_FIELDS, CorrectionBatch, Plate, PlateKey, ReviewState, Sighting, Trip
from sightings.plate_query import PlateQuery
from sightings.querysets import SightingQuerySet
from sightings.selectors import Person
from sightings.zones import zone_or_utc

MOST_PLACES = 1000  # latest sightings on the map
MOST_HOURS = 20_000  # latest sightings that the table of hours counts
MOST_TRIPS = 12
MOST_VARIANTS = 8
MOST_PASSINGS = 3000  # rows that tell where and when companions were met
MOST_ALIKE = 500  # texts that are asked for
MOST_CANDIDATES = 60  # like texts that are looked at
MOST_OF_EACH = 200  # sightings of each plate that are compared
FASTEST_M_S = 70.0  # who would have had to drive faster is two cars
SAME_PASSAGE_S = 600.0
NEAR_S = 120.0  # within which two plates of one trip count as met together
MEETINGS = 30  # latest trips that tell of co-travel
CELLS = 4  # of resolution 7, some 5 km², in which most of them lie
ROWS_OF_CELL = 1000  # latest sightings that tell how often the fleet passes there
SHOWN_MEETINGS = 5

ON_MAP = (
    "lat", "lon", "heading", "seen_at", "plate_raw", "plate_corrected", "crop", "confidence", "flagged", "review_state",
    *CAR_FIELDS,
)  # fmt: skip
Seen = tuple[int, datetime | None, float | None, float | None, int | None, int, int, float, float]
SEEN = ("plate", "seen_at", "lat", "lon", "h3_r7", "trip", "video", "first_seen_s", "last_seen_s")


@dataclass(frozen=True, slots=True)
class Hours:
    """How often a plate was met in each hour of each weekday, Monday first, on one zone's clock."""

    zone: str
    rows: list[tuple[str, list[int]]]
    most: int
    counted: int


def _of(person: Person, plates: Iterable[int]) -> SightingQuerySet[Sighting]:
    """The log of some plates that this person may see.

    Reached through the plates: with the fleet named beside them, SQLite would read the fleet's whole log.
    """
    visible = Plate.objects.visible_to(person).filter(pk__in=list(plates))
    return Sighting.objects.current().filter(plate__in=visible).order_by()


def history(person: Person, plate: Plate) -> SightingQuerySet[Sighting]:
    """Where and when a plate was met, newest first, with what a list shows of each."""
    return _of(person, [plate.pk]).prefetch_related("fleet", "trip__vehicle", "video", "plate").newest_first()


def hours(person: Person, plate: Plate, zone: tzinfo) -> Hours:
    """By hour and weekday on the clock of a zone; the latest MOST_HOURS sightings."""
    seen = _of(person, [plate.pk]).filter(seen_at__isnull=False).newest_first()
    counts = Counter[tuple[int, int]]()
    for at in seen.values_list("seen_at", flat=True)[:MOST_HOURS]:
        if at is not None:
            there = at.astimezone(zone)
            counts[there.weekday(), there.hour] += 1
    rows = [(str(name), [counts[day, hour] for hour in range(24)]) for day, name in WEEKDAYS.items()]
    return Hours(str(zone), rows, max(counts.values(), default=0), sum(counts.values()))


def places(person: Person, plate: Plate) -> list[Sighting]:
    """The latest sightings that have a place, for the map, oldest first."""
    seen = _of(person, [plate.pk]).filter(lat__isnull=False).newest_first()
    return list(reversed(seen.only(*ON_MAP)[:MOST_PLACES]))


def trips_of(person: Person, plate: Plate) -> list[dict[str, Any]]:
    """The latest trips that met the plate: trip, name, vehicle, how often, and when first."""
    seen = _of(person, [plate.pk])
    rows = seen.values("trip", "trip__name", "trip__vehicle__name")
    counted = rows.annotate(count=Count("pk"), first=Min("seen_at"), latest=Max("pk")).order_by("-latest")
    return [dict(row) for row in counted[:MOST_TRIPS]]


def vehicles_of(person: Person, plate: Plate) -> list[dict[str, Any]]:
    """By which of the fleet's vehicles the plate was met, most often first: how often, and on how many trips."""
    seen = _of(person, [plate.pk])
    rows = seen.values("trip__vehicle", "trip__vehicle__name")
    counted = rows.annotate(count=Count("pk"), trips=Count("trip", distinct=True))
    return [dict(row) for row in counted.order_by("-count", "trip__vehicle")]


@dataclass(frozen=True, slots=True)
class Variant:
    """Another text that may be the same plate. `why` says how it differs; `nearby` of its sightings fit in place."""

    plate: Plate
    why: str
    sightings: int
    nearby: int
    same_passage: int  # sightings within minutes of one of the plate, on the same trip
    free: int  # sightings on which no person has said anything: what a merge corrects


def variants(person: Person, plate: Plate) -> list[Variant]:
    """Near-duplicate reads that may be this plate, likeliest first.

    A candidate is a text of the same fleet that differs by look-alikes or by one character. It is left out where both
    were seen in one picture, or so soon after each other that one car would have had to drive faster than FASTEST_M_S;
    and where the two were never met in the same cell of some 5 km².
    """
    # Two questions rather than one with OR, for which the databases would read every plate of the fleet.
    keys = PlateKey.objects.visible_to(person).filter(fleet=plate.fleet_id, key__in=sorted(deletion_keys(plate.text)))
    plates = Plate.objects.visible_to(person).filter(fleet=plate.fleet_id)
    alike = plates.filter(text__in=list(islice(lookalikes(plate.text), MOST_ALIKE)))
    near = {*keys.values_list("plate", flat=True), *alike.values_list("pk", flat=True)} - {plate.pk}
    found = Plate.objects.visible_to(person).filter(pk__in=sorted(near)[:MOST_ALIKE])
    counted = selectors.with_counts(found)
    query = PlateQuery("near", plate.text, "")
    likely = [
        one
        for one in counted.order_by("text")[: 4 * MOST_CANDIDATES]
        if lookalike_key(one.text) == lookalike_key(plate.text) or plate_query.matches(query, one.text)
    ][:MOST_CANDIDATES]
    if not likely:
        return []
    own = _seen(person, [plate.pk])
    theirs = _seen(person, [one.pk for one in likely])
    free = dict(
        Sighting.objects.current().filter(plate__in=likely, review_state=ReviewState.UNREVIEWED).order_by()
        .values_list("plate").annotate(n=Count("pk"))
    )  # fmt: skip
    judged = [_judged(one, plate, own, [row for row in theirs if row[0] == one.pk], free) for one in likely]
    return sorted((one for one in judged if one is not None), key=lambda one: _likelihood(one, plate.text))[
        :MOST_VARIANTS
    ]


def _seen(person: Person, plates: Sequence[int]) -> list[Seen]:
    rows = _of(person, plates).newest_first()
    return list(rows.values_list(*SEEN)[: MOST_OF_EACH * min(len(plates), 10)])


def _judged(
    other: Plate, plate: Plate, own: Iterable[Seen], theirs: list[Seen], free: dict[int, int]
) -> Variant | None:
    own = list(own)
    if not theirs or any(_two_cars(one, two) for one in own for two in theirs if one[5] == two[5]):
        return None
    cells = {row[4] for row in own}
    nearby = sum(row[4] in cells for row in theirs)
    if not nearby:
        return None
    together = sum(any(_apart_s(one, two) < SAME_PASSAGE_S for one in own if one[5] == two[5]) for two in theirs)
    why = plate_query.why(PlateQuery("near", plate.text, ""), other.text)
    count = int(getattr(other, "sightings_count", len(theirs)))
    return Variant(other, why, count, nearby, together, free.get(other.pk, 0))


def _two_cars(one: Seen, two: Seen) -> bool:
    """Both in one film at once, or too far apart for the time between them. Of two sightings of one trip."""
    if one[6] == two[6] and max(one[7], two[7]) < min(one[8], two[8]):
        return True
    if one[2] is None or one[3] is None or two[2] is None or two[3] is None:
        return False
    apart = distance_m(GpsPoint(lat=one[2], lon=one[3]), GpsPoint(lat=two[2], lon=two[3]))
    return apart > FASTEST_M_S * _apart_s(one, two) + 200.0


def _apart_s(one: Seen, two: Seen) -> float:
    if one[1] is None or two[1] is None:
        return float("inf")
    return abs((one[1] - two[1]).total_seconds())


def _likelihood(variant: Variant, wanted: str) -> tuple[int, int, float, str]:
    """Likeliest first: could not be read or look-alikes, then met in one passage, then the share that fits in place."""
    text = variant.plate.text
    doubtful = UNREADABLE in text or lookalike_key(text) == lookalike_key(wanted)
    return (0 if doubtful else 1, -variant.same_passage, -variant.nearby / max(1, variant.sightings), text)


@dataclass(frozen=True, slots=True)
class Companion:
    """A plate that keeps being met together with another one, with the evidence."""

    plate: Plate
    found: Together
    meetings: list[Sighting]  # of the companion, the latest first, at most one a trip


def companions(person: Person, plate: Plate) -> list[Companion]:
    """Plates that were met on the same trips as this one more often than roads in common explain, surest first.

    Looked at are the latest MEETINGS trips that met it in the CELLS areas where it is met most; how often the fleet
    passes there is told by the latest ROWS_OF_CELL sightings of each. See `sightings.cotravel` for the formula.
    """
    own = _passings(_of(person, [plate.pk]), MOST_OF_EACH)
    areas = busiest((one.area for one in own), CELLS)
    kept = [one for one in own if one.area in areas]
    latest = set(list(dict.fromkeys(one.trip for one in kept))[:MEETINGS])
    meetings = [one for one in kept if one.trip in latest][: 2 * MEETINGS]
    if len(latest) < LEAST_TRIPS:
        return []
    joint = joint_trips(meetings, _near(person, plate, meetings), NEAR_S)
    often = sorted((key for key in joint if len(joint[key]) >= LEAST_TRIPS), key=lambda key: (-len(joint[key]), key))
    if not often:
        return []
    tried = _of(person, often[:MOST_CANDIDATES])
    rates = _rates(person, plate, areas, {one.cell for one in meetings})
    rates.trips_of = dict(tried.values_list("plate").annotate(n=Count("trip", distinct=True)))
    others = _passings(tried.filter(h3_r7__in=areas), MOST_PASSINGS)
    found = travel_together(meetings, others, {key: joint[key] for key in often[:MOST_CANDIDATES]}, rates, len(joint))
    return _with_evidence(person, found[:MOST_VARIANTS], joint) if found else []


def _passings(rows: SightingQuerySet[Sighting], most: int) -> list[Passing]:
    """The latest of these sightings that have a time and a place."""
    placed = rows.filter(h3_r9__isnull=False, h3_r7__isnull=False, seen_at__isnull=False).order_by("-seen_at")
    return [
        Passing(trip, cell, area, at, plate or 0)
        for trip, cell, area, at, plate in placed.values_list("trip", "h3_r9", "h3_r7", "seen_at", "plate")[:most]
        if cell is not None and area is not None and at is not None
    ]


def _near(person: Person, plate: Plate, meetings: Iterable[Passing]) -> list[Passing]:
    """All that was met within NEAR_S of the plate, on the same trips."""
    margin = timedelta(seconds=NEAR_S)
    spans = [Q(trip=one.trip, seen_at__gte=one.at - margin, seen_at__lte=one.at + margin) for one in meetings]
    trips = Trip.objects.visible_to(person).filter(pk__in={one.trip for one in meetings})
    near = Sighting.objects.current().filter(reduce(or_, spans), trip__in=trips, plate__isnull=False)
    return _passings(near.exclude(plate=plate), MOST_PASSINGS)


def merges(person: Person, plate: Plate) -> QuerySet[CorrectionBatch]:
    """What was corrected to this plate at once and still stands, newest first, with `misread`: what it was before."""
    made = CorrectionBatch.objects.visible_to(person).filter(fleet=plate.fleet_id, text=plate.text, undone_at=None)
    return made.annotate(misread=Min("words__text_before")).select_related("user").order_by("-pk")


def _rates(person: Person, plate: Plate, areas: Iterable[int], cells: set[int]) -> Rates:
    """How often the fleet passes the places about each hour, from a bounded number of rows of each area."""
    trips = Trip.objects.visible_to(person).filter(fleet=plate.fleet_id)
    rates = Rates(zone_or_utc(plate.fleet.time_zone), trips.count())
    span = trips.aggregate(first=Min("started_at"), last=Max("started_at"))
    log = Sighting.objects.visible_to(person).current().filter(fleet=plate.fleet_id)
    for area in areas:
        latest = _passings(log.filter(h3_r7=area), ROWS_OF_CELL)
        rates.add(latest)
        if len(latest) == ROWS_OF_CELL and span["first"]:
            looked_at = max(1.0, (latest[0].at - latest[-1].at).total_seconds())
            more = max(1.0, (span["last"] - span["first"]).total_seconds() / looked_at)
            rates.scale |= dict.fromkeys((area, *cells.intersection(one.cell for one in latest)), more)
    return rates


def _with_evidence(person: Person, found: list[Together], joint: dict[int, set[int]]) -> list[Companion]:
    plates = {
        one.pk: one
        for one in selectors.with_counts(Plate.objects.visible_to(person)).filter(pk__in=[f.plate for f in found])
    }
    trips = set().union(*(joint[one.plate] for one in found))
    rows = _of(person, plates).filter(trip__in=trips).select_related("trip").newest_first()
    once: dict[tuple[int, int], Sighting] = {}
    for row in rows[: MOST_OF_EACH * MOST_VARIANTS]:
        if row.plate_id and row.trip_id in joint[row.plate_id]:
            once.setdefault((row.plate_id, row.trip_id), row)
    met = {one.plate: [row for (key, _), row in once.items() if key == one.plate][:SHOWN_MEETINGS] for one in found}
    return [Companion(plates[one.plate], one, met[one.plate]) for one in found]
