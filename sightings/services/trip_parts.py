"""Two trips that were one drive, and one trip that was two."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from sightings.errors import NotMergeable, NotSplittable
from sightings.models import Trip, TripEdit, TripEditKind, User, Video
from sightings.services import snapshots, trip_edits
from sightings.services.places import refresh_trip_span


@transaction.atomic
def merge_trips(*, trip: Trip, other: Trip, user: User) -> TripEdit:
    """Put all that is in `other` into `trip`, which keeps its name; `other` is no longer shown.

    Raises NotAllowed, NotMergeable, TripGone.
    """
    if other.pk == trip.pk or other.fleet_id != trip.fleet_id:
        raise NotMergeable(gettext("A trip can only be merged with another trip of the same fleet."))
    if other.vehicle_id != trip.vehicle_id:
        raise NotMergeable(gettext("These two trips are of different vehicles, so they cannot be one drive."))
    trip = trip_edits.take_hold(trip, user, other)
    before = snapshots.take(trip, other)
    videos = list(Video.objects.filter(trip=other.pk))  # asked anew: one may have arrived before we had hold of it
    trip_edits.hide(other, trip)
    snapshots.move(videos, trip)
    refresh_trip_span(trip)
    return trip_edits.note(
        trip, user, TripEditKind.MERGE, {"name": other.name, "videos": len(videos)}, before, other=other
    )


@transaction.atomic
def split_trip(*, trip: Trip, user: User, at: datetime) -> TripEdit:
    """Put the videos from a moment on into a trip of their own; no video is cut, each goes where its middle lies.

    Raises NotAllowed, NotSplittable, TripGone.
    """
    trip = trip_edits.take_hold(trip, user)
    videos = list(trip.videos.all())
    if any(video.started_at is None for video in videos):
        raise NotSplittable(gettext("Not all videos of this trip have a time, so nobody knows which come later."))
    rest = [v for v in videos if v.started_at and v.started_at + timedelta(seconds=v.duration_s / 2) >= at]
    if not 0 < len(rest) < len(videos):
        raise NotSplittable
    before = snapshots.take(trip)
    other = Trip.objects.create(
        fleet=trip.fleet,
        vehicle=trip.vehicle,
        name=f"{trip.name[:190]}, part 2",
        state=trip.state,
        created_by=user,
    )
    snapshots.move(rest, other)
    refresh_trip_span(trip)
    refresh_trip_span(other)
    detail = {"name": other.name, "videos": len(rest), "at": at.isoformat()}
    return trip_edits.note(trip, user, TripEditKind.SPLIT, detail, before, other=other)
