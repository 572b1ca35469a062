"""What stood in a trip before a person changed it, written down so that it can be put back to the last bit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sightings.models import Correction, Flag, Sighting, Track, Trip, Upload, Video
from sightings.services.places import STAMPED
from sightings.services.plates import refresh_spans

SPAN = ("started_at", "ended_at", "time_source", "time_uncertainty_s", "distance_m")
CLOCK = ("started_at", "time_source", "time_uncertainty_s", "clock_shift_s", "clock_source")
TRACK = ("id", "source", "source_name", "sidecar_id", "points", "distance_m", "started_at", "ended_at")
MOMENTS = {"started_at", "ended_at", "seen_at"}

Snapshot = dict[str, Any]


def take(*trips: Trip) -> Snapshot:
    """The spans of trips, and the trip, clock, track and sightings' stamps of each of their videos."""
    videos = Video.objects.filter(trip__in=trips)
    return {
        "states": {str(trip.pk): trip.state for trip in trips},
        "trips": {str(trip.pk): _written(Trip, trip.pk, SPAN) for trip in trips},
        "videos": {
            str(row.pop("id")): _plain(row) for row in videos.values("id", "trip_id", *CLOCK)
        },
        "tracks": {
            str(row.pop("video_id")): _plain(row)
            for row in Track.objects.filter(video__in=videos).values("video_id", *TRACK)
        },
        "sightings": {
            str(row.pop("id")): _plain(row)
            for row in Sighting.objects.filter(video__in=videos).values("id", "best_s", *STAMPED)
        },
    }  # fmt: skip


def put_back_spans(before: Snapshot) -> set[int]:
    """Trips that hold the same videos as then get their old span; returns the others."""
    now: dict[int, set[int]] = {}
    for pk, trip in Video.objects.filter(trip__in=[int(pk) for pk in before["trips"]]).values_list("pk", "trip"):
        now.setdefault(trip, set()).add(pk)
    changed = set[int]()
    for pk, fields in before["trips"].items():
        then = {int(video) for video, row in before["videos"].items() if row["trip_id"] == int(pk)}
        if then == now.get(int(pk), set()):
            Trip.objects.filter(pk=pk).update(**_read(fields))
        else:
            changed.add(int(pk))
    return changed


def put_back_clock(before: Snapshot, video: Video) -> None:
    """A video's start, and its provenance."""
    for name, value in _read(before["videos"][str(video.pk)]).items():
        if name in CLOCK:
            setattr(video, name, value)
    video.save(update_fields=CLOCK)


def put_back_track(before: Snapshot, video: Video) -> None:
    """A video's positions, or their absence."""
    Track.objects.filter(video=video).delete()
    if track := before["tracks"].get(str(video.pk)):
        fields = _read(track)
        if not Upload.objects.filter(pk=fields["sidecar_id"]).exists():
            fields["sidecar_id"] = None  # the file was deleted since
        Track.objects.create(video=video, **fields)


def put_back_stamps(before: Snapshot, video: Video) -> None:
    """Stamps of the sightings that are as they were read then; what was read since keeps the stamps it has."""
    rows = []
    for row in Sighting.objects.filter(video=video):
        stamp = before["sightings"].get(str(row.pk))
        if stamp is not None and stamp["best_s"] == row.best_s:
            for name, value in _read(stamp).items():
                setattr(row, name, value)
            rows.append(row)
    Sighting.objects.bulk_update(rows, STAMPED, batch_size=200)
    refresh_spans({row.plate_id for row in rows if row.plate_id})


def move(videos: Iterable[Video], trip: Trip) -> None:
    """Put videos into a trip, with all that hangs on them."""
    ids = [video.pk for video in videos]
    Video.objects.filter(pk__in=ids).update(trip=trip)
    for kind in (Sighting, Correction, Flag, Upload):
        kind._default_manager.filter(video__in=ids).update(trip=trip)


def _written(model: type[Trip], pk: int, fields: Iterable[str]) -> dict[str, Any]:
    return _plain(model.objects.filter(pk=pk).values(*fields)[0])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them without losing a bit."""
    return {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name in MOMENTS and value else value for name, value in row.items()}
