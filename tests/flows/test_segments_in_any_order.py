"""A trip read in pieces, by several workers in whatever order, has the sightings of a trip read in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sightings.models import ProcessingRun, Segment, Sighting, Upload
from sightings.processing import merge, read
from sightings.processing.inspect import inspect_upload
from tests.flows.colored import CARS, Car, draw_film

pytestmark = pytest.mark.django_db

MINUTES, PIECES = 10, 6
# Most cars pass anew each minute, and every cut (they lie 100 s apart) is crossed by some.
TRAFFIC = [
    Car(car.text, car.hue, 60.0 * minute + 10 * place, 60.0 * minute + 10 * place + 12, car.y)
    for minute in range(MINUTES)
    for place, car in enumerate(CARS)
    if (minute + place) % 3 or place == 3
]
Passage = tuple[str, float, float]


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_film(tmp_path_factory.mktemp("film") / "long.mp4", seconds=60.0 * MINUTES, cars=TRAFFIC)


def passages(upload: Upload, order: Sequence[Sequence[int]]) -> list[Passage]:
    """(plate, first, last) of the sightings, after workers have read the pieces in this order, some of them at once."""
    inspect_upload(str(upload.pk))
    run = ProcessingRun.objects.get(video__uploads=upload)
    pieces = list(Segment.objects.filter(run=run).order_by("index"))
    assert sorted(index for together in order for index in together) == list(range(len(pieces)))
    for together in order:
        for index in together:
            assert read.read_segment(pieces[index].pk)
        merge.merge_run(run.pk)
    rows = Sighting.objects.filter(run=run, run__state="done").order_by("first_seen_s", "plate_raw")
    return [(row.plate_raw, row.first_seen_s, row.last_seen_s) for row in rows]


def test_ten_minutes_in_six_pieces_by_two_workers_equal_one_pass(
    send: Any, long_film: Path, tmp_path: Path, settings: Any
) -> None:
    settings.SEGMENT_SECONDS = 3600.0
    at_once = passages(send(long_film), [[0]])
    assert len(at_once) == len(TRAFFIC)
    settings.SEGMENT_SECONDS = 60.0 * MINUTES / PIECES
    again = tmp_path / "again.mp4"  # the same pictures, and an empty box that makes it another file
    again.write_bytes(long_film.read_bytes() + (8).to_bytes(4, "big") + b"free")
    in_pieces = passages(send(again), [[3, 0], [5, 1], [4, 2]])
    assert [plate for plate, *_ in in_pieces] == [plate for plate, *_ in at_once]
    for (_, *times), (_, *expected) in zip(in_pieces, at_once, strict=True):
        assert times == pytest.approx(expected, abs=1e-6)
