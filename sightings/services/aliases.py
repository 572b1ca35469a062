"""Repeated misreads: a fleet says once what the machine keeps reading wrongly, and new reads are suggested right.

An alias speaks as a word of nobody: it stands in the sighting's history, is taken back like any other, and gives way
to every word of a person. What the machine read stays as it is.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext

from sightings.errors import AliasExists, AliasUnusable, AlreadyUndone
from sightings.models import (
    Alias,
    Correction,
    CorrectionAction,
    Fleet,
    ProcessingRun,
    ReviewState,
    Role,
    Sighting,
    User,
)
from sightings.progress import publish_trips_of
from sightings.services import audit
from sightings.services.alerting import watch
from sightings.services.events import tell
from sightings.services.plates import UNREADABLE, plate_for, text_of, tidy_plates
from sightings.services.roles import require_role
from sightings.services.standing import anchor, restate


@transaction.atomic
def make_alias(*, user: User, fleet: Fleet, misread: str, text: str) -> Alias:
    """From now on suggest `text` where the machine reads `misread`.

    Raises NotAllowed, PlateUnusable, AliasUnusable, AliasExists.
    """
    require_role(user, fleet, Role.REVIEWER)
    wrong, right = text_of(misread), text_of(text)
    # A character that could not be read stands for any: such a text belongs to no one plate.
    if wrong == right or UNREADABLE in wrong:
        raise AliasUnusable
    try:
        with transaction.atomic():
            alias = Alias.objects.create(fleet=fleet, misread=wrong, text=right, user=user)
    except IntegrityError as error:
        raise AliasExists from error
    audit.record(action="alias.made", user=user, fleet=fleet, target=alias)
    return alias


@transaction.atomic
def remove_alias(*, alias: Alias, user: User) -> int:
    """Stop suggesting, and take back the suggestions on which no person has said a word; returns how many.

    Raises NotAllowed, AlreadyUndone.
    """
    require_role(user, alias.fleet, Role.REVIEWER)
    now = timezone.now()
    if Alias.objects.filter(pk=alias.pk, removed_at=None).update(removed_at=now, removed_by=user) != 1:
        raise AlreadyUndone(gettext("This alias was removed before."))
    words = Correction.objects.filter(
        alias=alias, action=CorrectionAction.ALIAS, undone_at=None, sighting__review_state=ReviewState.UNREVIEWED
    )
    rows = list(Sighting.objects.filter(pk__in=words.values("sighting")))
    words.update(undone_at=now, undone_by=user)
    if rows:
        _read_as(alias, rows)
    audit.record(action="alias.removed", user=user, fleet=alias.fleet, target=alias, detail={"sightings": len(rows)})
    return len(rows)


def _read_as(alias: Alias, rows: list[Sighting]) -> None:
    """All of them go back to the one plate that the machine read."""
    plate = plate_for(fleet=alias.fleet, text=alias.misread, region=rows[0].region)
    Sighting.objects.filter(pk__in=[row.pk for row in rows]).update(
        plate_corrected="", plate=plate, version=F("version") + 1, updated_at=timezone.now()
    )
    tidy_plates({plate.pk, *(row.plate_id for row in rows if row.plate_id is not None)})
    read = Sighting.objects.filter(pk__in=[row.pk for row in rows])
    tell(read)
    watch(read)
    publish_trips_of(rows)


@transaction.atomic
def apply_aliases(run: ProcessingRun) -> int:
    """Suggest what the fleet's aliases say on a run's sightings; safe to repeat. Returns how many are new.

    A sighting on which a person spoke, or took this alias back, is left alone.
    """
    asked = Correction.objects.filter(action=CorrectionAction.ALIAS)
    stale = asked.filter(sighting__run=run, undone_at=None).exclude(text_before=F("sighting__plate_raw"))
    stale.update(undone_at=timezone.now())  # the segment was read again, and says something else
    rows = Sighting.objects.filter(run=run)
    known = Alias.objects.filter(fleet=run.video.fleet_id, removed_at=None, misread__in=rows.values("plate_raw"))
    aliases = {alias.misread: alias for alias in known}
    before = asked.filter(sighting=OuterRef("pk"), text_before=OuterRef("plate_raw"))
    fresh = rows.filter(~Exists(before), plate_raw__in=aliases, review_state=ReviewState.UNREVIEWED)
    found = list(fresh.select_related("fleet", "plate"))
    Correction.objects.bulk_create(_word(aliases[row.plate_raw], row) for row in found)
    restate(*found)
    if found:
        detail = {"sightings": len(found)}
        audit.record(action="alias.applied", user=None, fleet=run.video.fleet, target=run, detail=detail)
    return len(found)


def _word(alias: Alias, row: Sighting) -> Correction:
    return Correction(
        **anchor(row), action=CorrectionAction.ALIAS, text_before=row.plate_raw, text_after=alias.text, alias=alias
    )
