"""The whole way of some uploads, or of another reading, in this very process, where no worker answers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from sightings.models import ProcessingRun, Segment, SegmentState
from sightings.processing.inspect import inspect_upload
from sightings.processing.leases import OPEN_RUNS
from sightings.processing.merge import merge_run
from sightings.processing.read import read_segment


def process(upload_ids: Iterable[str]) -> None:
    """Inspect the uploads, then read and merge what they asked for, segment by segment."""
    ids = list(upload_ids)
    for upload_id in ids:
        inspect_upload(upload_id)
    read_runs(ProcessingRun.objects.filter(video__uploads__pk__in=ids).distinct())


def read_runs(runs: QuerySet[ProcessingRun]) -> None:
    """Read and merge what is unread of these runs."""
    for run in runs.filter(state__in=OPEN_RUNS).order_by("pk"):
        waiting = Segment.objects.filter(run=run, state=SegmentState.QUEUED).order_by("index")
        while (segment := waiting.first()) is not None:
            read_segment(segment.pk)
            merge_run(run.pk)
        merge_run(run.pk)
