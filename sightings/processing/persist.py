"""A run's passes become its sightings: written by (run, key), so that writing them again changes nothing."""

from __future__ import annotations

from typing import Any

from recognition.tracking.vote import fuse
from recognition.types import Observation as Seen
from sightings.models import Observation, ProcessingRun, Sighting
from sightings.processing.joining import Pass
from sightings.processing.packing import pack_candidates, pack_characters
from sightings.progress import publish_sighting
from sightings.services.aliases import apply_aliases
from sightings.services.places import Stamper
from sightings.services.plates import LONGEST, tidy_plate
from sightings.services.reviews import reapply_corrections
from sightings.services.standing import restate


def write_sightings(run: ProcessingRun, passes: list[Pass]) -> None:
    """Bring the run's sightings in line with its passes: new, changed, gone. In a transaction that holds the run."""
    stamper = Stamper(run.video)
    rows = {row.key: row for row in Sighting.objects.filter(run=run).select_related("fleet", "plate")}
    changed = [row for one in passes if (row := _write(run, one, rows.get(one.key), stamper)) is not None]
    _remove([row for key, row in rows.items() if key not in {one.key for one in passes}])
    if not run.is_current:
        return  # nobody sees it yet: people's words stay where they are, and no plate comes of it
    reapply_corrections(run)
    apply_aliases(run)
    for row in changed:
        row.refresh_from_db()
    restate(*changed)
    for row in changed:
        publish_sighting(row.pk)


def _write(run: ProcessingRun, one: Pass, row: Sighting | None, stamper: Stamper) -> Sighting | None:
    """Insert or update one sighting; None where it stands as it should."""
    fields = _fields(run, one, stamper)
    if row is None:
        home = {"fleet": run.video.fleet, "trip": run.video.trip, "video": run.video, "current": run.is_current}
        row = Sighting(run=run, key=one.key, **home, **fields)
        row.save(force_insert=True)
    else:
        if all(getattr(row, name) == value for name, value in fields.items()):
            return None
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=[*fields, "updated_at"])
        row.observations.all().delete()
    pairs = zip(one.observations, one.crops, strict=True)
    Observation.objects.bulk_create((_observation(row, item, crop) for item, crop in pairs), batch_size=200)
    return row


def _fields(run: ProcessingRun, one: Pass, stamper: Stamper) -> dict[str, Any]:
    """All that the machine says of a pass."""
    observations = one.observations
    fused = fuse(observations)
    piece, best = one.shown
    plate = {
        "box": best.detection.box.as_list(),
        "corners": [list(corner) for corner in best.detection.corners],
        "region": fused.region.code[:10] if fused.region else "",
        "region_score": _unit(fused.region.score) if fused.region else None,
    }
    return {
        "plate_raw": fused.plate[:LONGEST],
        "confidence": _unit(fused.confidence),
        "dscore": best.detection.score,
        "first_seen_s": observations[0].seconds,
        "last_seen_s": observations[-1].seconds,
        "best_s": best.seconds,
        **stamper.stamp(best.seconds, plate),
        **plate,
        "characters": pack_characters(fused.characters),
        "candidates": pack_candidates(fused.candidates),
        "reads_count": len(observations),
        "crop": piece.crops[piece.best] or next((crop for crop in one.crops if crop), ""),
        "context": piece.context,
        "model_version": run.model_version,
    }


def _observation(row: Sighting, item: Seen, crop: str) -> Observation:
    return Observation(
        sighting=row,
        seconds=item.seconds,
        box=item.detection.box.as_list(),
        corners=[list(corner) for corner in item.detection.corners],
        dscore=item.detection.score,
        text=item.reading.plate[:LONGEST],
        confidence=item.reading.confidence,
        characters=pack_characters(item.reading.characters),
        candidates=pack_candidates(item.reading.candidates),
        weight=item.weight,
        crop=crop,
    )


def _remove(rows: list[Sighting]) -> None:
    """Sightings that became part of another one; people's words on them are hung up again by `reapply_corrections`."""
    plates = {row.plate_id: row.plate for row in rows if row.plate is not None}
    Sighting.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for plate in plates.values():
        tidy_plate(plate)


def _unit(score: float) -> float:
    return round(min(1.0, max(0.0, score)), 5)
