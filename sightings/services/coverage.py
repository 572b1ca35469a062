"""Which roads a video filmed, and how well plates were read there, cell by cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import h3
from django.db import transaction
from django.db.models import Count

from sightings.models import CoveredCell, ReviewState, Sighting, Track, Video
from sightings.querysets import CLEARLY_READ

FINE, COARSE = 9, 7  # H3 resolutions: cells of some 0.1 km² and 5 km²
LONGEST_GAP_S = 10.0  # between two points; what lies between points further apart is not known to have been filmed


@transaction.atomic
def cover(video: Video) -> None:
    """Bring the cells of a video in line with its track and its sightings, after either has changed."""
    track = Track.objects.filter(video=video).first()
    if track is None:
        return  # its cells went with it
    seconds, seen = seconds_by_cell(track.points), _seen_by_cell(video)
    CoveredCell.objects.filter(track=track).delete()
    CoveredCell.objects.bulk_create(
        CoveredCell(
            fleet_id=video.fleet_id,
            track=track,
            h3_r9=cell,
            h3_r7=parent_of(cell),
            seconds=round(seconds.get(cell, 0.0), 2),
            plates=seen.get(cell, (0, 0))[0],
            clear=seen.get(cell, (0, 0))[1],
        )
        for cell in sorted({*seconds, *seen})
    )


def cell_at(lat: float, lon: float, resolution: int) -> int:
    return int(h3.str_to_int(h3.latlng_to_cell(lat, lon, resolution)))


def parent_of(cell: int) -> int:
    return int(h3.str_to_int(h3.cell_to_parent(h3.int_to_str(cell), COARSE)))


def seconds_by_cell(points: Iterable[Sequence[float | None]]) -> dict[int, float]:
    """How long a car was in each cell; between two points it counts as being where the first one is."""
    spent: dict[int, float] = defaultdict(float)
    for (here, lat, lon, *_), (there, *_) in pairwise(points):
        passed = (there or 0.0) - (here or 0.0)
        if lat is not None and lon is not None and 0.0 < passed <= LONGEST_GAP_S:
            spent[cell_at(lat, lon, FINE)] += passed
    return spent


def _seen_by_cell(video: Video) -> dict[int, tuple[int, int]]:
    """(plates, clearly read ones) by cell."""
    seen = Sighting.objects.filter(video=video, h3_r9__isnull=False).current()
    plates = seen.exclude(review_state=ReviewState.REJECTED).order_by().values_list("h3_r9")
    counted = plates.annotate(n=Count("pk"), clear=Count("pk", filter=CLEARLY_READ))
    return {cell: (n, clear) for cell, n, clear in counted}
