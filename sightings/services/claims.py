"""Short claims on what is to be reviewed: two people are never given the same sighting."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from sightings import selectors_review
from sightings.errors import NotAllowed
from sightings.models import ReviewClaim, Role, Sighting, User
from sightings.selectors_review import ReviewQueue
from sightings.services import audit
from sightings.services.roles import fleets_with_role

LEASE = timedelta(minutes=5)
MOST = 50  # sightings one person is given at once
ROUNDS = 5  # of picking and claiming, while others pick the same


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the caller has before them now: `new` in the order of the queue; `lost` are held no more."""

    new: list[int]
    lost: list[int]


def claim_next(
    *, user: User, queue: ReviewQueue, count: int, held: Sequence[int] = (), skipped: Collection[int] = ()
) -> Claimed:
    """Give a person the next sightings of a queue, and renew their claims on those they hold.

    Raises NotAllowed for who may review in no fleet.
    """
    fleets = fleets_with_role(user, Role.REVIEWER)
    if not fleets:
        raise NotAllowed
    kept = claim(user=user, sightings=held)
    new: list[int] = []
    for _ in range(ROUNDS):
        without = {*held, *skipped, *new}
        wanted = selectors_review.next_ids(user, queue, fleets, limit=min(count, MOST) - len(new), without=without)
        if not wanted:
            break
        mine = claim(user=user, sightings=wanted)
        new += [pk for pk in wanted if pk in mine]
    _note_views(user, new)
    return Claimed(new, [pk for pk in held if pk not in kept])


def claim(*, user: User, sightings: Sequence[int]) -> set[int]:
    """Claim these, or renew the claim; returns those that are the person's now.

    The unique column decides between two who claim at once, so that no transaction need span the steps.
    """
    now = timezone.now()
    ReviewClaim.objects.filter(expires_at__lte=now).delete()
    allowed = Sighting.objects.visible_to(user).filter(
        pk__in=sightings, fleet__in=fleets_with_role(user, Role.REVIEWER)
    )
    claims = [
        ReviewClaim(sighting_id=pk, fleet_id=fleet, user=user, expires_at=now + LEASE)
        for pk, fleet in allowed.order_by("pk").values_list("pk", "fleet")
    ]
    ReviewClaim.objects.bulk_create(claims, ignore_conflicts=True)
    mine = ReviewClaim.objects.filter(user=user, sighting__in=sightings)
    mine.update(expires_at=now + LEASE)
    return set(mine.values_list("sighting", flat=True))


def release(*, user: User, sightings: Sequence[int] | None = None) -> int:
    """Give back claims, all of the person's where none are named; returns how many."""
    mine = ReviewClaim.objects.filter(user=user)
    if sightings is not None:
        mine = mine.filter(sighting__in=sightings)
    return mine.delete()[0]


def _note_views(user: User, sightings: Sequence[int]) -> None:
    rows = Sighting.objects.select_related("fleet").only("pk", "fleet").filter(pk__in=sightings)
    for row in rows:
        audit.record(action="sighting.viewed", user=user, fleet=row.fleet, target=row, detail={"via": "review"})
