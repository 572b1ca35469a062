"""Reads of more than one line. All of them begin at `visible_to(user)`."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from recognition.plates import deletion_keys, lookalikes, two_edit_keys
from sightings import plate_query, plate_regex, storage
from sightings.errors import BadQuery
from sightings.eta import ReadingQueue
from sightings.models import (
    ApiToken,
    AuditEntry,
    Camera,
    Fleet,
    Observation,
    Plate,
    PlateKey,
    ProcessingRun,
    ReviewState,
    Sighting,
    Track,
    Trip,
    Upload,
    UploadState,
    User,
    Vehicle,
    Video,
)
from sightings.plate_query import PlateQuery
from sightings.progress import ACTIVE_TRIPS
from sightings.querysets import DOUBTFUL_BELOW, PlateQuerySet, SightingQuerySet

Person = User | AnonymousUser
MOST_MATCHES = 200
MOST_FITTING = 5000  # plates that a pattern may mean
PATTERN_S = 5.0  # seconds that looking for them may take
LIKELY_REGION = 0.6  # score of a region from which on it is named
ARRIVED = (UploadState.RECEIVED, UploadState.INSPECTING)


@dataclass(frozen=True, slots=True)
class Match:
    """One plate that a search found, best first. `plate` also carries `sightings_count` and `latest_crop`."""

    plate: Plate
    why: str
    exact: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    query: PlateQuery
    matches: list[Match]
    truncated: bool  # more plates match than are listed

    @property
    def explanation(self) -> str:
        return self.query.explanation

    @property
    def plate_ids(self) -> list[int]:
        return [match.plate.pk for match in self.matches]


def search(user: Person, text: str, *, limit: int = MOST_MATCHES) -> SearchResult:
    """What the search box finds among the plates this person may see. Raises BadQuery."""
    query = plate_query.parse(text)
    plates = list(with_counts(matching_plates(user, query))[: limit + 1])
    matches = [
        Match(plate, plate_query.why(query, plate.text), plate.text == query.text)
        for plate in plates
        if plate_query.matches(query, plate.text)
    ]
    matches.sort(key=lambda match: plate_query.rank(query, match.plate.text))
    return SearchResult(query=query, matches=matches[:limit], truncated=len(plates) > limit)


def matching_plates(user: Person, query: PlateQuery) -> PlateQuerySet[Plate]:
    """Plates that a query may mean. Where characters may differ these are candidates: `matches` has the last word."""
    plates = Plate.objects.visible_to(user)
    if query.kind == "exact":
        return plates.with_text(query.text)
    if query.kind == "prefix":
        return plates.starting_with(query.text).order_by("text")
    if query.kind == "wildcard":
        return plates.like(query.text).order_by("text")
    if query.kind == "regex":
        return plates.filter(pk__in=_fitting(plates, query)).order_by("text")
    if query.kind == "alike":
        return plates.filter(text__in=list(lookalikes(query.text))).order_by("text")
    keys = two_edit_keys(query.text) if query.kind == "far" else deletion_keys(query.text)
    near = PlateKey.objects.visible_to(user).filter(key__in=sorted(keys))
    exact_first = Case(When(text=query.text, then=Value(0)), default=Value(1), output_field=IntegerField())
    return plates.filter(pk__in=near.values("plate")).order_by(exact_first, "text")


def _fitting(plates: PlateQuerySet[Plate], query: PlateQuery) -> list[int]:
    """The plates that fit a pattern, each looked at once. Raises BadQuery where that is too much for one request."""
    prefix, until, fitting = plate_regex.prefix_of(query.text), time.monotonic() + PATTERN_S, []
    some = plates.starting_with(prefix) if prefix else plates
    for number, (pk, text) in enumerate(some.order_by().values_list("pk", "text").iterator(chunk_size=2000)):
        if plate_query.matches(query, text):
            fitting.append(pk)
        if len(fitting) > MOST_FITTING:
            raise BadQuery(
                gettext("More than %(most)s plates fit this pattern. Say more of it.") % {"most": MOST_FITTING}
            )
        if number % 1000 == 0 and time.monotonic() > until:
            words = gettext("Looking through all plates takes too long. Begin the pattern with characters you know.")
            raise BadQuery(words)
    return fitting


def plates_meant(user: Person, query: PlateQuery) -> QuerySet[Any] | list[int]:
    """The plates a query means, for filters on sightings: a sub-select where the database decides alone."""
    found = matching_plates(user, query).order_by()
    if query.kind in ("exact", "prefix", "wildcard", "regex"):
        return found.values("pk")
    return [pk for pk, text in found.values_list("pk", "text") if plate_query.matches(query, text)]


def with_counts(plates: PlateQuerySet[Plate]) -> PlateQuerySet[Plate]:
    """Add `sightings_count` and `latest_crop` without a query per plate."""
    seen = Sighting.objects.current().filter(plate=OuterRef("pk"))
    count = seen.order_by().values("plate").annotate(n=Count("pk")).values("n")
    latest = seen.newest_first().values("crop")[:1]
    annotated = plates.annotate(
        sightings_count=Coalesce(Subquery(count), 0), latest_crop=Coalesce(Subquery(latest), Value(""))
    )
    return cast("PlateQuerySet[Plate]", annotated)


def sightings_for(user: Person) -> SightingQuerySet[Sighting]:
    """The log as people see it: current readings, with what a list shows of each."""
    # Prefetched, not joined: a page has few trips and videos, and the order of the log then comes from its index.
    return Sighting.objects.visible_to(user).current().prefetch_related("fleet", "trip__vehicle", "video", "plate")


def sightings_in_detail(user: Person) -> QuerySet[Sighting]:
    """Sightings with their reads and history."""
    sightings = Sighting.objects.visible_to(user).select_related(
        "fleet", "trip", "trip__vehicle", "video", "video__vehicle", "run", "plate"
    )
    return sightings.prefetch_related(
        "observations", "corrections__user", "corrections__undone_by", "flags__user", "flags__resolved_by"
    )


def sighting_detail(user: Person, pk: int) -> Sighting | None:
    """One sighting with its reads and history."""
    return sightings_in_detail(user).filter(pk=pk).first()


def plate_history(user: Person, plate: Plate) -> SightingQuerySet[Sighting]:
    """Where and when a plate was met, newest first."""
    return sightings_for(user).filter(plate=plate).newest_first()


def trips_for(user: Person) -> QuerySet[Trip]:
    """Trips newest first, each with `video_count`; `counted` says what was seen on those that are shown."""
    trips = Trip.objects.visible_to(user).prefetch_related("vehicle", "fleet")
    videos = Video.objects.filter(trip=OuterRef("pk")).order_by().values("trip").annotate(n=Count("pk")).values("n")
    with_videos = trips.annotate(video_count=Coalesce(Subquery(videos, output_field=IntegerField()), 0))
    return with_videos.order_by(F("started_at").desc(nulls_last=True), "-pk")


def counted(trips: Iterable[Trip]) -> list[Trip]:
    """The same trips, each with `sightings_count`, `plates_count` and `doubtful_count`.

    Beside the query that orders them, where SQLite would count for every trip of whoever has several fleets.
    """
    shown = list(trips)
    seen = Sighting.objects.current().filter(trip__in=shown).exclude(review_state=ReviewState.REJECTED).order_by()
    each = {"n": Count("pk"), "plates": Count("plate", distinct=True), "few": Count("pk", filter=Q(doubtful=True))}
    counts = {trip: (n, plates, few) for trip, n, plates, few in seen.values_list("trip").annotate(**each)}
    for trip in shown:
        trip.sightings_count, trip.plates_count, trip.doubtful_count = counts.get(trip.pk, (0, 0, 0))
    return shown


def trip_choices(user: Person, chosen: int | None, most: int) -> list[Trip]:
    """The latest trips, to choose from; among them the one that is chosen."""
    trips = Trip.objects.visible_to(user).only("name", "started_at")
    latest = list(trips.order_by(F("started_at").desc(nulls_last=True), "-pk")[:most])
    if chosen is None or any(trip.pk == chosen for trip in latest):
        return latest
    return [*trips.filter(pk=chosen), *latest]


def queue_for(user: Person) -> dict[str, Any]:
    """What is still to be looked at and read of all that this person may see, and how long that takes."""
    active = Trip.objects.visible_to(user).filter(state__in=ACTIVE_TRIPS)
    going = list(active.filter(paused=False).values_list("pk", flat=True))
    queue = ReadingQueue.now()
    times = [queue.eta_s(trip) for trip in going]
    return {
        "files": Upload.objects.visible_to(user).filter(state__in=ARRIVED).count(),
        "trips": len(going),
        "paused": active.filter(paused=True).count(),
        "video_s": round(queue.video_s(going), 1),
        "eta_s": max((seconds for seconds in times if seconds is not None), default=None),
        "pace": None if queue.pace is None else round(queue.pace, 3),
        "readers": queue.readers,
    }


def trip_detail(user: Person, pk: int) -> Trip | None:
    """One trip with its videos, their tracks and runs."""
    runs = Prefetch("videos__runs", queryset=current_first().prefetch_related("segments"))
    trips = trips_for(user).prefetch_related("videos__track", "videos__rendition", runs).filter(pk=pk)
    return next(iter(counted(trips)), None)


def current_first() -> QuerySet[ProcessingRun]:
    """Runs of a video: the one that people see, then the newest."""
    return ProcessingRun.objects.order_by("-is_current", "-pk")


def merged_into(user: Person, pk: int) -> int | None:
    """Where a trip's videos are now, if it was merged into another; for old addresses."""
    here = pk
    while (there := _next(user, here)) is not None:
        here = there
    return here if here != pk else None


def _next(user: Person, pk: int) -> int | None:
    return Trip.objects.merged_away_from(user).filter(pk=pk).values_list("merged_into", flat=True).first()


def mergeable(user: Person, trip: Trip, most: int = 20) -> list[Trip]:
    """Other trips of the same vehicle, the nearest in time first."""
    others = Trip.objects.visible_to(user).filter(fleet=trip.fleet, vehicle=trip.vehicle).exclude(pk=trip.pk)
    if trip.started_at is None:
        return list(others.order_by("-pk")[:most])
    timed = others.exclude(started_at=None)
    before = timed.filter(started_at__lt=trip.started_at).order_by("-started_at")[:most]
    after = timed.filter(started_at__gte=trip.started_at).order_by("started_at")[:most]
    return sorted([*before, *after], key=lambda other: abs(_start(other) - _start(trip)))[:most]


def _start(trip: Trip) -> datetime:
    assert trip.started_at is not None
    return trip.started_at


def videos_for(user: Person) -> QuerySet[Video]:
    """Videos with their runs, the current one first."""
    runs = Prefetch("runs", queryset=current_first())
    return Video.objects.visible_to(user).select_related("fleet", "trip", "rendition").prefetch_related(runs)


def driven_m(trip: Trip) -> float | None:
    """How far a trip went, in metres; None without positions.

    A rear camera drives the same road as the front one: it counts only where there is no front one.
    """
    tracks = list(Track.objects.filter(video__trip=trip).values_list("video__camera", "distance_m"))
    front = [length for camera, length in tracks if camera == Camera.FRONT]
    lengths = front or [length for _, length in tracks]
    return round(sum(lengths), 1) if lengths else None


def trip_sightings(user: Person, trip: Trip) -> SightingQuerySet[Sighting]:
    """A trip's sightings in the order of driving."""
    return sightings_for(user).filter(trip=trip).order_by("video__started_at", "video", "first_seen_s", "pk")


def review_queue(user: Person) -> SightingQuerySet[Sighting]:
    """What a person should look at: flagged ones first, then the lowest confidence."""
    return sightings_for(user).doubtful().order_by("-flagged", "confidence", "pk")


def doubtful_count(user: Person) -> int:
    return Sighting.objects.visible_to(user).current().doubtful().count()


def likely_region(code: str, score: float | None) -> str:
    """The country that a plate's region names, or nothing where that is a guess: better none than a wrong one."""
    return code if (score or 0.0) >= LIKELY_REGION else ""


def is_doubtful(sighting: Sighting) -> bool:
    """The same judgment as `SightingQuerySet.doubtful`, on a row that is at hand."""
    unsure = sighting.confidence < DOUBTFUL_BELOW or "?" in sighting.plate_raw
    return sighting.flagged or (sighting.review_state == ReviewState.UNREVIEWED and unsure)


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """A person's own keys, also those that have ended."""
    return ApiToken.objects.filter(user=user)


def vehicles_for(user: Person) -> QuerySet[Vehicle]:
    return Vehicle.objects.visible_to(user).select_related("fleet")


def crop_visible_to(user: Person, path: str) -> Fleet | None:
    """The fleet of a stored crop if this person may see it, else None."""
    fleet = storage.fleet_of_crop(path)
    return Fleet.objects.visible_to(user).filter(pk=fleet).first() if fleet is not None else None


def sighting_of_crop(user: Person, path: str) -> Sighting | None:
    """The sighting a crop belongs to, for the audit; among the crops of one run, found by its run."""
    run = storage.run_of_crop(path)
    if run is None:
        return None
    mine = Sighting.objects.visible_to(user).filter(run=run)
    seen_in = Observation.objects.filter(sighting__run=run, crop=path).values("sighting")
    return mine.filter(Q(crop=path) | Q(context=path) | Q(pk__in=seen_in)).select_related("fleet").first()


def audit_trail(user: Person, **target: Any) -> QuerySet[AuditEntry]:
    """Audit entries, newest first; `target_type` and `target_id` narrow them to one thing."""
    return AuditEntry.objects.visible_to(user).filter(**target).select_related("user", "fleet")
