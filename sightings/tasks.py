"""What workers run: an id in, one call. Names are what `sightings.queue.enqueue` sends."""

from __future__ import annotations

from celery import shared_task

from sightings.processing import inspect, merge, read, sweep

# A killed worker's task comes back by the sweep and by Redis; errors are written into the row they concern.


@shared_task(name="inspect_upload")
def inspect_upload(*, upload_id: str) -> None:
    inspect.inspect_upload(upload_id)


@shared_task(name="read_segment")
def read_segment(*, segment_id: int) -> None:
    read.read_segment(segment_id)


@shared_task(name="merge_run")
def merge_run(*, run_id: int) -> None:
    merge.merge_run(run_id)


@shared_task(name="sweep")
def sweep_lost_work() -> None:
    sweep.sweep()
