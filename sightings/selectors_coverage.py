"""Reads of the coverage: what was filmed of each cell of the map, and by which trips."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import h3
from django.db.models import Count, F, Max, QuerySet, Sum
from django.utils.translation import gettext

from sightings.errors import BadQuery
from sightings.models import Camera, CoveredCell, ReviewState, Sighting, Trip
from sightings.selectors import Person
from sightings.trip_filters import TripFilters

MOST_CELLS = 4000  # in one answer; where more were filmed, larger cells are answered
MOST_NAMED = 50  # trips and plates of one cell
COLUMNS = {9: "h3_r9", 7: "h3_r7"}


@dataclass(frozen=True, slots=True)
class Coverage:
    """`resolution` is that of the cells; `truncated`: more of the largest cells were filmed than are here."""

    cells: list[dict[str, Any]]
    resolution: int
    truncated: bool


def coverage(person: Person, filters: TripFilters) -> Coverage:
    """Every cell that was filmed, the most filmed first."""
    covered = _covered(person, filters)
    fine = _summed(covered, "h3_r9")
    if len(fine) <= MOST_CELLS:
        return Coverage(fine, 9, truncated=False)
    coarse = _summed(covered, "h3_r7")
    return Coverage(coarse[:MOST_CELLS], 7, truncated=len(coarse) > MOST_CELLS)


def cell_number(name: str) -> tuple[int, str]:
    """A cell's number, and the column that holds such cells. Raises BadQuery."""
    if not re.fullmatch("[0-9a-f]{15}", name) or not h3.is_valid_cell(name) or h3.get_resolution(name) not in COLUMNS:
        raise BadQuery(gettext("This is no cell of the coverage."))
    return h3.str_to_int(name), COLUMNS[h3.get_resolution(name)]


def trips_in(person: Person, filters: TripFilters, cell: int, column: str) -> list[dict[str, Any]]:
    """The trips that filmed a cell, the latest first."""
    here = _covered(person, filters).filter(**{column: cell}).order_by()
    trips = Trip.objects.visible_to(person).filter(pk__in=here.values("track__video__trip")).select_related("vehicle")
    latest = list(trips.order_by(F("started_at").desc(nulls_last=True), "-pk")[:MOST_NAMED])
    spent = here.filter(track__video__trip__in=latest).values_list("track__video__trip").annotate(Sum("seconds"))
    seconds = dict(spent)
    return [{"trip": trip, "seconds": seconds[trip.pk]} for trip in latest]


def plates_in(person: Person, filters: TripFilters, cell: int, column: str) -> list[dict[str, Any]]:
    """The plates that were seen from inside a cell, those seen most often first."""
    seen = Sighting.objects.visible_to(person).current().during(filters.start, filters.end).filter(**{column: cell})
    if filters.vehicle is not None:
        seen = seen.filter(trip__vehicle=filters.vehicle)
    plates = seen.exclude(review_state=ReviewState.REJECTED).exclude(plate=None).order_by()
    counted = plates.values("plate", "plate__text").annotate(count=Count("pk")).order_by("-count", "plate__text")
    return [dict(row) for row in counted[:MOST_NAMED]]


def _covered(person: Person, filters: TripFilters) -> QuerySet[CoveredCell]:
    """A rear camera drives the same road as the front one, and does not count as driving it again."""
    covered = CoveredCell.objects.visible_to(person).exclude(track__video__camera=Camera.REAR)
    if filters.vehicle is not None:
        covered = covered.filter(track__video__trip__vehicle=filters.vehicle)
    if filters.start is not None:
        covered = covered.filter(track__video__started_at__gte=filters.start)
    if filters.end is not None:
        covered = covered.filter(track__video__started_at__lt=filters.end)
    return covered


def _summed(covered: QuerySet[CoveredCell], column: str) -> list[dict[str, Any]]:
    """One row for each cell, the most filmed first; one more than may be answered tells that there are more."""
    rows = covered.order_by().values(cell=F(column))
    summed = rows.annotate(
        spent=Sum("seconds"),
        trips=Count("track__video__trip", distinct=True),
        last=Max("track__video__started_at"),
        seen=Sum("plates"),
        read=Sum("clear"),
    )
    return [dict(row) for row in summed.order_by("-spent", "cell")[: MOST_CELLS + 1]]


def as_geojson(found: Coverage) -> dict[str, Any]:
    """A FeatureCollection of hexagons."""
    features = [_feature(cell) for cell in found.cells]
    return {
        "type": "FeatureCollection",
        "resolution": found.resolution,
        "truncated": found.truncated,
        "features": features,
    }


def _feature(cell: dict[str, Any]) -> dict[str, Any]:
    name = h3.int_to_str(cell["cell"])
    ring = [[round(lon, 5), round(lat, 5)] for lat, lon in h3.cell_to_boundary(name)]
    return {
        "type": "Feature",
        "id": name,
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "properties": {
            "minutes": round(cell["spent"] / 60, 2),
            "trips": cell["trips"],
            "last_filmed": cell["last"].isoformat().replace("+00:00", "Z") if cell["last"] else None,
            "plates": cell["seen"],
            "read_clearly": round(cell["read"] / cell["seen"], 3) if cell["seen"] else None,
        },
    }
