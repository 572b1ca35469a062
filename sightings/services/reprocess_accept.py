"""Deciding on another reading: which of its differences to take, taking them, and switching back.

Taking makes the new run the current one. What a person declined, or has said a word on that the new reading did not
find again, stays: the old sighting goes over to the new run, and the new one, if there is any, to the old run in its
place. No row is copied and none deleted, so nothing can be lost or doubled, and undoing puts each where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext

from sightings.errors import AlreadyUndone, NotDecidable, UndoLaterFirst
from sightings.models import (
    Correction,
    Difference,
    Flag,
    Fleet,
    Plate,
    ProcessingRun,
    Reprocess,
    ReprocessState,
    Role,
    RunState,
    Sighting,
    User,
    Video,
)
from sightings.progress import publish_reprocess, publish_trip
from sightings.querysets import FleetQuerySet
from sightings.queue import enqueue
from sightings.services import audit
from sightings.services.alerting import watch
from sightings.services.aliases import apply_aliases
from sightings.services.carry_over import reapply_corrections
from sightings.services.coverage import cover
from sightings.services.current import make_current
from sightings.services.events import tell, tell_gone
from sightings.services.plates import make_plates, tidy_plates
from sightings.services.reprocess import OPEN_RUNS
from sightings.services.roles import require_role
from sightings.services.standing import refresh_flagged, restate

MOST_AT_ONCE = 500  # rows that one statement names
WORDS: Any = ((Correction, "corrections"), (Flag, "flags"))
Note = Callable[[float], None]
CHOICES = ("changed", "gained", "lost")  # kinds that people can take or leave


@transaction.atomic
def choose(
    *, job: Reprocess, user: User, take: bool, differences: Iterable[int] | None = None, kind: str = ""
) -> Reprocess:
    """Take or leave single differences, all of a kind, or all there are. Raises NotAllowed, NotDecidable."""
    require_role(user, job.fleet, Role.REVIEWER)
    ready = Reprocess.objects.filter(pk=job.pk, state=ReprocessState.READY)
    if ready.update(version=F("version") + 1) != 1:
        raise NotDecidable
    rows = Difference.objects.filter(reprocess=job)
    if differences is not None:
        rows = rows.filter(pk__in=list(differences))
    wanted = [kind] if kind else CHOICES
    for one in wanted:
        Difference.objects.filter(pk__in=rows.of_kind(one).values("pk")).update(taken=take)
    job.refresh_from_db()
    return job


@transaction.atomic
def accept_reprocess(*, job: Reprocess, user: User, note: Note = lambda share: None) -> Reprocess:
    """Make the new reading the one that people see, but for what they declined and what they have said.

    `note` is told how much of it is done, 0–1. Raises NotAllowed, NotDecidable.
    """
    runs = _take_hold(job, user)
    ready = Reprocess.objects.filter(pk=job.pk, state__in=[ReprocessState.READY, ReprocessState.ACCEPTING])
    if ready.update(state=ReprocessState.ACCEPTED, decided_at=timezone.now(), decided_by=user) != 1:
        raise NotDecidable
    job.before = {"current": {}, "moved": {}, "corrections": {}, "flags": {}}
    for done, run in enumerate(runs, 1):
        _accept_run(run, job.before)
        note(done / len(runs))
    job.save(update_fields=["before"])
    _note("reprocess.accepted", job, user, runs)
    return job


@transaction.atomic
def undo_accept(*, job: Reprocess, user: User, note: Note = lambda share: None) -> Reprocess:
    """Switch back to the reading of before, exactly; words that people said since go along. It can be accepted again.

    `note` is told how much of it is done, 0–1. Raises NotAllowed, AlreadyUndone, UndoLaterFirst.
    """
    runs = _take_hold(job, user)
    before = Reprocess.objects.values_list("before", flat=True).get(pk=job.pk)
    require_latest(job)
    accepted = Reprocess.objects.filter(pk=job.pk, state__in=[ReprocessState.ACCEPTED, ReprocessState.UNDOING])
    if accepted.update(state=ReprocessState.READY, decided_at=None, decided_by=None, before={}) != 1:
        raise AlreadyUndone
    for done, run in enumerate(runs, 1):
        if str(run.video_id) in before["current"]:
            _undo_run(run, before)
        note(done / len(runs))
    _note("reprocess.undone", job, user, runs)
    return job


def require_latest(job: Reprocess) -> None:
    """Raises UndoLaterFirst where another reading of one of its videos was accepted after it."""
    taken = [ReprocessState.ACCEPTING, ReprocessState.ACCEPTED, ReprocessState.UNDOING]
    later = Reprocess.objects.filter(state__in=taken, runs__video__in=job.runs.values("video")).exclude(pk=job.pk)
    decided_at = Reprocess.objects.values_list("decided_at", flat=True).get(pk=job.pk)
    if later.exclude(decided_at__lte=decided_at or timezone.now()).exists():
        words = gettext("Another reading of one of these videos was accepted after that. Undo the latest first.")
        raise UndoLaterFirst(words)


def _take_hold(job: Reprocess, user: User) -> list[ProcessingRun]:
    """The job's runs, with all who would change their videos made to wait until we are done."""
    require_role(user, job.fleet, Role.REVIEWER)
    Fleet.objects.select_for_update(no_key=True).get(pk=job.fleet_id)
    runs = list(ProcessingRun.objects.filter(reprocess=job).select_related("video__fleet").order_by("pk"))
    videos = Video.objects.select_for_update(no_key=True).filter(pk__in=[run.video_id for run in runs])
    list(videos.order_by("pk").values_list("pk"))
    return runs


def _accept_run(run: ProcessingRun, before: dict[str, Any]) -> None:
    """A run that was not read to its end changes nothing."""
    old_run = ProcessingRun.objects.filter(video=run.video_id, is_current=True).first()
    if run.state != RunState.DONE or old_run is None:
        return
    if old_run.state in OPEN_RUNS:
        words = gettext("One of these videos is being read at this moment. Wait until that is done, then accept.")
        raise NotDecidable(words)
    before["current"][str(run.video_id)] = old_run.pk
    _remember_words(run.video, before)
    found = Difference.objects.filter(run=run)
    declined = {kind: found.of_kind(kind).filter(taken=False) for kind in CHOICES}
    said = found.of_kind("locked").filter(new=None)  # the new reading did not find it again
    keeping = _ids("old", declined["changed"], declined["lost"], said)
    leaving = _ids("new", declined["changed"], declined["gained"])
    _move(keeping, run, "kept", before)
    _move(leaving, old_run, "left", before)
    pairs = found.filter(old__isnull=False, new__isnull=False).exclude(old__in=keeping).values_list("old", "new")
    _hand_over(dict(pairs))
    make_current(run)
    _settle(run, old_run)


def _ids(side: str, *found: FleetQuerySet[Any]) -> list[int]:
    return [pk for some in found for pk in some.values_list(side, flat=True)]


def _undo_run(run: ProcessingRun, before: dict[str, Any]) -> None:
    old_run = ProcessingRun.objects.get(pk=before["current"][str(run.video_id)])
    moved = [row for row in Sighting.objects.filter(video=run.video_id) if str(row.pk) in before["moved"]]
    for row in moved:
        row.run_id, row.key = before["moved"][str(row.pk)]
    Sighting.objects.bulk_update(moved, ["run", "key"], batch_size=MOST_AT_ONCE)
    for kind, name in WORDS:
        homes = {int(pk): sighting for pk, sighting in before[name].items()}
        _hang(kind, {pk: homes[pk] for pk in _ids("pk", kind.objects.filter(video=run.video_id)) if pk in homes})
    make_current(old_run)
    Sighting.objects.filter(run=run).update(plate_corrected="", review_state="unreviewed", flagged=False)
    _settle(old_run, run)


def _remember_words(video: Video, before: dict[str, Any]) -> None:
    for kind, name in WORDS:
        rows = kind.objects.filter(video=video).values_list("pk", "sighting")
        before[name] |= {str(pk): sighting for pk, sighting in rows}


def _move(sightings: list[int], run: ProcessingRun, why: str, before: dict[str, Any]) -> None:
    """Put sightings into another run, under keys of their own, because keys are the run's."""
    rows = list(Sighting.objects.filter(pk__in=sightings))
    for row in rows:
        before["moved"][str(row.pk)] = [row.run_id, row.key]
        row.run, row.key = run, f"{why}-{row.pk}"
    Sighting.objects.bulk_update(rows, ["run", "key"], batch_size=MOST_AT_ONCE)


def _hand_over(partners: dict[int, int]) -> None:
    """Let the words on an old sighting hang on the new one of the same passage."""
    for kind, _ in WORDS:
        rows = kind.objects.filter(sighting__in=list(partners)).values_list("pk", "sighting")
        _hang(kind, {pk: partners[sighting] for pk, sighting in rows})


def _hang(kind: Any, homes: Mapping[int, int | None]) -> None:
    """Hang corrections or flags, by their keys, on other sightings, or on none."""
    rows = [kind(pk=pk, sighting_id=sighting) for pk, sighting in homes.items()]
    kind.objects.bulk_update(rows, ["sighting"], batch_size=MOST_AT_ONCE)


def _settle(seen: ProcessingRun, unseen: ProcessingRun) -> None:
    """Plates hang on what is seen alone, and each sighting says what the words on it add up to."""
    touched = set(Sighting.objects.filter(run=unseen, plate__isnull=False).values_list("plate", flat=True))
    Sighting.objects.filter(run=unseen).update(plate=None)
    reapply_corrections(seen)  # words that had found no place so far, and those said since
    apply_aliases(seen)
    of_run = Sighting.objects.filter(run=seen)
    said = set(Correction.objects.filter(sighting__run=seen).values_list("sighting", flat=True))
    flagged = set(Flag.objects.filter(sighting__run=seen).values_list("sighting", flat=True))
    plain = of_run.exclude(pk__in=Correction.objects.filter(sighting__run=seen).values("sighting"))
    fleet = seen.video.fleet
    make_plates(fleet=fleet, texts=dict(plain.order_by().values_list("plate_raw", "region")))
    # By text in one statement; what could not be read at all has no plate.
    same = Plate.objects.filter(fleet=fleet, text=OuterRef("plate_raw")).values("pk")[:1]
    plain.order_by().update(plate=Subquery(same))
    for row in of_run.filter(pk__in=said | flagged).select_related("fleet", "plate"):
        if row.pk in said:
            restate(row)
        if row.pk in flagged:
            refresh_flagged(row)
    touched |= set(of_run.order_by().filter(plate__isnull=False).values_list("plate", flat=True))
    tidy_plates(touched)
    tell(of_run)
    tell_gone(seen.video)
    watch(of_run)
    cover(seen.video)


def _note(action: str, job: Reprocess, user: User, runs: list[ProcessingRun]) -> None:
    job.refresh_from_db()
    taken = {kind: job.differences.of_kind(kind).filter(taken=True).count() for kind in CHOICES}
    detail = {"runs": len(runs), "taken": taken}
    audit.record(action=action, user=user, fleet=job.fleet, target=job, detail=detail)
    publish_reprocess(job.pk)
    for trip_id in sorted({run.video.trip_id for run in runs}):
        enqueue("refresh_trip", queue="light", trip_id=trip_id)
        publish_trip(trip_id)
