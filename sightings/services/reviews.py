"""People's words on sightings: correct, confirm, reject, undo, flag. Each word is a row of history."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from sightings.errors import AlreadyResolved, AlreadyUndone, VersionClash
from sightings.models import Correction, CorrectionAction, Flag, ReviewClaim, Role, Sighting, User
from sightings.progress import publish_trip
from sightings.services import audit
from sightings.services.carry_over import reapply_corrections
from sightings.services.plates import text_of
from sightings.services.roles import require_role
from sightings.services.standing import anchor, refresh_flagged, restate

NOTED = {
    CorrectionAction.CORRECT: "sighting.corrected",
    CorrectionAction.CONFIRM: "sighting.confirmed",
    CorrectionAction.REJECT: "sighting.rejected",
}

__all__ = [
    "confirm_sighting",
    "correct_sighting",
    "flag_sighting",
    "reapply_corrections",
    "reject_sighting",
    "resolve_flag",
    "undo_correction",
]


def correct_sighting(
    *,
    sighting: Sighting,
    user: User,
    text: str,
    note: str = "",
    expected_version: int | None = None,
    resolve_flags: bool = False,
) -> Correction:
    """Say what the plate really is. Raises NotAllowed, PlateUnusable, VersionClash."""
    return _say(sighting, user, CorrectionAction.CORRECT, text_of(text), note, expected_version, resolve_flags)


def confirm_sighting(
    *,
    sighting: Sighting,
    user: User,
    note: str = "",
    expected_version: int | None = None,
    resolve_flags: bool = False,
) -> Correction:
    """Say that the plate is right as it stands. Raises NotAllowed, VersionClash."""
    return _say(sighting, user, CorrectionAction.CONFIRM, sighting.text, note, expected_version, resolve_flags)


def reject_sighting(
    *,
    sighting: Sighting,
    user: User,
    note: str = "",
    expected_version: int | None = None,
    resolve_flags: bool = False,
) -> Correction:
    """Say that this is no plate at all. Raises NotAllowed, VersionClash."""
    return _say(sighting, user, CorrectionAction.REJECT, "", note, expected_version, resolve_flags)


@transaction.atomic
def _say(
    sighting: Sighting,
    user: User,
    action: CorrectionAction,
    text: str,
    note: str,
    expected_version: int | None,
    resolve_flags: bool,
) -> Correction:
    require_role(user, sighting.fleet, Role.REVIEWER)
    _claim(sighting, sighting.version if expected_version is None else expected_version)
    correction = Correction.objects.create(
        **anchor(sighting),
        action=action,
        text_before=sighting.text,
        text_after=text,
        user=user,
        note=note,
    )
    restate(sighting)
    ReviewClaim.objects.filter(sighting=sighting).delete()
    if resolve_flags:
        _resolve_with(correction, sighting)
    audit.record(
        action=NOTED[action],
        user=user,
        fleet=sighting.fleet,
        target=sighting,
        detail={"correction": correction.pk},
    )
    publish_trip(sighting.trip_id)
    return correction


def _resolve_with(correction: Correction, sighting: Sighting) -> None:
    """Who looked at a flagged sighting and said what it is has seen to its flags."""
    open_flags = Flag.objects.filter(sighting=sighting, resolved_at__isnull=True)
    if open_flags.update(resolved_at=timezone.now(), resolved_by=correction.user, resolved_with=correction):
        refresh_flagged(sighting)


def _claim(sighting: Sighting, expected: int) -> None:
    """Move the version on if nobody else has; the loser of a race changes nothing."""
    changed = Sighting.objects.filter(pk=sighting.pk, version=expected).update(
        version=F("version") + 1, updated_at=timezone.now()
    )
    if changed != 1:
        raise VersionClash
    sighting.refresh_from_db()


@transaction.atomic
def undo_correction(*, correction: Correction, user: User) -> Correction:
    """Take one word back; those said after it still stand. Raises NotAllowed, AlreadyUndone."""
    require_role(user, correction.fleet, Role.REVIEWER)
    standing = Correction.objects.filter(pk=correction.pk, undone_at__isnull=True)
    if standing.update(undone_at=timezone.now(), undone_by=user) != 1:
        raise AlreadyUndone
    correction.refresh_from_db()
    sighting = correction.sighting
    if sighting is not None:
        _claim(sighting, sighting.version)
        restate(sighting)
        if Flag.objects.filter(resolved_with=correction).update(resolved_at=None, resolved_by=None, resolved_with=None):
            refresh_flagged(sighting)
    audit.record(action="correction.undone", user=user, fleet=correction.fleet, target=correction)
    publish_trip(correction.trip_id)
    return correction


@transaction.atomic
def flag_sighting(*, sighting: Sighting, user: User, reason: str, note: str = "") -> Flag:
    """Ask others to look at a sighting. Raises NotAllowed."""
    require_role(user, sighting.fleet, Role.REVIEWER)
    flag = Flag.objects.create(
        **anchor(sighting),
        reason=reason,
        note=note,
        user=user,
    )
    refresh_flagged(sighting)
    audit.record(action="sighting.flagged", user=user, fleet=sighting.fleet, target=sighting, detail={"flag": flag.pk})
    publish_trip(sighting.trip_id)
    return flag


@transaction.atomic
def resolve_flag(*, flag: Flag, user: User) -> Flag:
    """Say that a flag has been seen to. Raises NotAllowed, AlreadyResolved."""
    require_role(user, flag.fleet, Role.REVIEWER)
    open_flag = Flag.objects.filter(pk=flag.pk, resolved_at__isnull=True)
    if open_flag.update(resolved_at=timezone.now(), resolved_by=user) != 1:
        raise AlreadyResolved
    flag.refresh_from_db()
    if flag.sighting is not None:
        refresh_flagged(flag.sighting)
    audit.record(action="flag.resolved", user=user, fleet=flag.fleet, target=flag)
    publish_trip(flag.trip_id)
    return flag
