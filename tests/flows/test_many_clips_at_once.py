"""A whole card dropped at once: 200 clips of one fleet, and a few of another that comes after them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sightings.models import Fleet, ProcessingRun, Segment, Trip, Upload, User
from sightings.processing import inspect, leases, merge, read, turns
from sightings.services import uploads
from tests.flows.colored import Car, draw_film

pytestmark = pytest.mark.django_db

CLIPS = 200
LENGTH_S = 1.0
EVERY = timedelta(seconds=60)  # the clips' names say that one begins a minute after the other
MORNING, EVENING = datetime(2026, 3, 1, 7, 0, tzinfo=UTC), datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
Drop = Callable[..., None]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    car = Car("RED1001", 0, 0.0, LENGTH_S, 40)
    return draw_film(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=LENGTH_S, cars=[car]).read_bytes()


@pytest.fixture
def drop(clip: bytes, tmp_path: Path) -> Drop:
    """Upload clips of the same pictures that differ in name and in a few bytes at their end."""

    def dropped(user: User, fleet: Fleet, begins: list[datetime]) -> None:
        for start in begins:
            mark = f"{fleet.slug} {start.isoformat()}".encode()
            path = tmp_path / "clip.mp4"
            path.write_bytes(clip + (8 + len(mark)).to_bytes(4, "big") + b"free" + mark)
            upload = uploads.create_upload(
                user=user,
                fleet=fleet,
                filename=f"{start:%Y%m%d_%H%M%S}.mp4",
                size=path.stat().st_size,
                batch=fleet.slug,
            )
            with path.open("rb") as stream:
                uploads.append_chunk(upload=upload, offset=0, stream=stream)

    return dropped


def inspect_all() -> list[Fleet]:
    """What the one worker for arrivals does; returns whose files were looked at, in order."""
    order = []
    while (pk := turns.next_upload()) is not None:
        inspect.inspect_next()
        order.append(Upload.objects.get(pk=pk).fleet)
    return order


def read_all() -> list[Fleet]:
    """What the one reader does, until nothing waits."""
    order = []
    while (pk := turns.next_segment()) is not None:
        read.read_next()
        segment = Segment.objects.select_related("run__video__fleet").get(pk=pk)
        merge.merge_run(segment.run_id)
        order.append(segment.run.video.fleet)
    return order


def test_all_are_read_one_trip_a_drive_and_no_fleet_waits_for_another(
    drop: Drop, northwind: Fleet, southgate: Fleet, alice: User, charlie: User
) -> None:
    half = CLIPS // 2
    drop(alice, northwind, [MORNING + EVERY * n for n in range(half)] + [EVENING + EVERY * n for n in range(half)])
    drop(charlie, southgate, [MORNING + EVERY * n for n in range(3)])
    looked_at = inspect_all()
    assert looked_at[:7] == [northwind, southgate] * 3 + [northwind]
    assert [trip.videos.count() for trip in Trip.objects.filter(fleet=northwind).order_by("pk")] == [half, half]
    assert [trip.videos.count() for trip in Trip.objects.filter(fleet=southgate)] == [3]

    read_by_then = read_all()
    assert read_by_then[:7] == [northwind, southgate] * 3 + [northwind]
    assert len(read_by_then) == CLIPS + 3
    assert set(Trip.objects.values_list("state", flat=True)) == {"done"}
    assert set(Upload.objects.values_list("state", flat=True)) == {"done"}
    assert set(ProcessingRun.objects.values_list("state", flat=True)) == {"done"}
    assert set(Segment.objects.values_list("attempts", flat=True)) == {1}


def begin() -> int:
    """One more worker begins to read."""
    pk = turns.next_segment()
    assert pk is not None
    assert leases.take_segment(pk, "worker")
    return pk


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_job_that_comes_while_all_workers_read_starts_when_the_first_of_them_is_free(
    workers: int, drop: Drop, northwind: Fleet, southgate: Fleet, alice: User, charlie: User
) -> None:
    drop(alice, northwind, [MORNING + EVERY * n for n in range(5)])
    inspect_all()
    running = [begin() for _ in range(workers)]
    drop(charlie, southgate, [MORNING])
    inspect_all()
    Segment.objects.filter(pk=running[0]).update(state="done", lease_owner="")
    assert Segment.objects.get(pk=begin()).run.video.fleet == southgate
