"""What people do with trips: name them, stop reading them, read them again."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from sightings.errors import NotRetryable, NotStoppable
from sightings.models import ProcessingRun, Role, RunState, Segment, SegmentState, Trip, TripState, User
from sightings.progress import publish_trip
from sightings.queue import enqueue
from sightings.services import audit
from sightings.services.roles import require_role

RETRYABLE = (RunState.PARTIAL, RunState.FAILED, RunState.CANCELLED)


@transaction.atomic
def rename_trip(*, trip: Trip, user: User, name: str) -> Trip:
    """Give a trip a name. Raises NotAllowed."""
    require_role(user, trip.fleet, Role.REVIEWER)
    trip.name = name.strip()[:200] or trip.name
    trip.save(update_fields=["name", "updated_at"])
    publish_trip(trip.pk)
    return trip


@transaction.atomic
def retry_trip(*, trip: Trip, user: User) -> int:
    """Read again what failed in any of a trip's runs; returns how many were restarted.

    Raises NotAllowed, NotRetryable.
    """
    require_role(user, trip.fleet, Role.REVIEWER)
    restarted = [run for run in current_runs(trip) if run.state in RETRYABLE and restart(run)]
    if not restarted:
        raise NotRetryable(gettext("Nothing in this trip failed: there is nothing to read again."))
    Trip.objects.filter(pk=trip.pk).update(state=TripState.WAITING, paused=False, updated_at=timezone.now())
    trip.refresh_from_db()
    audit.record(action="trip.retried", user=user, fleet=trip.fleet, target=trip, detail={"runs": len(restarted)})
    publish_trip(trip.pk)
    return len(restarted)


@transaction.atomic
def stop_trip(*, trip: Trip, user: User) -> int:
    """Stop reading a trip; what was read stays, and the rest can be read later. Returns how many parts were left out.

    A worker that is reading one of them finds its lease gone and writes nothing. Raises NotAllowed, NotStoppable.
    """
    require_role(user, trip.fleet, Role.REVIEWER)
    stopped = stop_runs(run.pk for run in current_runs(trip))
    if not stopped:
        raise NotStoppable
    Trip.objects.filter(pk=trip.pk).update(paused=False)
    audit.record(action="trip.stopped", user=user, fleet=trip.fleet, target=trip, detail={"segments": stopped})
    publish_trip(trip.pk)
    return stopped


def current_runs(trip: Trip) -> list[ProcessingRun]:
    """The run of each of the trip's videos that people see; what reads them again beside it is no business of its."""
    return list(ProcessingRun.objects.filter(video__trip=trip, is_current=True).order_by("pk"))


def stop_runs(runs: Iterable[int]) -> int:
    """Leave out what is unread of these runs, and have them closed; returns how many parts that are."""
    unread = Segment.objects.filter(run__in=list(runs), state__in=[SegmentState.QUEUED, SegmentState.LEASED])
    concerned = sorted(set(unread.values_list("run_id", flat=True)))
    waiting = Segment.objects.filter(run__in=concerned, state__in=[SegmentState.QUEUED, SegmentState.LEASED])
    stopped = waiting.update(state=SegmentState.CANCELLED, lease_owner="", lease_expires_at=None, heartbeat_at=None)
    for run_id in concerned:
        enqueue("merge_run", queue="light", run_id=run_id)
    return stopped


def restart(run: ProcessingRun) -> bool:
    """Queue a run's unread segments anew, or its merge where all were read; False where another call was first."""
    changed = ProcessingRun.objects.filter(pk=run.pk, state__in=RETRYABLE).update(
        state=RunState.READING, error="", error_code="", finished_at=None
    )
    if changed != 1:
        return False
    run.refresh_from_db()
    unread = Segment.objects.filter(run=run, state__in=[SegmentState.FAILED, SegmentState.CANCELLED])
    segments = unread.update(
        state=SegmentState.QUEUED,
        attempts=0,
        progress=0.0,
        error="",
        error_code="",
        lease_owner="",
        lease_expires_at=None,
        heartbeat_at=None,
    )
    for _ in range(segments):
        enqueue("read_next", queue="read")
    if not segments:
        enqueue("merge_run", queue="light", run_id=run.pk)
    return True
