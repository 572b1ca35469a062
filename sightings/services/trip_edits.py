"""The history of what people did to a trip, and what all such acts have in common."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from sightings.errors import TripGone
from sightings.models import Fleet, Role, Trip, TripEdit, TripEditKind, TripState, Upload, User, Video
from sightings.progress import publish_trip
from sightings.querysets import FleetQuerySet
from sightings.queue import enqueue
from sightings.services import audit, snapshots
from sightings.services.roles import require_role

ACTIONS = {
    TripEditKind.SHIFT: "trip.shifted",
    TripEditKind.TRACK: "trip.track_replaced",
    TripEditKind.MERGE: "trip.merged",
    TripEditKind.SPLIT: "trip.split",
}


def take_hold(trip: Trip, user: User, *more: Trip) -> Trip:
    """The trip as it stands, with everybody else who would change it or its videos made to wait until we are done.

    Uploads that look for their trip wait for the fleet, merges of what was read wait for the video. In a transaction.
    Raises NotAllowed, TripGone.
    """
    require_role(user, trip.fleet, Role.REVIEWER)
    Fleet.objects.select_for_update(no_key=True).get(pk=trip.fleet_id)
    trips = [trip.pk, *(other.pk for other in more)]
    list(Video.objects.select_for_update(no_key=True).filter(trip__in=trips).order_by("pk").values_list("pk"))
    if Trip.objects.filter(pk__in=trips, merged_into=None).count() != len(trips):
        raise TripGone
    return Trip.objects.select_related("fleet", "vehicle").get(pk=trip.pk)


def hide(trip: Trip, into: Trip) -> None:
    """Show a trip no longer, because all that was in it is in another."""
    Trip.objects.filter(pk=trip.pk).update(merged_into=into, state=TripState.DONE, updated_at=timezone.now())


def note(
    trip: Trip,
    user: User,
    kind: TripEditKind,
    detail: dict[str, Any],
    before: snapshots.Snapshot,
    *,
    other: Trip | None = None,
    sidecar: Upload | None = None,
) -> TripEdit:
    """Enter an act into the trip's history and the audit, and tell the pages."""
    edit = TripEdit.objects.create(
        fleet=trip.fleet, trip=trip, other=other, kind=kind, detail=detail, before=before, sidecar=sidecar, user=user
    )
    told = {"edit": edit.pk, **({"other": other.pk} if other else {}), **detail}
    audit.record(action=ACTIONS[kind], user=user, fleet=trip.fleet, target=trip, detail=told)
    tell(edit)
    return edit


def tell(edit: TripEdit) -> None:
    """Trips that got or lost videos are as far as their videos now are, and the pages hear of it."""
    for trip_id in filter(None, (edit.trip_id, edit.other_id)):
        if edit.other_id:
            enqueue("refresh_trip", queue="light", trip_id=trip_id)
        publish_trip(trip_id)


def history(user: User, trip: Trip) -> list[TripEdit]:
    """What was done to a trip, latest first; undone acts too. Each carries `undoable`."""
    concerned = Q(trip=trip) | Q(other=trip)
    rows = TripEdit.objects.visible_to(user).filter(concerned).defer("before").select_related("user", "undone_by")
    edits = list(rows.order_by("-pk"))
    newest = _newest({one for edit in edits for one in _trips_of(edit)})
    for edit in edits:
        last = all(edit.pk >= newest.get(one, 0) for one in _trips_of(edit))
        edit.undoable = edit.undone_at is None and last  # type: ignore[attr-defined]
    return edits


def _trips_of(edit: TripEdit) -> list[int]:
    return list(filter(None, (edit.trip_id, edit.other_id)))


def _newest(trips: set[int]) -> dict[int, int]:
    """The last act on each trip that still stands."""
    standing = TripEdit.objects.filter(Q(trip__in=trips) | Q(other__in=trips), undone_at=None).order_by("pk")
    return {one: edit.pk for edit in standing.only("trip", "other") for one in _trips_of(edit)}


def edit_of(user: User, trip: Trip, pk: int) -> TripEdit | None:
    """One act of a trip's history."""
    concerned = Q(trip=trip) | Q(other=trip)
    return TripEdit.objects.visible_to(user).select_related("fleet").filter(concerned, pk=pk).first()


def later(edit: TripEdit) -> FleetQuerySet[TripEdit]:
    """Acts that build on this one, and still stand."""
    concerned = _trips_of(edit)
    return TripEdit.objects.filter(
        Q(trip__in=concerned) | Q(other__in=concerned), fleet=edit.fleet_id, undone_at=None, pk__gt=edit.pk
    )
