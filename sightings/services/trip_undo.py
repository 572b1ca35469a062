"""Taking back what was done to a trip."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from sightings.errors import AlreadyUndone, UndoLaterFirst
from sightings.models import Fleet, Role, Track, Trip, TripEdit, TripEditKind, User, Video
from sightings.services import audit, snapshots, trip_edits
from sightings.services.places import refresh_trip_span, restamp
from sightings.services.roles import require_role
from sightings.services.trip_clock import move_clock

NOTHING_S = 0.0005  # shifts are whole milliseconds


@transaction.atomic
def undo_edit(*, edit: TripEdit, user: User) -> TripEdit:
    """Bring back what an act changed, exactly. What was read or arrived since then goes along with the rest.

    Raises NotAllowed, AlreadyUndone, UndoLaterFirst.
    """
    require_role(user, edit.fleet, Role.REVIEWER)
    Fleet.objects.select_for_update(no_key=True).get(pk=edit.fleet_id)
    edit = TripEdit.objects.select_related("fleet", "trip", "other").get(pk=edit.pk)
    if edit.undone_at is not None:
        raise AlreadyUndone
    if trip_edits.later(edit).exists():
        raise UndoLaterFirst
    concerned = [trip for trip in (edit.trip, edit.other) if trip is not None]
    videos = list(Video.objects.select_for_update(no_key=True).filter(trip__in=concerned).order_by("pk"))
    if edit.kind in (TripEditKind.SHIFT, TripEditKind.TRACK):
        _put_back(edit, videos)
    else:
        _part_again(edit, videos)
    for trip_id in snapshots.put_back_spans(edit.before):
        refresh_trip_span(Trip.objects.get(pk=trip_id))
    edit.undone_at, edit.undone_by = timezone.now(), user
    edit.save(update_fields=["undone_at", "undone_by"])
    told = {"edit": edit.pk, "kind": edit.kind}
    audit.record(action="trip.edit_undone", user=user, fleet=edit.fleet, target=edit.trip, detail=told)
    trip_edits.tell(edit)
    return edit


def _put_back(edit: TripEdit, videos: list[Video]) -> None:
    """Clocks, tracks and stamps as they were; a video that joined a moved trip is moved back with it."""
    by = -float(edit.detail.get("seconds", 0.0))
    for video in videos:
        known = str(video.pk) in edit.before["videos"]
        joined = not known and by and video.clock_shift_s
        gained = by and str(video.pk) not in edit.before["tracks"] and Track.objects.filter(video=video).exists()
        if joined or gained:
            move_clock(video, by)
        if known:
            snapshots.put_back_clock(edit.before, video)
            if not gained:
                snapshots.put_back_track(edit.before, video)
        elif joined and abs(video.clock_shift_s) < NOTHING_S:
            video.clock_shift_s, video.time_source, video.clock_source = 0.0, video.clock_source, ""
            video.save(update_fields=["clock_shift_s", "time_source", "clock_source"])
        restamp(video)
        snapshots.put_back_stamps(edit.before, video)


def _part_again(edit: TripEdit, videos: list[Video]) -> None:
    """A merged trip gets its own videos back; one that was split off is merged again."""
    assert edit.other is not None
    if edit.kind == TripEditKind.MERGE:
        own = [
            video for video in videos if edit.before["videos"].get(str(video.pk), {}).get("trip_id") == edit.other_id
        ]
        state = edit.before["states"][str(edit.other.pk)]
        Trip.objects.filter(pk=edit.other.pk).update(merged_into=None, state=state, updated_at=timezone.now())
        snapshots.move(own, edit.other)
    else:
        trip_edits.hide(edit.other, edit.trip)
        snapshots.move([video for video in videos if video.trip_id == edit.other_id], edit.trip)
