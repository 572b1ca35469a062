"""What people's words on a sighting add up to.

A sighting's state is always computed from the words that still stand, so that undoing one, or carrying them over to a
new reading, is the same computation as saying them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sightings.models import CorrectionAction, ReviewState, Sighting
from sightings.services.alerting import watch
from sightings.services.events import tell
from sightings.services.plates import UNREADABLE, plate_for, tidy_plates


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a sighting's words add up to."""

    text: str = ""
    state: ReviewState = ReviewState.UNREVIEWED


def _standing(sighting: Sighting) -> _Standing:
    now = _Standing()
    for word in sighting.corrections.filter(undone_at__isnull=True).order_by("created_at", "pk"):
        if word.action == CorrectionAction.ALIAS:
            # A suggestion of the machine's: no word of a person gives way to it.
            now = _Standing(word.text_after) if now.state == ReviewState.UNREVIEWED else now
        elif word.action == CorrectionAction.CORRECT:
            now = _Standing(word.text_after, ReviewState.CORRECTED)
        elif word.action == CorrectionAction.CONFIRM:
            # After a new reading the machine may say something else than what was confirmed: the person's word holds.
            kept = word.text_after if word.text_after != sighting.plate_raw else ""
            now = _Standing(kept, ReviewState.CONFIRMED)
        else:
            now = _Standing(now.text, ReviewState.REJECTED)
    return now


def restate(*sightings: Sighting) -> None:
    """Bring sightings in line with the words that stand on them, and their plates with the sightings."""
    plates: set[int | None] = set()
    for sighting in sightings:
        plates.add(sighting.plate_id)
        _restate(sighting)
        plates.add(sighting.plate_id)
    tidy_plates(pk for pk in plates if pk is not None)
    restated = Sighting.objects.filter(pk__in=[sighting.pk for sighting in sightings])
    tell(restated)
    watch(restated)


def _restate(sighting: Sighting) -> None:
    now = _standing(sighting)
    sighting.plate_corrected, sighting.review_state = now.text, now.state
    readable = sighting.text.strip(UNREADABLE) and now.state != ReviewState.REJECTED
    sighting.plate = plate_for(fleet=sighting.fleet, text=sighting.text, region=sighting.region) if readable else None
    sighting.save(update_fields=["plate_corrected", "review_state", "plate", "updated_at"])


def anchor(sighting: Sighting) -> dict[str, Any]:
    """Where words hang: trip, time and box, which survive a new reading; the sighting itself may not."""
    return {
        "fleet_id": sighting.fleet_id,
        "trip_id": sighting.trip_id,
        "video_id": sighting.video_id,
        "sighting": sighting,
        "seconds": sighting.best_s,
        "box": sighting.box,
    }


def refresh_flagged(sighting: Sighting) -> None:
    """A sighting is flagged while one of its flags is open."""
    sighting.flagged = sighting.flags.filter(resolved_at__isnull=True).exists()
    sighting.save(update_fields=["flagged", "updated_at"])
