"""Which drive a clip belongs to: clips dropped together that follow each other are one trip.

Cameras leave gaps between clips, some lose the satellites for a while, and a front and a rear camera film the same
minutes. Clips arrive in any order: one that closes the gap between two trips makes them one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import QuerySet

from recognition.telemetry.track import Track as Positions
from recognition.telemetry.track import distance_m
from recognition.types import GpsPoint
from sightings.models import ProcessingRun, TimeSource, Trip, Upload, UploadKind, Video
from sightings.processing.clock import FILE_NAME_UNCERTAINTY_S, Start, from_name
from sightings.processing.states import refresh_trip
from sightings.progress import publish_trip
from sightings.services import snapshots, trip_edits
from sightings.services.places import end_of, refresh_trip_span, restamp

SAME_DRIVE_S = 300.0  # clips of one batch and vehicle that are no farther apart are one trip
OVERLAP_S = 10.0  # clips of one camera may overlap by so much; by more, they are of two cars
FASTEST_M_S = 100.0  # what lies farther apart than this allows was driven by two cars
NEARBY_M = 2000.0  # that the ends of two clips may be apart besides, for clocks that are off
SAME_CLOCK_S = 60.0  # within which the clips of one camera agree on how far its clock is off
SAME_ERA = timedelta(days=1)  # a clock that was set or lost between two clips says nothing of the other


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of film, as far as its drive depends on it; where it began and ended, if known."""

    start: datetime
    end: datetime
    camera: str
    first: GpsPoint | None = None
    last: GpsPoint | None = None


def clip_of(start: Start, duration: float, camera: str, positions: Positions | None) -> Clip:
    points = positions.points if positions else ()
    first, last = (points[0], points[-1]) if points else (None, None)
    return Clip(start.at, start.at + timedelta(seconds=duration), camera, first, last)


def clip_of_video(video: Video, source: str = "") -> Clip:
    """As the camera's clock tells it, if a person has moved that clock and `source` is what it was read from."""
    assert video.started_at is not None
    moved = timedelta(seconds=video.clock_shift_s if video.clock_source == source else 0.0)
    track = getattr(video, "track", None)
    first, last = (GpsPoint(lat=p[1], lon=p[2]) for p in (track.points[0], track.points[-1])) if track else (None, None)
    return Clip(video.started_at - moved, end_of(video) - moved, video.camera, first, last)


def mates_of(upload: Upload) -> QuerySet[Video]:
    """Videos dropped together with an upload, of the same vehicle, whose time is known."""
    if not upload.batch:
        return Video.objects.none()
    together = Upload.objects.filter(batch=upload.batch, fleet=upload.fleet_id).exclude(kind=UploadKind.TELEMETRY)
    mates = Video.objects.filter(uploads__in=together, vehicle=upload.vehicle_id).distinct()
    return mates.exclude(started_at=None).exclude(time_source=TimeSource.UPLOAD).select_related("trip", "track")


def by_mates(start: Start, filename: str, upload: Upload) -> Start:
    """The start of a clip without satellites, by the clips of its batch that have them: one camera has one clock.

    Its name bears the camera's own time, in a zone that nobody may have set; how far that is off, they tell.
    """
    named = from_name(filename, upload.vehicle)
    if named is None or start.source in (TimeSource.GPS, TimeSource.PERSON):
        return start
    off = list[float]()
    for mate in mates_of(upload).filter(time_source=TimeSource.GPS):
        theirs = from_name(mate.original_name, upload.vehicle)
        if theirs is not None and mate.started_at is not None and abs(theirs - named) < SAME_ERA:
            off.append((mate.started_at - theirs).total_seconds())
    if not off or max(off) - min(off) > SAME_CLOCK_S:
        return start
    at = named + timedelta(seconds=median(off))
    if start.source != TimeSource.UPLOAD and abs((at - start.at).total_seconds()) <= SAME_CLOCK_S:
        return start  # the two agree, and the container may be finer
    return Start(at, TimeSource.FILE_NAME, FILE_NAME_UNCERTAINTY_S + max(off) - min(off))


def trip_for(upload: Upload, clip: Clip, mates: Iterable[Video], source: str) -> Trip | None:
    """The trip of the clips that it follows, precedes or films beside; None where it begins one of its own.

    Where it closes the gap between two trips, they become one. `source` is that of the clip's time.
    """
    trips, parts, gaps = dict[int, Trip](), dict[int, list[Clip]](), dict[int, float]()
    for mate in mates:
        part = clip_of_video(mate, source)
        trips[mate.trip_id] = mate.trip
        parts.setdefault(mate.trip_id, []).append(part)
        gaps[mate.trip_id] = min(gaps.get(mate.trip_id, SAME_DRIVE_S), _gap_s(clip, part))
    near = sorted((gap, pk) for pk, gap in gaps.items() if gap < SAME_DRIVE_S)
    told = upload.vehicle_id is not None  # a person has said that it was one car
    chosen, driven = list[Trip](), [clip]
    for _, pk in near:
        if told or not any(_two_cars(one, other) for one in driven for other in parts[pk]):
            chosen.append(trips[pk])
            driven += parts[pk]
    return _joined(chosen) if chosen else None


def redate_mates(upload: Upload) -> None:
    """Clips of the batch that came without satellites, before any that has them: by their clock, now that it is known.

    In a transaction.
    """
    for mate in mates_of(upload).filter(time_source__in=[TimeSource.CONTAINER, TimeSource.FILE_NAME]):
        assert mate.started_at is not None
        was = Start(mate.started_at, TimeSource(mate.time_source), mate.time_uncertainty_s or 0.0)
        start = by_mates(was, mate.original_name, upload)
        if start is was or getattr(mate, "track", None) is not None:
            continue
        mate.started_at, mate.time_source, mate.time_uncertainty_s = start.at, start.source, start.uncertainty_s
        mate.save(update_fields=["started_at", "time_source", "time_uncertainty_s"])
        restamp(mate)
        old = mate.trip
        trip = trip_for(upload, clip_of_video(mate), mates_of(upload).exclude(pk=mate.pk), start.source) or old
        if trip != old:
            _move(Video.objects.filter(pk=mate.pk), trip)
            _tidy(old, trip)
        refresh_trip_span(trip)
        refresh_trip(trip.pk)
        publish_trip(trip.pk)


def _gap_s(one: Clip, other: Clip) -> float:
    """Seconds between two clips; below 0 for how long they film at once."""
    return max((one.start - other.end).total_seconds(), (other.start - one.end).total_seconds())


def _two_cars(one: Clip, other: Clip) -> bool:
    """One camera cannot film twice at once, and no car is in two places."""
    gap = _gap_s(one, other)
    if gap < -OVERLAP_S and one.camera == other.camera:
        return True
    before, after = sorted((one, other), key=lambda clip: clip.start)
    here, there = (before.last, after.first) if gap >= 0 else (before.first, after.first)
    if here is None or there is None:
        return False
    passed = gap if gap >= 0 else (after.start - before.start).total_seconds()
    return distance_m(here, there) > NEARBY_M + FASTEST_M_S * passed


def _joined(trips: Sequence[Trip]) -> Trip:
    """The one that began first, with all that was in the others."""
    first, *rest = sorted(trips, key=lambda trip: (trip.started_at is None, trip.started_at, trip.pk))
    for other in rest:
        _move(Video.objects.filter(trip=other), first)
        _tidy(other, first)
    return first


def _move(videos: QuerySet[Video], trip: Trip) -> None:
    """Videos with all that hangs on them. Their runs are held, so that no merge writes into the old trip meanwhile."""
    moved = list(videos)
    list(ProcessingRun.objects.select_for_update().filter(video__in=moved).order_by("pk").values_list("pk"))
    snapshots.move(moved, trip)


def _tidy(trip: Trip, into: Trip) -> None:
    """A trip that has lost videos to another one: shorter, or, where none is left, gone into it."""
    if Video.objects.filter(trip=trip).exists():
        refresh_trip_span(trip)
        refresh_trip(trip.pk)
        publish_trip(trip.pk)
    else:
        Upload.objects.filter(trip=trip).update(trip=into)
        trip_edits.hide(trip, into)
