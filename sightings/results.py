"""What a set of filters finds, in the shapes that lists, maps and charts show. All of them are of the same set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Any, Self

from django.db import connection, models
from django.db.models import Avg, Case, Count, F, Func, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncDay
from django.db.models.lookups import LessThanOrEqual

from sightings import filters, selectors
from sightings.filters import SightingFilters
from sightings.models import Plate, ReviewState, SavedSearch, Sighting, Trip
from sightings.querysets import SightingQuerySet
from sightings.selectors import Person

COUNTED = 10_000  # more are not counted one by one
SAMPLED = 2000  # of more than that, so many tell which regions there are
MOST_DAYS = 4000  # counted one by one; a clock that stood at 1970 must not make it tens of thousands
MOST_PLACES = 20_000  # that a map draws one by one
MOST_NEWS = 100  # more are not counted
MOST_REGIONS = 12  # offered as choices
AS_REVIEWED = ("-flagged", "confidence", "pk")
TONES = ("certain", "doubtful", "wrong")


@dataclass(frozen=True, slots=True)
class Total:
    """How many there are, if that is known."""

    count: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many were seen on each day on which there were any, in order; those of unknown time stand beside."""

    days: list[tuple[date, int]]
    untimed: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where they were seen: every one of them, or, where there are too many, how many in each cell of a grid."""

    total: int
    placed: int
    points: list[tuple[int, float, float, int]]  # id, lat, lon, index into TONES
    cells: list[tuple[float, float, int]]  # lat and lon of their middle, how many


def found(user: Person, asked: SightingFilters) -> SightingQuerySet[Sighting]:
    """The sightings that the filters let through, to count with; `listed` shows them."""
    return filters.narrow(Sighting.objects.visible_to(user).current(), asked, user)


def total(some: SightingQuerySet[Sighting]) -> Total:
    count = some.order_by()[: COUNTED + 1].count()
    return Total(min(count, COUNTED), count > COUNTED)


def newest_key(user: Person) -> int:
    """The key of the sighting that was written last; 0 where there is none."""
    last: int | None = Sighting.objects.visible_to(user).order_by("-pk").values_list("pk", flat=True).first()
    return last or 0


def listed(
    user: Person, asked: SightingFilters, *, offset: int = 0, limit: int = 50, upto: int | None = None
) -> list[Sighting]:
    """A page of them: the very plate first, then the latest; what has no time comes last.

    Doubtful ones come as they are reviewed: flagged ones first, then the least certain.

    `upto` leaves out what was written since the first page, so that the next one begins where that ended.
    """
    some = filters.narrow(selectors.sightings_for(user), asked, user)
    if upto is not None:
        # No plain key: given one, SQLite would look through all that lies below it instead of following the order.
        some = some.filter(LessThanOrEqual(F("pk") + 0, upto))
    if asked.plate is not None and asked.plate.kind in ("near", "far", "alike"):
        return list(_by_nearness(user, asked, some)[offset : offset + limit])
    if asked.doubtful:
        return list(some.order_by(*AS_REVIEWED)[offset : offset + limit])
    # In two steps, because no index of both databases has the unknown times last.
    timed, untimed = some.filter(seen_at__isnull=False), some.filter(seen_at__isnull=True)
    rows = list(timed.order_by("-seen_at", "-pk")[offset : offset + limit])
    if len(rows) < limit:
        before = offset + len(rows) if rows or not offset else timed.order_by().count()
        start = max(0, offset - before)
        rows += untimed.order_by("-pk")[start : start + limit - len(rows)]
    return rows


def _by_nearness(user: Person, asked: SightingFilters, some: SightingQuerySet[Sighting]) -> SightingQuerySet[Sighting]:
    assert asked.plate is not None
    same = list(Plate.objects.visible_to(user).with_text(asked.plate.text).values_list("pk", flat=True))
    other = Case(When(plate__in=same, then=Value(0)), default=Value(1), output_field=models.IntegerField())
    return some.order_by(other, F("seen_at").desc(nulls_last=True), "-pk")


def histogram(user: Person, asked: SightingFilters, zone: tzinfo) -> Histogram:
    """The days are those of a time zone."""
    some = found(user, asked)
    few = asked.plate is not None or (not _by_index(asked) and not total(some).capped)
    days = _days_of_few(some, zone) if few else _days_of_many(user, asked, zone)
    return Histogram(days, some.filter(seen_at__isnull=True).count())


def _by_index(asked: SightingFilters) -> bool:
    """Whether an index alone knows the rows, however many they are."""
    return asked == SightingFilters(
        start=asked.start, end=asked.end, regions=asked.regions, bbox=asked.bbox, area=asked.area
    )


def _days_of_few(some: SightingQuerySet[Sighting], zone: tzinfo) -> list[tuple[date, int]]:
    timed = some.filter(seen_at__isnull=False).order_by()
    counted = timed.annotate(day=TruncDay("seen_at", tzinfo=zone)).values_list("day").annotate(Count("pk"))
    return [(moment.date(), count) for moment, count in counted.order_by("day")]


def _days_of_many(user: Person, asked: SightingFilters, zone: tzinfo) -> list[tuple[date, int]]:
    """Counts the rows between each midnight and the next, which an index does without grouping a million of them.

    1,000,000 sightings of 450 days on SQLite: 0.08 s; grouped by day 0.4 s.
    """
    days = _days(user, asked, zone)
    if len(days) > MOST_DAYS:
        return _days_of_few(found(user, asked), zone)
    if not days:
        return []
    # Without the span that was asked for, which the days have: given two of them, SQLite may look up the wrong one.
    some, moment = found(user, replace(asked, start=None, end=None)).order_by(), models.DateTimeField()
    opens, closes = RawSQL("days.opens", (), output_field=moment), RawSQL("days.closes", (), output_field=moment)
    # `Func`, because an aggregate would group.
    count = Func(template="COUNT(*)", output_field=models.IntegerField())
    sql, params = some.filter(seen_at__gte=opens, seen_at__lt=closes).values(n=count).query.sql_with_params()
    adapt = connection.ops.adapt_datetimefield_value
    values = [value for number, (a, b) in enumerate(days) for value in (number, adapt(a), adapt(b))]
    rows = ", ".join(["(%s, %s, %s)"] * len(days))
    statement = f"WITH days(day, opens, closes) AS (VALUES {rows}) SELECT day, ({sql}) FROM days"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *params])
        counts = dict(cursor.fetchall())
    return [(opens.astimezone(zone).date(), counts[number]) for number, (opens, _) in enumerate(days) if counts[number]]


def _days(user: Person, asked: SightingFilters, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """From the day of the first sighting to that of the last: where each begins and ends, within what was asked for."""
    timed = found(user, asked).filter(seen_at__isnull=False).values_list("seen_at", flat=True)
    first, last = timed.order_by("seen_at").first(), timed.order_by("-seen_at").first()
    if first is None or last is None:
        return []
    day, count = first.astimezone(zone).date(), (last.astimezone(zone).date() - first.astimezone(zone).date()).days + 1
    ends = [datetime.combine(day + timedelta(days=number), time(), zone) for number in range(count + 1)]
    start, end = asked.start or ends[0], asked.end or ends[-1]
    return [(max(a, start), min(b, end)) for a, b in pairwise(ends)]


def places(user: Person, asked: SightingFilters, zoom: float) -> Places:
    """For a map at a zoom (0 shows the world in 256 pixels)."""
    some = found(user, asked).filter(lat__isnull=False).order_by()
    placed = some[: MOST_PLACES + 1].count()
    if placed > MOST_PLACES:
        cells = _cells(some, zoom)
        placed = sum(count for _, _, count in cells)
        return Places(placed, placed, [], cells)
    tone = Case(
        When(review_state="rejected", then=Value(2)),
        When(doubtful=True, then=Value(1)),
        default=Value(0),
        output_field=models.IntegerField(),
    )
    points = [
        (pk, round(lat, 6), round(lon, 6), mark) for pk, lat, lon, mark in some.values_list("pk", "lat", "lon", tone)
    ]
    return Places(total(found(user, asked)).count, len(points), points, [])


class _Cell(Func):
    """The number of the cell that a value of zero or more lies in."""

    template = "FLOOR(%(expressions)s)::int"
    output_field = models.IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Django's FLOOR calls Python for every row there; cutting off is the same from zero upwards.
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS INTEGER)", **context)


def _cells(some: SightingQuerySet[Sighting], zoom: float) -> list[tuple[float, float, int]]:
    """Counts in a grid that lies still on the world: cells are some 40 pixels wide."""
    size = 40.0 * 360.0 / (256.0 * 2.0 ** round(zoom))
    row, column = _Cell((F("lat") + 90.0) / (size * 0.7)), _Cell((F("lon") + 180.0) / size)
    grouped = some.annotate(row=row, column=column).values("row", "column")
    counted = grouped.annotate(lat=Avg("lat"), lon=Avg("lon"), n=Count("pk")).values_list("lat", "lon", "n")
    return [(round(lat, 6), round(lon, 6), count) for lat, lon, count in counted]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter can have; the number is None where counting would take too long."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """What filters find: all of it, or the latest SAMPLED of too many."""

    total: Total
    rows: list[tuple[str, int | None, str]]  # region, vehicle, review state


def overview(user: Person, asked: SightingFilters) -> tuple[Total, dict[str, list[Choice]]]:
    """How many there are; and for vehicles, regions and review states what else could be chosen, the rest as it is."""
    without = (replace(asked, regions=()), replace(asked, vehicles=()), replace(asked, review_states=()))
    samples = {one: _sample(user, one) for one in {asked, *without}}  # mostly one and the same
    in_region, by_vehicle, by_state = (_Counts.of(samples[one], column) for column, one in enumerate(without))
    names = {str(pk): name for pk, name in selectors.vehicles_for(user).order_by("name").values_list("pk", "name")}
    regions = sorted({value for value in [*in_region.each, *asked.regions] if value}, key=in_region.order)
    labels = {value.value: str(value.label) for value in ReviewState}
    choices = {
        "region": in_region.choices({value: value.upper() for value in regions[:MOST_REGIONS]}, asked.regions),
        "vehicle": by_vehicle.choices(names, [str(pk) for pk in asked.vehicles]),
        "review_state": by_state.choices(labels, asked.review_states),
    }
    return samples[asked].total, choices


def _sample(user: Person, asked: SightingFilters) -> Sample:
    some = found(user, asked)
    order = AS_REVIEWED if asked.doubtful else ("-seen_at", "-pk")  # either has an index
    latest = some.order_by(*order).values_list("region", "trip", "review_state")
    few = list(latest[: SAMPLED + 1])
    count = total(some) if len(few) > SAMPLED else Total(len(few), False)
    rows = few if count.capped or count.count <= SAMPLED else list(latest[:COUNTED])
    # Not joined: with a join SQLite sorts all that several fleets have.
    trips = Trip.objects.filter(pk__in={trip for _, trip, _ in rows})
    vehicles = dict(trips.values_list("pk", "vehicle"))
    return Sample(count, [(region, vehicles.get(trip), state) for region, trip, state in rows])


@dataclass(frozen=True, slots=True)
class _Counts:
    """Rows per value; of some of the rows only, if there are too many."""

    each: dict[str, int]
    capped: bool

    @classmethod
    def of(cls, sample: Sample, column: int) -> Self:
        each = Counter(str(row[column]) for row in sample.rows if row[column] is not None)
        return cls(dict(each), sample.total.capped)

    def order(self, value: str) -> tuple[int, str]:
        return -self.each.get(value, 0), value

    def choices(self, labels: dict[str, str], chosen: Collection[str]) -> list[Choice]:
        return [
            Choice(value, label, None if self.capped else self.each.get(value, 0), value in chosen)
            for value, label in labels.items()
        ]


def news(user: Person, search: SavedSearch) -> int:
    """How many sightings came in since the person last looked, MOST_NEWS at most."""
    some = found(user, filters.parse(search.words)).filter(pk__gt=search.seen_upto)
    return some.order_by()[:MOST_NEWS].count()
