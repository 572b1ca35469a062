"""Reading trips again with another model, beside what people see; what comes of it waits for a person's decision."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from recognition.manifest import model_version, read_manifest
from sightings import storage
from sightings.errors import (
    ModelUnknown,
    NotDecidable,
    NothingToReread,
    NotInQueue,
    NotPaused,
    NotRetryable,
    NotStoppable,
)
from sightings.models import (
    Fleet,
    ProcessingRun,
    Reprocess,
    ReprocessState,
    Role,
    RunState,
    Segment,
    SegmentState,
    Trip,
    User,
    Video,
)
from sightings.progress import ACTIVE_TRIPS, publish_reprocess
from sightings.queue import enqueue
from sightings.services import audit
from sightings.services.compare import UNDECIDED
from sightings.services.roles import require_role
from sightings.services.trips import RETRYABLE, restart, stop_runs

OPEN_RUNS = (RunState.QUEUED, RunState.READING, RunState.MERGING)


def choices() -> list[tuple[str, str]]:
    """The models that can be chosen, and what they are called: the usual one first, then every pair that is shipped."""
    kinds: dict[str, list[str]] = {"detector": [], "recognizer": []}
    for name, entry in sorted(read_manifest().items()):
        kinds[entry.kind].append(name)
    pairs = [(found, read) for found in kinds["detector"] for read in kinds["recognizer"]]
    usual = ("", gettext("What new trips are read with now"))
    return [usual, *(("+".join(names), model_version(*names).replace("+", gettext(" with "))) for names in pairs)]


@transaction.atomic
def start_reprocess(*, trips: Iterable[Trip], user: User, networks: str = "") -> Reprocess:
    """Read the videos of trips again, after all that is still unread; what people see stays as it is.

    Left out are videos that were never read to an end, that wait for a decision already, and that were read by just
    this model. Raises NotAllowed, ModelUnknown, NothingToReread.
    """
    chosen = list(trips)
    if not chosen or len({trip.fleet_id for trip in chosen}) != 1:
        raise NothingToReread(gettext("Choose at least one trip, and only trips of one fleet."))
    fleet = chosen[0].fleet
    require_role(user, fleet, Role.REVIEWER)
    version = version_of(networks)
    Fleet.objects.select_for_update(no_key=True).get(pk=fleet.pk)
    videos = _videos(chosen, version)
    if not videos:
        raise NothingToReread
    job = Reprocess.objects.create(fleet=fleet, networks=networks, user=user)
    for video in videos:
        _open_run(job, video)
    trips_read = sorted({video.trip_id for video in videos})
    detail = {"networks": networks, "trips": trips_read, "videos": len(videos)}
    audit.record(action="reprocess.started", user=user, fleet=fleet, target=job, detail=detail)
    publish_reprocess(job.pk)
    return job


def version_of(networks: str) -> str:
    """What is written beside sightings that these networks read; nothing for the usual ones. Raises ModelUnknown."""
    if networks not in dict(choices()):
        raise ModelUnknown
    return model_version(*networks.split("+")) if networks else ""


def _videos(trips: list[Trip], version: str) -> list[Video]:
    """What of these trips can be read again with this model."""
    waiting = ProcessingRun.objects.filter(reprocess__state__in=UNDECIDED).values("video")
    read = ProcessingRun.objects.filter(is_current=True).exclude(state__in=OPEN_RUNS)
    if version:
        read = read.exclude(state=RunState.DONE, model_version=version)
    videos = Video.objects.filter(trip__in=trips, pk__in=read.values("video")).exclude(pk__in=waiting)
    return list(videos.exclude(file="").order_by("started_at", "pk"))


def _open_run(job: Reprocess, video: Video) -> None:
    """A run beside the current one, cut into the same parts."""
    run = ProcessingRun.objects.create(video=video, reprocess=job)
    parts = list(Segment.objects.filter(run__video=video, run__is_current=True).order_by("index"))
    cuts = [(part.start_s, part.end_s) for part in parts] or [(0.0, video.duration_s)]
    Segment.objects.bulk_create(
        Segment(run=run, index=index, start_s=start, end_s=end) for index, (start, end) in enumerate(cuts)
    )
    for _ in cuts:
        enqueue("read_next", queue="read")


@transaction.atomic
def pause_reprocess(*, job: Reprocess, user: User) -> None:
    """Begin no further part; one that is being read is read to its end. Raises NotAllowed, NotInQueue."""
    require_role(user, job.fleet, Role.REVIEWER)
    if Reprocess.objects.filter(pk=job.pk, state__in=ACTIVE_TRIPS, paused=False).update(paused=True) != 1:
        raise NotInQueue(gettext("Nothing of this waits to be read: there is nothing to pause."))
    _note("reprocess.paused", job, user)


@transaction.atomic
def resume_reprocess(*, job: Reprocess, user: User) -> None:
    """Read on after a pause. Raises NotAllowed, NotPaused."""
    require_role(user, job.fleet, Role.REVIEWER)
    if Reprocess.objects.filter(pk=job.pk, paused=True).update(paused=False) != 1:
        raise NotPaused(gettext("This is not paused: there is nothing to resume."))
    for _ in range(Segment.objects.filter(run__reprocess=job, state=SegmentState.QUEUED).count()):
        enqueue("read_next", queue="read")
    _note("reprocess.resumed", job, user)


@transaction.atomic
def stop_reprocess(*, job: Reprocess, user: User) -> None:
    """Read no more of it; the videos that were read to their end can be compared. Raises NotAllowed, NotStoppable."""
    require_role(user, job.fleet, Role.REVIEWER)
    if not stop_runs(job.runs.filter(state__in=OPEN_RUNS).values_list("pk", flat=True)):
        raise NotStoppable(gettext("Nothing of this is being read: there is nothing to stop."))
    Reprocess.objects.filter(pk=job.pk).update(paused=False)
    _note("reprocess.stopped", job, user)


@transaction.atomic
def retry_reprocess(*, job: Reprocess, user: User) -> None:
    """Read what failed or was stopped. Raises NotAllowed, NotRetryable."""
    require_role(user, job.fleet, Role.REVIEWER)
    ended = Reprocess.objects.select_for_update().filter(
        pk=job.pk, state__in=[ReprocessState.READY, ReprocessState.UNREAD]
    )
    runs = list(ProcessingRun.objects.filter(reprocess=job, state__in=RETRYABLE)) if ended.exists() else []
    if not [run for run in runs if restart(run)]:
        raise NotRetryable(gettext("All of this was read: there is nothing to read again."))
    ended.update(state=ReprocessState.READING, read_at=None)
    _note("reprocess.retried", job, user)


@transaction.atomic
def discard_reprocess(*, job: Reprocess, user: User) -> None:
    """Throw the new reading away, with its pictures; what people see stays. Raises NotAllowed, NotDecidable."""
    require_role(user, job.fleet, Role.REVIEWER)
    undecided = Reprocess.objects.filter(pk=job.pk, state__in=UNDECIDED)
    if undecided.update(state=ReprocessState.DISCARDED, decided_at=timezone.now(), decided_by=user, paused=False) != 1:
        raise NotDecidable
    unread = Segment.objects.filter(run__reprocess=job, state__in=[SegmentState.QUEUED, SegmentState.LEASED])
    unread.update(state=SegmentState.CANCELLED, lease_owner="", lease_expires_at=None, heartbeat_at=None)
    enqueue("drop_reprocess", queue="light", reprocess_id=job.pk)
    _note("reprocess.discarded", job, user)


def drop_runs(reprocess_id: int) -> None:
    """Delete the runs of a discarded reprocessing: pictures first, so that a second try finds what is left."""
    runs = ProcessingRun.objects.filter(
        reprocess=reprocess_id, reprocess__state=ReprocessState.DISCARDED, is_current=False
    )
    for run in runs.select_related("video"):
        _drop_folder(storage.crops_folder(fleet_id=run.video.fleet_id, run_id=run.pk))
        run.delete()


def _drop_folder(folder: str) -> None:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    for inner in folders:
        _drop_folder(f"{folder}/{inner}")
    default_storage.delete(folder)


def _note(action: str, job: Reprocess, user: User) -> None:
    job.refresh_from_db()
    audit.record(action=action, user=user, fleet=job.fleet, target=job)
    publish_reprocess(job.pk)
