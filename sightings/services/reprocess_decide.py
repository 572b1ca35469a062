"""Taking another reading over, and switching back: asked for on a page, done by a worker.

A large job touches more rows than a request should wait for. Until all of it is done, people see what they saw before.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext, gettext_noop

from sightings import said
from sightings.errors import AlreadyUndone, NotDecidable, PlatelogError, VersionClash
from sightings.models import Reprocess, ReprocessState, Role, User
from sightings.progress import publish_decision, publish_reprocess
from sightings.queue import enqueue
from sightings.services.reprocess_accept import accept_reprocess, require_latest, undo_accept
from sightings.services.roles import require_role

log = logging.getLogger(__name__)

BEFORE = {ReprocessState.ACCEPTING: ReprocessState.READY, ReprocessState.UNDOING: ReprocessState.ACCEPTED}
OUR_FAULT = gettext_noop("Something went wrong on our side, and nothing was changed. Please try again.")


@transaction.atomic
def ask_accept(*, job: Reprocess, user: User, expected_version: int | None = None) -> None:
    """Have the new reading made the one that people see. Raises NotAllowed, VersionClash, NotDecidable."""
    require_role(user, job.fleet, Role.REVIEWER)
    ready = Reprocess.objects.filter(pk=job.pk, state=ReprocessState.READY)
    if expected_version is not None and not ready.filter(version=expected_version).exists() and ready.exists():
        words = gettext("Someone else chose otherwise meanwhile. Look at the choices again, then accept.")
        raise VersionClash(words)
    if ready.update(state=ReprocessState.ACCEPTING, decided_by=user, attempts=0, error="") != 1:
        raise NotDecidable
    _send(job)


@transaction.atomic
def ask_undo(*, job: Reprocess, user: User) -> None:
    """Have the reading of before brought back. Raises NotAllowed, AlreadyUndone, UndoLaterFirst."""
    require_role(user, job.fleet, Role.REVIEWER)
    require_latest(job)
    accepted = Reprocess.objects.filter(pk=job.pk, state=ReprocessState.ACCEPTED)
    if accepted.update(state=ReprocessState.UNDOING, decided_by=user, attempts=0, error="") != 1:
        raise AlreadyUndone
    _send(job)


def _send(job: Reprocess) -> None:
    enqueue("decide_reprocess", queue="light", reprocess_id=job.pk)
    publish_reprocess(job.pk)


def decide(reprocess_id: int) -> None:
    """Do what was asked for, whole or not at all. A second message finds nothing to do."""
    asked = Reprocess.objects.filter(pk=reprocess_id, state__in=list(BEFORE))
    if asked.update(attempts=F("attempts") + 1) != 1:
        return
    job = asked.select_related("fleet", "decided_by").get()
    if job.decided_by is None or job.attempts > settings.MAX_ATTEMPTS:
        _give_up(job, said.store(OUR_FAULT))
        return
    act = accept_reprocess if job.state == ReprocessState.ACCEPTING else undo_accept
    try:
        act(job=job, user=job.decided_by, note=lambda share: publish_decision(job, share))
    except PlatelogError as error:
        _give_up(job, error.detail)
    except Exception:
        log.exception("deciding on reprocess %s failed", job.pk)
        _give_up(job, said.store(OUR_FAULT))


@transaction.atomic
def _give_up(job: Reprocess, error: str) -> None:
    """Back to where it was, unless another worker has done it meanwhile."""
    before = BEFORE[ReprocessState(job.state)]
    Reprocess.objects.filter(pk=job.pk, state=job.state).update(state=before, error=error)
    publish_reprocess(job.pk)
