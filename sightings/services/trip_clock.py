"""What people do to a trip's time and place by hand: move its clock, give it another track."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from recognition.telemetry.track import Track as Positions
from sightings.errors import ClockUnusable, TrackElsewhere
from sightings.models import TimeSource, Track, Trip, TripEdit, TripEditKind, Upload, User, Video
from sightings.services import snapshots, tracks, trip_edits
from sightings.services.places import refresh_trip_span, restamp

TYPED_UNCERTAINTY_S = 60.0  # a start that a person types is read from some clock, to the minute at worst
LONGEST_SHIFT_S = 100 * 366 * 86_400.0  # reset clocks begin anew in 1970, 2000 or when the camera was made
LARGEST_UNCERTAINTY_S = 366 * 86_400.0


@transaction.atomic
def shift_trip(
    *,
    trip: Trip,
    user: User,
    seconds: float | None = None,
    start: datetime | None = None,
    uncertainty_s: float | None = None,
    keep_positions: bool = False,
) -> TripEdit:
    """Move a trip's clock by so many seconds, or so that it begins at `start`; its sightings are stamped anew.

    The uncertainty stays unless one is given; that of a typed start is a minute at most. Positions from a file with a
    clock of its own (GPX, NMEA) are laid anew, so that the car is elsewhere on the same road at each moment, unless
    they are to be kept; those that the camera recorded into its video stay with the picture.
    Raises NotAllowed, ClockUnusable, TrackElsewhere.
    """
    trip = trip_edits.take_hold(trip, user)
    by = _seconds(trip, seconds, start, uncertainty_s)
    before = snapshots.take(trip)
    videos = list(trip.videos.exclude(started_at=None))
    placed = Track.objects.filter(video__in=videos).count()
    for video in videos:
        move_clock(video, by, keep_positions=keep_positions)
        if uncertainty_s is not None:
            video.time_uncertainty_s = uncertainty_s
        elif start is not None:
            video.time_uncertainty_s = min(video.time_uncertainty_s or TYPED_UNCERTAINTY_S, TYPED_UNCERTAINTY_S)
        video.save(update_fields=["time_uncertainty_s"])
        restamp(video)
    if placed and not Track.objects.filter(video__in=videos).exists():
        raise TrackElsewhere
    refresh_trip_span(trip)
    detail = {"seconds": by, "uncertainty_s": uncertainty_s, "keep_positions": keep_positions}
    return trip_edits.note(trip, user, TripEditKind.SHIFT, detail, before)


@transaction.atomic
def replace_track(*, trip: Trip, user: User, sidecar: Upload, positions: Positions) -> TripEdit:
    """Lay other positions over a trip's videos, by the clocks that these have, in place of those they had.

    A clock is left as it is: the track's own first point says nothing of when a video began that it merely passes by.
    Raises NotAllowed, TrackElsewhere where they meet no video.
    """
    trip = trip_edits.take_hold(trip, user)
    before = snapshots.take(trip)
    met = 0
    for video in trip.videos.all():
        Track.objects.filter(video=video).delete()
        met += tracks.lay(video, positions, sidecar.filename, sidecar)
        restamp(video)
    if not met:
        raise TrackElsewhere(_apart(trip, positions, sidecar.filename))
    refresh_trip_span(trip)
    detail = {"name": sidecar.filename, "videos": met, "points": len(positions.points)}
    return trip_edits.note(trip, user, TripEditKind.TRACK, detail, before, sidecar=sidecar)


def move_clock(video: Video, seconds: float, *, keep_positions: bool = False) -> None:
    """Move one video's clock, by a person's word. Its sightings and its uncertainty are the caller's affair."""
    assert video.started_at is not None
    if not video.clock_shift_s:
        video.clock_source = video.time_source
    video.started_at += timedelta(seconds=seconds)
    video.clock_shift_s += seconds
    video.time_source = TimeSource.PERSON
    video.save(update_fields=["started_at", "clock_shift_s", "clock_source", "time_source"])
    track = Track.objects.select_related("sidecar").filter(video=video).first()
    if track is None:
        return
    positions = None if keep_positions else tracks.kept(track.sidecar)
    if positions is None:
        track.sidecar = None  # from here on they follow the picture
        track.started_at = track.started_at and track.started_at + timedelta(seconds=seconds)
        track.ended_at = track.ended_at and track.ended_at + timedelta(seconds=seconds)
        track.save(update_fields=["sidecar", "started_at", "ended_at"])
    elif not tracks.lay(video, positions, track.source_name, track.sidecar):
        track.delete()


def _seconds(trip: Trip, seconds: float | None, start: datetime | None, uncertainty_s: float | None) -> float:
    """How far to move the clock. Raises ClockUnusable."""
    if (seconds is None) == (start is None):
        words = gettext("Give either the seconds to move the clock by, or the moment at which the trip began.")
        raise ClockUnusable(words)
    if uncertainty_s is not None and not 0.0 <= uncertainty_s <= LARGEST_UNCERTAINTY_S:
        raise ClockUnusable(gettext("The uncertainty must be at least 0 seconds, and at most a year."))
    began = trip.videos.exclude(started_at=None).order_by("started_at").values_list("started_at", flat=True).first()
    if began is None:
        raise ClockUnusable(gettext("No time is known of this trip yet, so there is nothing to move."))
    by = round((start - began).total_seconds() if start is not None else seconds or 0.0, 3)
    if not 0.0 < abs(by) <= LONGEST_SHIFT_S or not 1900 <= (began + timedelta(seconds=by)).year < 3000:
        raise ClockUnusable(gettext("This would not move the clock, or move it by more than a hundred years."))
    return by


def _apart(trip: Trip, positions: Positions, name: str) -> str:
    began, ended = positions.started_at, positions.ended_at
    if began is None or ended is None or trip.started_at is None or trip.ended_at is None:
        return f"{name} does not lie over any video of this trip."
    return (
        f"{name} goes from {began:%Y-%m-%d %H:%M:%S} to {ended:%Y-%m-%d %H:%M:%S} UTC, the trip from "
        f"{trip.started_at:%Y-%m-%d %H:%M:%S} to {trip.ended_at:%Y-%m-%d %H:%M:%S}: they do not meet. "
        "Shift the trip's clock first, or choose another file."
    )
