"""Reads for clearing what is doubtful: the queue, what would be corrected at once, and which misreads repeat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from sightings import selectors
from sightings.models import (
    Alias,
    Correction,
    CorrectionAction,
    CorrectionBatch,
    Fleet,
    Plate,
    ReviewClaim,
    ReviewState,
    Sighting,
    Trip,
    Vehicle,
)
from sightings.querysets import SightingQuerySet
from sightings.selectors import Person
from sightings.vote_matrix import Frame, Matrix, vote_matrix

MOST_IN_BATCH = 500
REPEATED = 3  # sightings corrected in the same way, from which on an alias is offered
OFFER_DAYS = 90
MOST_OFFERS = 20
MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What a reviewer goes through: all that is doubtful, or what is flagged; the lowest confidence first."""

    flagged: bool = False
    trip: int | None = None
    vehicle: int | None = None


def _queued(user: Person, queue: ReviewQueue) -> SightingQuerySet[Sighting]:
    found = Sighting.objects.visible_to(user).current().doubtful()
    if queue.flagged:
        found = found.filter(flagged=True)
    if queue.trip is not None:
        found = found.filter(trip=queue.trip)
    if queue.vehicle is not None:
        found = found.filter(trip__vehicle=queue.vehicle)
    return found


def left_in(user: Person, queue: ReviewQueue, fleets: Sequence[int]) -> int:
    """How many are still to be looked at, those that others look at now among them."""
    return _queued(user, queue).filter(fleet__in=fleets).count()


def next_ids(
    user: Person, queue: ReviewQueue, fleets: Sequence[int], *, limit: int, without: Collection[int]
) -> list[int]:
    """The next sightings of a queue that nobody else has claimed, lowest confidence first.

    Fleet by fleet, flagged and others apart: each is read off an index in its order and stops at the limit.
    """
    if limit <= 0:
        return []
    taken = ReviewClaim.objects.filter(sighting=OuterRef("pk"), expires_at__gt=timezone.now()).exclude(user=user.pk)
    free = _queued(user, queue).exclude(pk__in=without).filter(~Exists(taken)).order_by("confidence", "pk")
    found: list[tuple[float, int]] = []
    for fleet in fleets:
        for flagged in (True,) if queue.flagged else (True, False):
            found += free.filter(fleet=fleet, flagged=flagged).values_list("confidence", "pk")[:limit]
    return [pk for _, pk in sorted(found)[:limit]]


def review_items(user: Person, ids: Sequence[int]) -> list[Sighting]:
    """Sightings with all that a reviewer sees of them, in the order of `ids`."""
    rows = {row.pk: row for row in selectors.sightings_in_detail(user).filter(pk__in=ids)}
    return [rows[pk] for pk in ids if pk in rows]


def said_since(user: Person, moment: datetime) -> int:
    """How many words of a person's since then still stand."""
    mine = Correction.objects.visible_to(user).filter(user=user.pk, created_at__gte=moment)
    return mine.filter(undone_at=None).count()


def queue_choices(user: Person, fleets: Sequence[int]) -> dict[str, list[tuple[int, str]]]:
    """The trips, latest first, and vehicles by which the queue can be narrowed."""
    trips = (
        Trip.objects.visible_to(user).filter(fleet__in=fleets).order_by(F("started_at").desc(nulls_last=True), "-pk")
    )
    vehicles = Vehicle.objects.visible_to(user).filter(fleet__in=fleets).order_by("name")
    return {
        "trips": list(trips.values_list("pk", "name")[:MOST_CHOICES]),
        "vehicles": list(vehicles.values_list("pk", "name")[:MOST_CHOICES]),
    }


def votes_of(sighting: Sighting) -> Matrix:
    """How a sighting's frames voted for what the machine read."""
    frames = [
        Frame(seen.seconds, seen.text, seen.confidence, seen.weight, seen.characters, seen.crop)
        for seen in sighting.observations.all()
    ]
    return vote_matrix(sighting.plate_raw, sighting.characters, sighting.candidates, frames)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One sighting that a batch might correct; `word` is that of the person who locked it."""

    sighting: Sighting
    word: Correction | None

    @property
    def locked(self) -> bool:
        return self.sighting.review_state != ReviewState.UNREVIEWED


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """What a batch would correct, and what it would leave alone."""

    fleet: Fleet
    text: str
    rows: list[BatchRow]
    total: int

    @property
    def free(self) -> int:
        return sum(not row.locked for row in self.rows)

    @property
    def locked(self) -> int:
        return len(self.rows) - self.free

    @property
    def truncated(self) -> bool:
        return self.total > len(self.rows)


def fleets_with_plate(user: Person, text: str, fleets: Sequence[int]) -> list[Fleet]:
    """Those of the fleets in which this text stands on sightings."""
    known = Plate.objects.visible_to(user).with_text(text).filter(fleet__in=fleets)
    return list(Fleet.objects.visible_to(user).filter(pk__in=known.values("fleet")).order_by("name"))


def preview_of_plate(user: Person, fleet: Fleet, text: str) -> BatchPreview:
    """The sightings that stand as `text`, those that a batch may change first, then by time."""
    return _preview(fleet, text, selectors.sightings_for(user).filter(fleet=fleet, plate__text=text))


def preview_of_sightings(user: Person, ids: Sequence[int], fleets: Sequence[int]) -> BatchPreview | None:
    """These sightings, as far as they are of the first one's fleet; `text` is empty where they differ in it."""
    known = selectors.sightings_for(user).filter(pk__in=ids[:MOST_IN_BATCH], fleet__in=fleets)
    first = known.order_by("pk").first()
    if first is None:
        return None
    found = known.filter(fleet=first.fleet)
    texts = {sighting.text for sighting in found}
    return _preview(first.fleet, texts.pop() if len(texts) == 1 else "", found)


def _preview(fleet: Fleet, text: str, found: SightingQuerySet[Sighting]) -> BatchPreview:
    free = found.filter(review_state=ReviewState.UNREVIEWED).newest_first()
    locked = found.exclude(review_state=ReviewState.UNREVIEWED).newest_first().prefetch_related("corrections__user")
    shown = [BatchRow(row, None) for row in free[:MOST_IN_BATCH]]
    shown += [BatchRow(row, _last_word(row)) for row in locked[: MOST_IN_BATCH - len(shown)]]
    return BatchPreview(fleet, text, shown, found.count())


def _last_word(sighting: Sighting) -> Correction | None:
    words = [word for word in sighting.corrections.all() if word.undone_at is None]
    return max(words, key=lambda word: word.pk, default=None)


def batches_for(user: Person) -> QuerySet[CorrectionBatch]:
    return CorrectionBatch.objects.visible_to(user).select_related("fleet", "user", "undone_by", "alias__fleet")


def aliases_for(user: Person) -> QuerySet[Alias]:
    """Aliases that hold, latest first, each with `in_effect`: the sightings that stand by it."""
    standing = Correction.objects.filter(
        alias=OuterRef("pk"),
        action=CorrectionAction.ALIAS,
        undone_at=None,
        sighting__review_state=ReviewState.UNREVIEWED,
        sighting__run__is_current=True,
    )
    counted = standing.order_by().values("alias").annotate(n=Count("pk")).values("n")
    aliases = Alias.objects.visible_to(user).filter(removed_at=None).select_related("fleet", "user")
    return aliases.annotate(in_effect=Coalesce(Subquery(counted), 0))


def alias_offers(user: Person, fleets: Sequence[int]) -> list[dict[str, Any]]:
    """Misreads that people keep correcting in the same way and that no alias covers, the most frequent first.

    A text that a person confirmed somewhere is a real plate, and is not offered.
    """
    since = timezone.now() - timedelta(days=OFFER_DAYS)
    words = Correction.objects.visible_to(user).filter(
        fleet__in=fleets, action=CorrectionAction.CORRECT, undone_at=None, created_at__gte=since
    )
    # Where a character could not be read, or nothing, the text belongs to no one plate.
    words = words.exclude(text_before__contains="?").exclude(text_before="").exclude(text_before=F("text_after"))
    rows = words.order_by().values("fleet", "fleet__name", "fleet__slug", "text_before", "text_after")
    repeated = rows.annotate(count=Count("sighting", distinct=True)).filter(count__gte=REPEATED)
    found = list(repeated.order_by("-count", "text_before")[: 2 * MOST_OFFERS])
    settled = _settled(user, fleets, [row["text_before"] for row in found])
    return [
        {
            "fleet": row["fleet__slug"],
            "fleet_name": row["fleet__name"],
            "misread": row["text_before"],
            "text": row["text_after"],
            "count": row["count"],
        }
        for row in found
        if (row["fleet"], row["text_before"]) not in settled
    ][:MOST_OFFERS]


def _settled(user: Person, fleets: Sequence[int], texts: Sequence[str]) -> set[tuple[int, str]]:
    """Fleets and texts that need no alias: one covers them, or a person said that they are real plates."""
    aliases = Alias.objects.visible_to(user).filter(fleet__in=fleets, misread__in=texts, removed_at=None)
    plates = Plate.objects.visible_to(user).filter(fleet__in=fleets, text__in=texts)
    real = plates.filter(sightings__review_state=ReviewState.CONFIRMED)
    return {*aliases.values_list("fleet", "misread"), *real.values_list("fleet", "text")}
