"""Reads for the first page: what waits for a person, what changed since they were here, and how each vehicle does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from recognition.telemetry.filenames import read_name
from sightings.models import (
    AuditEntry,
    Camera,
    Correction,
    Reprocess,
    ReprocessState,
    Sighting,
    TimeSource,
    Trip,
    TripState,
    Upload,
    UploadState,
    Video,
)
from sightings.querysets import DOUBTFUL_BELOW
from sightings.selectors import Person

LATELY_DAYS = 7  # how long a failure is shown
AWAY = timedelta(minutes=30)  # who did nothing for so long has been away
YIELD_DAYS = 30
MOST_LINES = 3  # of one kind
RECENT, BEFORE = 5, 6  # trips of a vehicle that are compared with those before them
MOST_VEHICLES = 8
LEAST_SIGHTINGS = 60  # on either side, before a share says anything
CLEAR_FALLS = 0.10  # by which the share of clear reads must have fallen
LATE_FIX_S = 30.0
CLOCK_OFF_S = 5.0
ZONE_STEP_S = 900.0  # time zones differ by quarters of an hour
GAP_S, LONGEST_GAP_S, MISSING_S = 2.0, 300.0, 60.0  # a hole between clips; a stop; worth telling, in all


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to be told: its kind, which the page words, with its numbers and names, and where it leads."""

    kind: str
    link: str
    values: dict[str, Any] = field(default_factory=dict)


def last_seen(person: Person) -> datetime | None:
    """When the person last did or looked at anything before this visit, by the audit."""
    before = AuditEntry.objects.visible_to(person).filter(user=person.pk, at__lt=timezone.now() - AWAY)
    return before.order_by("-pk").values_list("at", flat=True).first()


def to_do(person: Person) -> list[Line]:
    """What waits for a person, beside the doubtful plates."""
    ready = Reprocess.objects.visible_to(person).filter(state=ReprocessState.READY).values_list("pk", flat=True)
    lines = [Line("reprocess", reverse("reprocess", args=[pk])) for pk in ready[:MOST_LINES]]
    lately = timezone.now() - timedelta(days=LATELY_DAYS)
    failed = Upload.objects.visible_to(person).filter(state=UploadState.FAILED, created_at__gte=lately).count()
    if failed:
        lines.append(Line("uploads", reverse("upload"), {"count": failed}))
    broken = Trip.objects.visible_to(person).filter(state__in=[TripState.PARTIAL, TripState.FAILED])
    late = broken.filter(updated_at__gte=lately).order_by("-updated_at").values_list("pk", "name")
    return [*lines, *(Line("trip", reverse("trip", args=[pk]), {"name": name}) for pk, name in late[:MOST_LINES])]


def changes(person: Person, since: datetime | None) -> list[Line]:
    """What came in, and what others said and accepted since then; nothing where that is not known."""
    if since is None:
        return []
    came = Trip.objects.visible_to(person).filter(created_at__gt=since)
    trips = came.count()
    plates = Sighting.objects.current().filter(trip__in=came.values("pk")).count() if trips else 0
    others = Q(user=None) | ~Q(user=person.pk)
    said = Correction.objects.visible_to(person).filter(others, created_at__gt=since, undone_at=None).count()
    accepted = Reprocess.objects.visible_to(person).filter(state=ReprocessState.ACCEPTED, decided_at__gt=since)
    lines = [
        Line("accepted", reverse("reprocess", args=[pk])) for pk in accepted.values_list("pk", flat=True)[:MOST_LINES]
    ]
    if said:
        lines.insert(0, Line("said", reverse("search"), {"count": said}))
    if trips:
        lines.insert(0, Line("trips", reverse("trips"), {"count": trips, "plates": plates}))
    return lines


@dataclass(frozen=True, slots=True)
class Yield:
    """How many plates a vehicle meets in an hour of driving, and what seems to keep it from more."""

    name: str
    link: str
    per_hour: float
    share: float  # of the best vehicle's
    reasons: list[Line]


def yields(person: Person) -> list[Yield]:
    """Plates per hour of driving of each vehicle over its latest trips, best first, with what may be wrong with it."""
    since = timezone.now() - timedelta(days=YIELD_DAYS)
    rows = Trip.objects.visible_to(person).filter(vehicle__isnull=False, started_at__gte=since).order_by("-started_at")
    trips: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, vehicle, name in rows.values_list("pk", "vehicle", "vehicle__name")[:500]:
        trips[vehicle or 0, name].append(pk)
    chosen = dict(list(trips.items())[:MOST_VEHICLES])
    wanted = [pk for some in chosen.values() for pk in some[: RECENT + BEFORE]]
    reads, films = _reads(wanted), _films(pk for some in chosen.values() for pk in some[:RECENT])
    made = [_yield(key, some, reads, films) for key, some in chosen.items()]
    best = max((per_hour for *_, per_hour, _ in made), default=0.0)
    found = [Yield(name, link, per_hour, per_hour / best if best else 0.0, told) for name, link, per_hour, told in made]
    return sorted(found, key=lambda one: (-one.per_hour, one.name))


def _reads(trips: list[int]) -> dict[int, tuple[int, int]]:
    """For each trip: plates, and those that were read clearly."""
    seen = Sighting.objects.current().filter(trip__in=trips).order_by().values_list("trip")
    counted = seen.annotate(n=Count("pk"), clear=Count("pk", filter=Q(confidence__gte=DOUBTFUL_BELOW)))
    return {trip: (n, clear) for trip, n, clear in counted}


def _films(trips: Iterable[int]) -> dict[int, list[Video]]:
    """The front videos of each trip in the order of driving, with when their positions begin."""
    videos = Video.objects.filter(trip__in=list(trips), camera=Camera.FRONT).select_related("track")
    films: dict[int, list[Video]] = defaultdict(list)
    for video in videos.defer("track__points", "warnings").order_by("started_at", "pk"):
        films[video.trip_id].append(video)
    return films


def _yield(
    key: tuple[int, str], trips: list[int], reads: dict[int, tuple[int, int]], films: dict[int, list[Video]]
) -> tuple[str, str, float, list[Line]]:
    vehicle, name = key
    recent = trips[:RECENT]
    hours = sum(video.duration_s for trip in recent for video in films.get(trip, [])) / 3600
    plates = sum(reads.get(trip, (0, 0))[0] for trip in recent)
    link = reverse("vehicle", args=[vehicle])
    shown = [films[trip] for trip in recent if trip in films]
    told = [_lens(recent, trips[RECENT : RECENT + BEFORE], reads), _fix(shown, link), _clock(shown, link), _gaps(shown)]
    return name, link, round(plates / hours, 1) if hours else 0.0, [line for line in told if line is not None]


def _lens(recent: list[int], before: list[int], reads: dict[int, tuple[int, int]]) -> Line | None:
    now, then = _clear(recent, reads), _clear(before, reads)
    if now is None or then is None or then - now < CLEAR_FALLS:
        return None
    return Line("lens", reverse("trip", args=[recent[0]]), {"now": now, "then": then})


def _clear(trips: list[int], reads: dict[int, tuple[int, int]]) -> float | None:
    plates = sum(reads.get(trip, (0, 0))[0] for trip in trips)
    clear = sum(reads.get(trip, (0, 0))[1] for trip in trips)
    return clear / plates if plates >= LEAST_SIGHTINGS else None


def _fix(films: list[list[Video]], link: str) -> Line | None:
    """How long the camera looks for satellites: from a trip's first picture to its first position."""
    delays = [
        (video.track.started_at - video.started_at).total_seconds()
        for video in (film[0] for film in films)
        if hasattr(video, "track") and video.track.started_at and video.started_at
    ]
    if not delays or (late := median(delays)) < LATE_FIX_S:
        return None
    return Line("fix", link, {"seconds": late})


def _clock(films: list[list[Video]], link: str) -> Line | None:
    """How far the clock in the files' names is from GPS, whatever zone it is set to."""
    off = []
    for video in (video for film in films for video in film):
        named = read_name(video.original_name)
        if named is not None and video.started_at and video.time_source == TimeSource.GPS:
            apart = (named.at - video.started_at).total_seconds()
            off.append((apart + ZONE_STEP_S / 2) % ZONE_STEP_S - ZONE_STEP_S / 2)
    if not off or abs(by := median(off)) < CLOCK_OFF_S:
        return None
    return Line("clock_fast" if by > 0 else "clock_slow", link, {"seconds": abs(by)})


def _gaps(films: list[list[Video]]) -> Line | None:
    """What is missing between one clip's end and the next one's start."""
    missing: dict[int, float] = defaultdict(float)
    for film in films:
        for one, other in pairwise(film):
            if one.started_at and other.started_at:
                gap = (other.started_at - one.started_at).total_seconds() - one.duration_s
                missing[one.trip_id] += gap if GAP_S <= gap <= LONGEST_GAP_S else 0.0
    total = sum(missing.values())
    if total < MISSING_S:
        return None
    worst = max(missing, key=lambda trip: missing[trip])
    return Line("gaps", reverse("trip", args=[worst]), {"seconds": total})


def running(person: Person) -> list[Any]:
    """Readings of trips beside what people see that are under way."""
    return list(Reprocess.objects.visible_to(person).filter(state__in=["waiting", "reading"]).defer("before")[:5])
