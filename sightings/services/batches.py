"""One correction said of many sightings at once: one act, undone as one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from sightings.errors import AlreadyUndone, NothingToCorrect, TooMany
from sightings.models import (
    Alias,
    Correction,
    CorrectionAction,
    CorrectionBatch,
    Fleet,
    ReviewClaim,
    ReviewState,
    Role,
    Sighting,
    User,
)
from sightings.progress import publish_trips_of
from sightings.selectors_review import MOST_IN_BATCH
from sightings.services import audit
from sightings.services.alerting import watch
from sightings.services.aliases import make_alias, remove_alias
from sightings.services.bulk import withdraw_flags
from sightings.services.events import tell
from sightings.services.plates import plate_for, text_of, tidy_plates
from sightings.services.roles import require_role
from sightings.services.standing import anchor, restate


@transaction.atomic
def correct_batch(
    *, user: User, fleet: Fleet, sightings: Sequence[int], text: str, note: str = "", alias_for: str = ""
) -> CorrectionBatch:
    """Say of many sightings that they are `text`; `alias_for` also makes an alias of that misread.

    Sightings on which a person has spoken meanwhile are left out: `count` says how many were corrected.
    Raises NotAllowed, PlateUnusable, TooMany, NothingToCorrect, AliasUnusable, AliasExists.
    """
    require_role(user, fleet, Role.REVIEWER)
    right = text_of(text)
    if len(sightings) > MOST_IN_BATCH:
        raise TooMany(gettext("At most %(most)s sightings are corrected at once.") % {"most": MOST_IN_BATCH})
    free = Sighting.objects.visible_to(user).filter(fleet=fleet, pk__in=sightings, review_state=ReviewState.UNREVIEWED)
    rows = [row for row in free.select_for_update().order_by("pk") if row.text != right]
    if not rows and not alias_for:
        raise NothingToCorrect
    alias = make_alias(user=user, fleet=fleet, misread=alias_for, text=right) if alias_for else None
    batch = CorrectionBatch.objects.create(fleet=fleet, text=right, count=len(rows), note=note, alias=alias, user=user)
    if rows:
        _correct(batch, rows)
    audit.record(action="sightings.corrected", user=user, fleet=fleet, target=batch, detail={"sightings": len(rows)})
    return batch


def _correct(batch: CorrectionBatch, rows: list[Sighting]) -> None:
    """None of the rows bears a word of a person, so all come to stand in the same way."""
    Correction.objects.bulk_create(
        Correction(
            **anchor(row),
            action=CorrectionAction.CORRECT,
            text_before=row.text,
            text_after=batch.text,
            user=batch.user,
            note=batch.note,
            batch=batch,
        )
        for row in rows
    )
    ids = [row.pk for row in rows]
    plate = plate_for(fleet=batch.fleet, text=batch.text, region=rows[0].region)
    before = {row.plate_id for row in rows if row.plate_id is not None}
    Sighting.objects.filter(pk__in=ids).update(
        plate_corrected=batch.text,
        review_state=ReviewState.CORRECTED,
        plate=plate,
        version=F("version") + 1,
        updated_at=timezone.now(),
    )
    ReviewClaim.objects.filter(sighting__in=ids).delete()
    tidy_plates({*before, plate.pk})
    corrected = Sighting.objects.filter(pk__in=ids)
    tell(corrected)
    watch(corrected)
    publish_trips_of(rows)


@transaction.atomic
def undo_batch(*, batch: CorrectionBatch, user: User) -> int:
    """Take back all words of a batch that still stand, its flags and its alias; words said later stay.

    Returns how many. Raises NotAllowed, AlreadyUndone.
    """
    require_role(user, batch.fleet, Role.REVIEWER)
    now = timezone.now()
    if CorrectionBatch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=now, undone_by=user) != 1:
        raise AlreadyUndone
    words = batch.words.filter(undone_at=None)
    ids = list(words.values_list("sighting", flat=True))
    count = words.update(undone_at=now, undone_by=user)
    Sighting.objects.filter(pk__in=ids).update(version=F("version") + 1)
    rows = list(Sighting.objects.filter(pk__in=ids).order_by("pk").select_related("fleet", "plate"))
    restate(*rows)
    count += withdraw_flags(batch, user)
    if batch.alias is not None and Alias.objects.filter(pk=batch.alias.pk, removed_at=None).exists():
        remove_alias(alias=batch.alias, user=user)
    audit.record(action="sightings.correction_undone", user=user, fleet=batch.fleet, target=batch)
    publish_trips_of(rows)
    return count
