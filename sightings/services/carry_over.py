"""People's words outlive a new reading: each goes to the sighting that shows the same plate at the same moment."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from rapidfuzz.distance import Levenshtein

from sightings.models import Correction, Flag, ProcessingRun, Sighting
from sightings.services.standing import refresh_flagged, restate

SLACK_S = 1.5  # a new reading may see a plate this much earlier or later than the old one
FARTHEST = 1.5  # centre distance, in widths of the plate, beyond which it is another car's
SAME_TEXT = 0.8  # similarity from which the text alone, at the right moment, is enough


@transaction.atomic
def reapply_corrections(run: ProcessingRun) -> int:
    """Hang the words on the run's video on this run's sightings; safe to repeat. Returns how many found a place.

    A word that finds no place stays in the history with its video, moment and box, for the next reading.
    """
    sightings = list(Sighting.objects.filter(run=run).select_related("fleet", "plate").prefetch_related("observations"))
    words = list(Correction.objects.filter(video=run.video_id).exclude(sighting__run=run).order_by("pk"))
    flags = list(Flag.objects.filter(video=run.video_id).exclude(sighting__run=run).order_by("pk"))
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
    scored = [(_likeness(word, text, sighting), sighting) for sighting in sightings]
    score, sighting = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return sighting if score > 0.0 else None


def _likeness(word: Correction | Flag, text: str, sighting: Sighting) -> float:
    """0 where it cannot be the same plate; else overlap, nearness and similarity of text added up."""
    if not sighting.first_seen_s - SLACK_S <= word.seconds <= sighting.last_seen_s + SLACK_S:
        return 0.0
    box = _box_at(sighting, word.seconds)
    overlap, distance = _overlap(word.box, box), _distance(word.box, box)
    similarity = Levenshtein.normalized_similarity(text, sighting.plate_raw) if text else 0.0
    if distance > FARTHEST and similarity < SAME_TEXT:
        return 0.0
    return overlap + max(0.0, 1.0 - distance / FARTHEST) + similarity


def _box_at(sighting: Sighting, seconds: float) -> list[float]:
    """Where the plate was in the frame nearest to the moment."""
    nearest = min(sighting.observations.all(), key=lambda seen: abs(seen.seconds - seconds), default=None)
    box: list[float] = nearest.box if nearest is not None and nearest.box else sighting.box
    return box


def _overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two [x1, y1, x2, y2]; 0 where one is missing."""
    if len(a) != 4 or len(b) != 4:
        return 0.0
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def _distance(a: Sequence[float], b: Sequence[float]) -> float:
    """Distance of the centres in widths of the wider box; infinite where one is missing."""
    if len(a) != 4 or len(b) != 4:
        return float("inf")
    width = max(a[2] - a[0], b[2] - b[0], 1.0)
    across, down = (a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2
    return float((across**2 + down**2) ** 0.5 / width)
