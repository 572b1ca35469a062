"""What workers run: an id in, one call. Names are what `sightings.queue.enqueue` sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from celery import shared_task

from sightings.processing import inspect, merge, read, sweep

Work = TypeVar("Work", bound=Callable[..., None])


def task(name: str) -> Callable[[Work], Work]:
    """Register under a name. No retry here: a killed worker's task comes back by the sweep and by Redis, and an error
    is written into the row that it concerns.
    """
    register: Callable[[Work], Work] = shared_task(name=name)
    return register


@task("inspect_upload")
def inspect_upload(*, upload_id: str) -> None:
    inspect.inspect_upload(upload_id)


@task("read_segment")
def read_segment(*, segment_id: int) -> None:
    read.read_segment(segment_id)


@task("merge_run")
def merge_run(*, run_id: int) -> None:
    merge.merge_run(run_id)


@task("sweep")
def sweep_lost_work() -> None:
    sweep.sweep()
