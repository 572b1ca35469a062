"""Whether what two readings saw at one moment is the same plate: by place in the picture and by text."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from sightings.models import Sighting

SLACK_S = 1.5  # a new reading may see a plate this much earlier or later than the old one
FARTHEST = 1.5  # centre distance, in widths of the plate, beyond which it is another car's
SAME_TEXT = 0.8  # similarity from which the text alone, at the right moment, is enough


def likeness(box: Sequence[float], text: str, other_box: Sequence[float], other_text: str) -> float:
    """0 where it cannot be the same plate; else overlap, nearness and similarity of text added up."""
    overlap, distance = _overlap(box, other_box), _distance(box, other_box)
    similarity = Levenshtein.normalized_similarity(text, other_text) if text else 0.0
    if distance > FARTHEST and similarity < SAME_TEXT:
        return 0.0
    return overlap + max(0.0, 1.0 - distance / FARTHEST) + similarity


def likeness_to(sighting: Sighting, seconds: float, box: Sequence[float], text: str) -> float:
    """How like what was seen at this moment of the video a sighting of it is; 0 where it cannot be the same plate."""
    if not sighting.first_seen_s - SLACK_S <= seconds <= sighting.last_seen_s + SLACK_S:
        return 0.0
    return likeness(box, text, box_at(sighting, seconds), sighting.plate_raw)


def box_at(sighting: Sighting, seconds: float) -> list[float]:
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
