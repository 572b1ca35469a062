"""One pass of a plate may cross the cut between two segments: the pieces on both sides are put together again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from recognition.config import TrackingConfig
from recognition.tracking.associate import same_track
from recognition.types import Observation
from sightings.models import Segment
from sightings.processing.packing import Piece, unpack


@dataclass(slots=True)
class Pass:
    """A plate's whole passage: one piece per segment that it runs through, in order."""

    pieces: list[Piece]

    @property
    def key(self) -> str:
        return self.pieces[0].key

    @property
    def observations(self) -> list[Observation]:
        return [item for piece in self.pieces for item in piece.observations]

    @property
    def crops(self) -> list[str]:
        return [crop for piece in self.pieces for crop in piece.crops]

    @property
    def shown(self) -> tuple[Piece, Observation]:
        """The piece and the observation to show: the best of the pieces' best."""
        return max(
            ((piece, piece.observations[piece.best]) for piece in self.pieces),
            key=lambda pair: (pair[1].weight, -pair[1].seconds),
        )


def passes(segments: Iterable[Segment], config: TrackingConfig | None = None) -> list[Pass]:
    """The passes of a run's finished segments. The outcome depends on the segments alone, not on their order of
    finishing: a segment that is still missing leaves its neighbours apart, and joins them once it is there.
    """
    config = config or TrackingConfig()
    by_index = {segment.index: [unpack(stored, segment.index) for stored in segment.tracks] for segment in segments}
    by_key = {piece.key: Pass([piece]) for pieces in by_index.values() for piece in pieces}
    heads = dict(by_key)  # passes by the key of their first piece
    for before, after in pairwise(sorted(by_index)):
        if after == before + 1:
            for earlier, later in _pairs(by_index[before], by_index[after], config):
                joined = by_key[earlier.key]
                joined.pieces.append(later)
                by_key[later.key] = joined
                del heads[later.key]
    return [heads[key] for key in sorted(heads)]


def _pairs(before: list[Piece], after: list[Piece], config: TrackingConfig) -> list[tuple[Piece, Piece]]:
    """Which pieces go on on the other side of a cut: each at most once, the shortest gap first."""
    candidates = sorted(
        (gap, earlier.key, later.key, earlier, later)
        for earlier in before
        for later in after
        if 0 < (gap := later.observations[0].seconds - earlier.observations[-1].seconds) <= config.rejoin_gap
        and same_track(earlier.observations, later.observations, config)
    )
    taken, chosen = set[str](), list[tuple[Piece, Piece]]()
    for _, first, second, earlier, later in candidates:
        if first not in taken and second not in taken:
            taken |= {first, second}
            chosen.append((earlier, later))
    return chosen
