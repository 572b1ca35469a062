"""How far runs and trips are, computed from their parts, so that the same parts always give the same state."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, F, FloatField, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from sightings import said
from sightings.models import (
    ProcessingRun,
    Reprocess,
    ReprocessState,
    RunState,
    Segment,
    SegmentState,
    Trip,
    TripState,
)
from sightings.processing.leases import OPEN_RUNS
from sightings.progress import ACTIVE_TRIPS
from sightings.services.events import tell_trip
from sightings.services.trips import current_runs

UNFINISHED = (SegmentState.QUEUED, SegmentState.LEASED)


def begin_run(run: ProcessingRun) -> None:
    """The first of a run's segments is being read."""
    waiting = ProcessingRun.objects.filter(pk=run.pk, state=RunState.QUEUED)
    waiting.update(state=RunState.READING, started_at=timezone.now())
    if run.is_current:
        Trip.objects.filter(videos__runs=run, state=TripState.WAITING).update(state=TripState.READING)
    elif run.reprocess_id:
        begun = Reprocess.objects.filter(pk=run.reprocess_id, state=ReprocessState.WAITING)
        begun.update(state=ReprocessState.READING)


def refresh_progress(run_id: int) -> None:
    """The run's progress is that of its segments, by their length; failed ones count as gone through.

    A reprocessing's is that of its runs, by the length of their videos.
    """
    length = F("end_s") - F("start_s")
    ended = Q(state__in=[SegmentState.DONE, SegmentState.FAILED, SegmentState.CANCELLED])
    sums = Segment.objects.filter(run=run_id).aggregate(
        total=Sum(length, output_field=FloatField()),
        ended=Coalesce(Sum(length, filter=ended, output_field=FloatField()), 0.0),
        part=Coalesce(Sum(length * F("progress"), filter=~ended, output_field=FloatField()), 0.0),
        frames=Sum("frames"),
        detections=Sum("detections"),
    )
    if not sums["total"]:
        return
    ProcessingRun.objects.filter(pk=run_id).update(
        progress=min(1.0, (sums["ended"] + sums["part"]) / sums["total"]),
        frames=sums["frames"],
        detections=sums["detections"],
    )
    of_video = F("video__duration_s")
    for job in Reprocess.objects.filter(runs=run_id, runs__is_current=False):
        parts = job.runs.aggregate(
            total=Sum(of_video, output_field=FloatField()),
            done=Sum(of_video * F("progress"), output_field=FloatField()),
        )
        if parts["total"]:
            Reprocess.objects.filter(pk=job.pk).update(progress=min(1.0, parts["done"] / parts["total"]))


def note_all_read(run_id: int) -> None:
    """Once no segment is left to read, only the merge is."""
    unfinished = Segment.objects.filter(run=run_id, state__in=UNFINISHED)
    if not unfinished.exists():
        ProcessingRun.objects.filter(pk=run_id, state=RunState.READING).update(state=RunState.MERGING)


def finish_run(run: ProcessingRun) -> bool:
    """Close a run whose segments have all ended; True where it is closed."""
    counts = Segment.objects.filter(run=run).aggregate(
        unfinished=Count("pk", filter=Q(state__in=UNFINISHED)),
        done=Count("pk", filter=Q(state=SegmentState.DONE)),
        failed=Count("pk", filter=Q(state=SegmentState.FAILED)),
        stopped=Count("pk", filter=Q(state=SegmentState.CANCELLED)),
    )
    if counts["unfinished"] or run.state not in OPEN_RUNS:
        return not counts["unfinished"]
    run.state = _ended_as(**counts)
    run.finished_at = timezone.now()
    run.timings = _timings(run)
    run.error_code, run.error = ("", "") if run.state == RunState.DONE else _reason(run)
    run.save(update_fields=["state", "finished_at", "timings", "error_code", "error"])
    return True


def _ended_as(*, done: int, failed: int, stopped: int, unfinished: int = 0) -> RunState:
    if not failed and not stopped:
        return RunState.DONE
    if done:
        return RunState.PARTIAL
    return RunState.FAILED if failed else RunState.CANCELLED


def _timings(run: ProcessingRun) -> dict[str, float]:
    """Seconds per stage over all segments."""
    total: dict[str, float] = {}
    for timings in Segment.objects.filter(run=run).values_list("timings", flat=True):
        for stage, seconds in timings.items():
            total[stage] = round(total.get(stage, 0.0) + seconds, 3)
    return total


def _reason(run: ProcessingRun) -> tuple[str, str]:
    """What went wrong in the first part that failed, and how many did."""
    failed = list(Segment.objects.filter(run=run, state=SegmentState.FAILED).order_by("index"))
    if not failed:
        return "stopped", said.store(gettext_noop("What is missing can be read later."))
    first = failed[0]
    span = f"{_clock(first.start_s)}–{_clock(first.end_s)}"
    one = gettext_noop("The part %(span)s could not be read: %(why)s")
    several = gettext_noop("The part %(span)s could not be read: %(why)s Other parts failed as well: %(others)s.")
    words = several if len(failed) > 1 else one
    return first.error_code, said.store(words, span=span, why=first.error, others=len(failed) - 1)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


@transaction.atomic
def refresh_reprocess(job_id: int) -> None:
    """A reprocessing waits for a person once all its runs have ended, and any of them was read to its end."""
    # Held, so that of two runs that end at once the second sees the first.
    list(Reprocess.objects.select_for_update().filter(pk=job_id).values_list("pk"))
    states = set(ProcessingRun.objects.filter(reprocess=job_id).values_list("state", flat=True))
    if states & set(OPEN_RUNS):
        return
    state = ReprocessState.READY if RunState.DONE in states else ReprocessState.UNREAD
    open_job = Reprocess.objects.filter(pk=job_id, state__in=[ReprocessState.WAITING, ReprocessState.READING])
    open_job.update(state=state, paused=False, read_at=timezone.now())


@transaction.atomic
def refresh_trip(trip_id: int) -> None:
    """A trip is as its videos' current runs are together."""
    trip = Trip.objects.get(pk=trip_id)
    states = {run.state for run in current_runs(trip)}
    if states & set(OPEN_RUNS):
        state = TripState.WAITING if states == {RunState.QUEUED} else TripState.READING
    elif states <= {RunState.DONE}:
        state = TripState.DONE
    else:
        state = TripState.FAILED if states <= {RunState.FAILED, RunState.CANCELLED} else TripState.PARTIAL
    changed = Trip.objects.filter(pk=trip_id).exclude(state=state)
    # Having been put first holds for this reading, not for one of some later day.
    read = {} if state in ACTIVE_TRIPS else {"priority": 0}
    if changed.update(state=state, updated_at=timezone.now(), **read) and states and state not in ACTIVE_TRIPS:
        trip.refresh_from_db()
        tell_trip(trip)
