"""Two reads that are one plate: all sightings of the one are corrected to the other, in one act with one undo."""

from __future__ import annotations

from django.db import transaction

from sightings.errors import AlreadyUndone, NotMergeable
from sightings.models import AuditEntry, Correction, Plate, ReviewState, Role, Sighting, User
from sightings.services import audit
from sightings.services.reviews import correct_sighting, undo_correction
from sightings.services.roles import require_role

MERGED, UNMERGED = "plate.merged", "plate.unmerged"
MOST_MERGED = 300  # sightings in one act; for more there is the correction of many on the review pages


@transaction.atomic
def merge_plates(*, plate: Plate, other: Plate, user: User) -> AuditEntry:
    """Say of every sighting of `other` that it is `plate`, but for those of which a person has said otherwise.

    Raises NotAllowed, NotMergeable.
    """
    require_role(user, plate.fleet, Role.REVIEWER)
    if other.pk == plate.pk or other.fleet_id != plate.fleet_id:
        raise NotMergeable("A plate can only be merged with another plate of the same fleet.")
    free = Sighting.objects.current().filter(plate=other, review_state=ReviewState.UNREVIEWED).select_related("fleet")
    rows = list(free.select_for_update(of=("self",)).order_by("pk")[: MOST_MERGED + 1])
    if not rows:
        raise NotMergeable("People have already said what every sighting of that plate is. Nothing was changed.")
    if len(rows) > MOST_MERGED:
        raise NotMergeable(f"More than {MOST_MERGED} sightings carry that plate. Correct them on the review pages.")
    words = [correct_sighting(sighting=row, user=user, text=plate.text) for row in rows]
    detail = {"from": other.text, "corrections": [word.pk for word in words]}
    return audit.record(action=MERGED, user=user, fleet=plate.fleet, target=plate, detail=detail)


def merge_of(*, user: User, plate: Plate, pk: int) -> AuditEntry | None:
    """What was written down of a merge into this plate."""
    made = AuditEntry.objects.visible_to(user).filter(action=MERGED, target_type="plate", target_id=str(plate.pk))
    return made.filter(pk=pk).first()


@transaction.atomic
def undo_merge(*, plate: Plate, entry: AuditEntry, user: User) -> int:
    """Take back the words of a merge that still stand; returns how many. Raises NotAllowed, AlreadyUndone."""
    require_role(user, plate.fleet, Role.REVIEWER)
    standing = Correction.objects.filter(fleet=plate.fleet, pk__in=entry.detail["corrections"], undone_at=None)
    words = list(standing.select_related("fleet", "sighting__fleet").order_by("pk"))
    if not words:
        raise AlreadyUndone
    for word in words:
        undo_correction(correction=word, user=user)
    audit.record(action=UNMERGED, user=user, fleet=plate.fleet, target=plate, detail={"entry": entry.pk})
    return len(words)
