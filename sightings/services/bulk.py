"""The same word, or the same flag, on many sightings at once: a result for each of them, and one undo for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from sightings.errors import TooMany, VersionClash
from sightings.models import (
    BatchAction,
    Correction,
    CorrectionBatch,
    Flag,
    Fleet,
    ReviewClaim,
    Role,
    Sighting,
    User,
)
from sightings.progress import publish_trips_of
from sightings.selectors_review import MOST_IN_BATCH
from sightings.services import audit
from sightings.services.plates import text_of
from sightings.services.roles import require_role
from sightings.services.standing import anchor, refresh_flagged, restate

DONE, NOT_FOUND, CLASH = STATUSES = ("done", "not_found", "version_clash")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sighting."""

    sighting: int
    status: str
    detail: str = ""


@transaction.atomic
def say_of_many(
    *,
    user: User,
    fleet: Fleet,
    action: str,
    items: Mapping[int, int | None],
    plate: str = "",
    reason: str = "other",
    note: str = "",
    resolve_flags: bool = False,
) -> tuple[CorrectionBatch | None, list[Outcome]]:
    """Do it to each sighting of `items` (key -> version as it was seen, None: as it stands) that allows it.

    No batch is made where none does. Raises NotAllowed, TooMany, PlateUnusable.
    """
    require_role(user, fleet, Role.REVIEWER)
    if len(items) > MOST_IN_BATCH:
        raise TooMany
    text = text_of(plate) if action == BatchAction.CORRECT else ""
    mine = Sighting.objects.visible_to(user).filter(fleet=fleet, pk__in=items).order_by("pk")
    there = {row.pk: row for row in mine.select_for_update(of=("self",)).select_related("fleet", "plate")}
    outcomes = [_outcome(key, version, there.get(key)) for key, version in items.items()]
    rows = [there[outcome.sighting] for outcome in outcomes if outcome.status == DONE]
    if not rows:
        return None, outcomes
    batch = CorrectionBatch.objects.create(fleet=fleet, action=action, text=text, count=len(rows), note=note, user=user)
    if action == BatchAction.FLAG:
        _flag(batch, rows, reason)
    else:
        _say(batch, rows, resolve_flags)
    audit.record(
        action=f"sightings.{NOTED[BatchAction(action)]}",
        user=user,
        fleet=fleet,
        target=batch,
        detail={"sightings": [row.pk for row in rows]},
    )
    publish_trips_of(rows)
    return batch, outcomes


NOTED = {
    BatchAction.CORRECT: "corrected",
    BatchAction.CONFIRM: "confirmed",
    BatchAction.REJECT: "rejected",
    BatchAction.FLAG: "flagged",
}


def _outcome(key: int, version: int | None, row: Sighting | None) -> Outcome:
    if row is None:
        return Outcome(key, NOT_FOUND, gettext("There is nothing here, or you may not see it."))
    if version is not None and version != row.version:
        return Outcome(key, CLASH, str(VersionClash.message))
    return Outcome(key, DONE)


def _say(batch: CorrectionBatch, rows: list[Sighting], resolve_flags: bool) -> None:
    said = {"action": batch.action, "user": batch.user, "note": batch.note, "batch": batch}
    Correction.objects.bulk_create(
        Correction(**anchor(row), **said, text_before=row.text, text_after=_after(batch, row)) for row in rows
    )
    ids = [row.pk for row in rows]
    Sighting.objects.filter(pk__in=ids).update(version=F("version") + 1)
    ReviewClaim.objects.filter(sighting__in=ids).delete()
    restate(*rows)
    if resolve_flags:
        words = {word.sighting_id: word for word in batch.words.all()}
        for flag in Flag.objects.filter(sighting__in=ids, resolved_at=None):
            flag.resolved_at, flag.resolved_by = timezone.now(), batch.user
            flag.resolved_with = words[flag.sighting_id]
            flag.save(update_fields=["resolved_at", "resolved_by", "resolved_with"])
        _refresh_flagged(rows)


def _after(batch: CorrectionBatch, row: Sighting) -> str:
    return row.text if batch.action == BatchAction.CONFIRM else batch.text


def _flag(batch: CorrectionBatch, rows: list[Sighting], reason: str) -> None:
    raised = {"reason": reason, "note": batch.note, "user": batch.user, "batch": batch}
    Flag.objects.bulk_create(Flag(**anchor(row), **raised) for row in rows)
    _refresh_flagged(rows)


def withdraw_flags(batch: CorrectionBatch, user: User) -> int:
    """For the undoing of a batch: its own flags are seen to, those that its words resolved are open again.

    Returns how many of its own flags there were.
    """
    reopened = Flag.objects.filter(resolved_with__batch=batch)
    withdrawn = Flag.objects.filter(batch=batch, resolved_at=None)
    touched = list(Sighting.objects.filter(pk__in=(reopened | withdrawn).values("sighting")))
    count = withdrawn.update(resolved_at=timezone.now(), resolved_by=user)
    reopened.update(resolved_at=None, resolved_by=None, resolved_with=None)
    _refresh_flagged(touched)
    publish_trips_of(touched)
    return count


def _refresh_flagged(rows: Iterable[Sighting]) -> None:
    for row in rows:
        refresh_flagged(row)
