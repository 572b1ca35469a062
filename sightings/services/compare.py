"""What another reading of a video would change: its sightings paired with those that people see now."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_noop

from sightings import said
from sightings.models import Difference, ProcessingRun, Reprocess, ReprocessState, RunState, Sighting, Video
from sightings.services.likeness import SAME_TEXT, SLACK_S, box_at, likeness

UNDECIDED = (
    ReprocessState.WAITING,
    ReprocessState.READING,
    ReprocessState.READY,
    ReprocessState.UNREAD,
    ReprocessState.ACCEPTING,
)
READ_ANEW = gettext_noop(
    "One of the videos was read anew meanwhile, and the choices start over. Look at them again, then accept."
)


@transaction.atomic
def compare_video(video: Video) -> None:
    """Pair the sightings of readings that wait for a decision with the current ones, anew; choices start over."""
    current = ProcessingRun.objects.filter(video=video, is_current=True).first()
    waiting = ProcessingRun.objects.filter(
        video=video, is_current=False, state=RunState.DONE, reprocess__state__in=UNDECIDED
    )
    for run in waiting.select_related("reprocess"):
        Difference.objects.filter(run=run).delete()
        pairs = pair(_of(current) if current else [], _of(run))
        Difference.objects.bulk_create((_difference(run, *one) for one in pairs), batch_size=500)
    # What a person has asked to accept is not what would be accepted now.
    asked = Reprocess.objects.filter(pk__in=waiting.values("reprocess"), state=ReprocessState.ACCEPTING)
    asked.update(state=ReprocessState.READY, error=said.store(READ_ANEW))


def _difference(run: ProcessingRun, old: Sighting | None, new: Sighting | None) -> Difference:
    shown = new or old
    assert shown is not None
    return Difference(reprocess=run.reprocess, run=run, old=old, new=new, at_s=shown.best_s)


def _of(run: ProcessingRun) -> list[Sighting]:
    return list(Sighting.objects.filter(run=run).order_by("first_seen_s", "pk").prefetch_related("observations"))


def pair(old: Sequence[Sighting], new: Sequence[Sighting]) -> list[tuple[Sighting | None, Sighting | None]]:
    """Each sighting once: with its best partner among those left, or alone."""
    scored = []
    for one in old:
        for other in new:
            if other.first_seen_s > one.last_seen_s + SLACK_S:
                break  # they come in order of time
            if (score := _alike(one, other)) > 0.0:
                scored.append((-score, one.pk, other.pk, one, other))
    taken = set[int]()
    pairs = list[tuple[Sighting | None, Sighting | None]]()
    for _, first, second, one, other in sorted(scored, key=lambda item: item[:3]):
        if first not in taken and second not in taken:
            taken |= {first, second}
            pairs.append((one, other))
    return [*pairs, *((one, None) for one in old if one.pk not in taken),
            *((None, other) for other in new if other.pk not in taken)]  # fmt: skip


def _alike(old: Sighting, new: Sighting) -> float:
    """0 where it cannot be the same passage; else how like they are at a moment at which both were seen.

    Where they were not seen at once, only a like text makes them one.
    """
    begin, end = max(old.first_seen_s, new.first_seen_s), min(old.last_seen_s, new.last_seen_s)
    if begin > end + SLACK_S:
        return 0.0
    moment = min(max(old.best_s, begin), end) if begin <= end else (begin + end) / 2
    score = likeness(box_at(old, moment), old.plate_raw, box_at(new, moment), new.plate_raw)
    if begin <= end:
        return score
    alone = likeness((), old.plate_raw, (), new.plate_raw)  # by the text alone
    return score if alone >= SAME_TEXT else 0.0
