"""What people do with the queue: hold a trip back, let it go on, put it before the others. Each has its opposite."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from sightings.errors import NotInQueue, NotPaused
from sightings.models import Role, Segment, SegmentState, Trip, User
from sightings.progress import ACTIVE_TRIPS, publish_trip
from sightings.queue import enqueue
from sightings.services import audit
from sightings.services.roles import require_role


@transaction.atomic
def pause_trip(*, trip: Trip, user: User) -> None:
    """Begin no further part of a trip; one that is being read is read to its end. Raises NotAllowed, NotInQueue."""
    require_role(user, trip.fleet, Role.REVIEWER)
    going = Trip.objects.filter(pk=trip.pk, state__in=ACTIVE_TRIPS, paused=False)
    if going.update(paused=True, updated_at=timezone.now()) != 1:
        raise NotInQueue(gettext("Nothing of this trip waits to be read: there is nothing to pause."))
    _note("trip.paused", trip, user)


@transaction.atomic
def resume_trip(*, trip: Trip, user: User) -> None:
    """Let a paused trip be read on. Raises NotAllowed, NotPaused."""
    require_role(user, trip.fleet, Role.REVIEWER)
    paused = Trip.objects.filter(pk=trip.pk, paused=True)
    if paused.update(paused=False, updated_at=timezone.now()) != 1:
        raise NotPaused
    waiting = Segment.objects.filter(run__video__trip=trip, run__is_current=True, state=SegmentState.QUEUED)
    for _ in range(waiting.count()):
        enqueue("read_next", queue="read")  # those of before were used up by other trips, or found nothing to do
    _note("trip.resumed", trip, user)


@transaction.atomic
def put_first(*, trip: Trip, user: User) -> None:
    """Read a trip before all others of its fleet, also those put first earlier. Other fleets keep their turns.

    Raises NotAllowed, NotInQueue.
    """
    require_role(user, trip.fleet, Role.MANAGER)
    highest = Trip.objects.filter(fleet=trip.fleet_id).exclude(pk=trip.pk).aggregate(most=Max("priority"))["most"]
    waiting = Trip.objects.filter(pk=trip.pk, state__in=ACTIVE_TRIPS)
    if waiting.update(priority=(highest or 0) + 1, updated_at=timezone.now()) != 1:
        raise NotInQueue(gettext("Nothing of this trip waits to be read: there is nothing to put first."))
    _note("trip.put_first", trip, user)


@transaction.atomic
def put_back(*, trip: Trip, user: User) -> None:
    """Let a trip that was put first wait for its turn again. Raises NotAllowed, NotInQueue."""
    require_role(user, trip.fleet, Role.MANAGER)
    first = Trip.objects.filter(pk=trip.pk, priority__gt=0)
    if first.update(priority=0, updated_at=timezone.now()) != 1:
        raise NotInQueue(gettext("This trip was not put first."))
    _note("trip.put_back", trip, user)


def _note(action: str, trip: Trip, user: User) -> None:
    trip.refresh_from_db()
    audit.record(action=action, user=user, fleet=trip.fleet, target=trip)
    publish_trip(trip.pk)
