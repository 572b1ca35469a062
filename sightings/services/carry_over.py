"""People's words outlive a new reading: each goes to the sighting that shows the same plate at the same moment."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from sightings.models import Correction, CorrectionAction, Flag, ProcessingRun, Sighting
from sightings.services.likeness import likeness_to
from sightings.services.standing import refresh_flagged, restate


@transaction.atomic
def reapply_corrections(run: ProcessingRun) -> int:
    """Hang the words on the run's video on this run's sightings; safe to repeat. Returns how many found a place.

    A word that finds no place stays in the history with its video, moment and box, for the next reading.
    """
    # Aliases are asked again of the new text; that a person took one back is their word, and is carried.
    theirs = ~Q(action=CorrectionAction.ALIAS) | Q(undone_by__isnull=False)
    words = list(Correction.objects.filter(theirs, video=run.video_id).exclude(sighting__run=run).order_by("pk"))
    flags = list(Flag.objects.filter(video=run.video_id).exclude(sighting__run=run).order_by("pk"))
    if not words and not flags:
        return 0
    sightings = list(Sighting.objects.filter(run=run).select_related("fleet", "plate").prefetch_related("observations"))
    restated = _carry(words, [word.text_before for word in words], sightings)
    reflagged = _carry(flags, [flag.sighting.text if flag.sighting else "" for flag in flags], sightings)
    for sighting in restated.values():
        restate(sighting)
    for sighting in reflagged.values():
        refresh_flagged(sighting)
    carried: list[Correction | Flag] = [*words, *flags]
    return sum(word.sighting is not None and word.sighting.run_id == run.pk for word in carried)


def _carry(
    words: Sequence[Correction | Flag], texts: Sequence[str], sightings: Sequence[Sighting]
) -> dict[int, Sighting]:
    """Move each word to its sighting; words that hung on one sighting stay together. Returns the sightings met."""
    homes: dict[int, Sighting] = {}
    met: dict[int, Sighting] = {}
    for word, text in zip(words, texts, strict=True):
        home = homes.get(word.sighting_id or 0) or _best(word, text, sightings)
        if home is None:
            continue
        if word.sighting_id:
            homes[word.sighting_id] = home
        word.sighting = home
        word.save(update_fields=["sighting"])
        met[home.pk] = home
    return met


def _best(word: Correction | Flag, text: str, sightings: Sequence[Sighting]) -> Sighting | None:
    scored = [(likeness_to(sighting, word.seconds, word.box, text), sighting) for sighting in sightings]
    score, sighting = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return sighting if score > 0.0 else None
