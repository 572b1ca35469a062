"""Two reads that are one plate: all sightings of the one are corrected to the other, in one act with one undo."""

from __future__ import annotations

from django.utils.translation import gettext

from sightings.errors import NotMergeable
from sightings.models import CorrectionBatch, Plate, ReviewState, Sighting, User
from sightings.selectors_review import MOST_IN_BATCH
from sightings.services.batches import correct_batch


def merge_plates(*, plate: Plate, other: Plate, user: User) -> CorrectionBatch:
    """Say of every sighting of `other` that it is `plate`, but for those of which a person has said otherwise.

    Raises NotAllowed, NotMergeable, TooMany.
    """
    if other.pk == plate.pk or other.fleet_id != plate.fleet_id:
        raise NotMergeable(gettext("A plate can only be merged with another plate of the same fleet."))
    free = Sighting.objects.current().filter(plate=other, review_state=ReviewState.UNREVIEWED).order_by("pk")
    rows = list(free.values_list("pk", flat=True)[: MOST_IN_BATCH + 1])
    if not rows:
        told = gettext("People have already said what every sighting of that plate is. Nothing was changed.")
        raise NotMergeable(told)
    return correct_batch(user=user, fleet=plate.fleet, sightings=rows, text=plate.text)
