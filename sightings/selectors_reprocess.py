"""Reads for reading again: the jobs, what each would change, and which trips can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from sightings import selectors
from sightings.eta import ReadingQueue
from sightings.messages import ReprocessPayload
from sightings.models import Difference, ProcessingRun, Reprocess, RunState, Trip
from sightings.progress import ACTIVE_JOBS, ACTIVE_TRIPS, reprocess_message
from sightings.querysets import DifferenceQuerySet
from sightings.selectors import Person


@dataclass(frozen=True, slots=True)
class Summary:
    """What a job would change: how many differences of each kind, and how many of those are taken.

    Beside it how both readings fare against people's words: of `words` sightings on which a person said what is there,
    the old reading had `old_right` right and the new one `new_right`. "Not a plate" is right where nothing is read.
    """

    counts: dict[str, int]
    taken: dict[str, int]
    words: int
    old_right: int
    new_right: int

    @property
    def changes(self) -> int:
        """Differences that people can take or leave."""
        return sum(self.counts[kind] for kind in ("changed", "gained", "lost"))

    @property
    def accepted(self) -> int:
        return sum(self.taken.values())


def jobs_for(user: Person) -> QuerySet[Reprocess]:
    """Reprocessings, latest first, each with `video_count` and `trip_count`."""
    jobs = Reprocess.objects.visible_to(user).select_related("fleet", "user", "decided_by").defer("before")
    counted = jobs.annotate(
        video_count=Count("runs", distinct=True), trip_count=Count("runs__video__trip", distinct=True)
    )
    return counted.order_by("-pk")


def told_of(jobs: list[Reprocess]) -> list[tuple[Reprocess, ReprocessPayload | None]]:
    """Each with how far it is, as the live pages are told; nothing for those that are not under way."""
    queue = ReadingQueue.now() if any(job.state in ACTIVE_TRIPS for job in jobs) else None
    return [(job, reprocess_message(job, queue)["reprocess"] if job.state in ACTIVE_JOBS else None) for job in jobs]


def differences(job: Reprocess, kind: str) -> DifferenceQuerySet[Difference]:
    """Differences of one kind in the order of driving, with what a row shows of each. For a job that is at hand."""
    rows = Difference.objects.filter(reprocess=job).of_kind(kind)
    shown = rows.select_related("old", "new", "run__video__trip")
    return shown.order_by("run__video__started_at", "run", "at_s", "pk")


def summary(job: Reprocess) -> Summary:
    kinds = DifferenceQuerySet.kinds()
    numbers = {kind: Count("pk", filter=which) for kind, which in kinds.items()}
    taken = {f"taken_{kind}": Count("pk", filter=kinds[kind] & Q(taken=True)) for kind in ("changed", "gained", "lost")}
    found = Difference.objects.filter(reprocess=job).annotate(
        truth=Coalesce(NullIf("old__plate_corrected", Value("")), "old__plate_raw")
    )
    nothing = Q(old__review_state="rejected")
    said = Q(old__review_state__in=["confirmed", "corrected"])
    row = found.aggregate(
        **numbers,
        **taken,
        words=Count("pk", filter=said | nothing),
        old_right=Count("pk", filter=said & Q(old__plate_raw=F("truth"))),
        new_right=Count("pk", filter=said & Q(new__plate_raw=F("truth")) | nothing & Q(new=None)),
    )
    return Summary(
        counts={kind: row[kind] for kind in kinds},
        taken={kind: row[f"taken_{kind}"] for kind in ("changed", "gained", "lost")},
        words=row["words"],
        old_right=row["old_right"],
        new_right=row["new_right"],
    )


def runs_of(job: Reprocess) -> list[ProcessingRun]:
    """The job's runs in the order of driving, with their videos and trips."""
    runs = ProcessingRun.objects.filter(reprocess=job).select_related("video__trip")
    return list(runs.order_by("video__started_at", "pk"))


def not_read(runs: list[ProcessingRun]) -> list[ProcessingRun]:
    """Those that ended before their end, and so change nothing."""
    return [run for run in runs if run.state in (RunState.PARTIAL, RunState.FAILED, RunState.CANCELLED)]


def choosable(user: Person) -> QuerySet[Trip]:
    """Trips that were read, newest first."""
    return selectors.trips_for(user).exclude(state__in=ACTIVE_TRIPS)


def models_of(trips: list[Trip]) -> dict[int, list[str]]:
    """By which models the videos of each trip were read."""
    runs = ProcessingRun.objects.filter(video__trip__in=trips, is_current=True).order_by("model_version")
    found: dict[int, list[str]] = {}
    for trip, version in runs.values_list("video__trip", "model_version").distinct():
        found.setdefault(trip, []).append(version)
    return found
