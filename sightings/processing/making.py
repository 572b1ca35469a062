"""Making what a row asks for, one at a time, by whichever worker comes first: renditions and evidence packs.

A row is taken by a conditional UPDATE that counts the attempt, and the count tells one worker from the next. What a
killed worker left is made anew, and what kills its workers is given up after MAX_ATTEMPTS.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from sightings.models import EvidencePack, Rendition, RenditionState
from sightings.processing import leases

PUBLISH_EVERY_S = 1.0

Row = TypeVar("Row", Rendition, EvidencePack)


@dataclass(frozen=True)
class Bench(Generic[Row]):
    """Where rows of one kind are made."""

    rows: Callable[[], QuerySet[Row]]  # those that somebody still wants
    died: Callable[[], dict[str, Any]]  # what a row says whose workers were killed too often
    publish: Callable[[int], None]  # tells the pages how the row of this key stands

    def waiting(self) -> QuerySet[Row]:
        """Those that wait, or whose worker has shown no sign of life for too long; the longest waiting first."""
        expired = timezone.now() - timedelta(seconds=settings.LEASE_SECONDS)
        dead = Q(state=RenditionState.MAKING, updated_at__lt=expired)
        return self.rows().filter(Q(state=RenditionState.WAITING) | dead).order_by("pk")

    def take(self) -> int | None:
        """The key of the row whose turn it is, which this worker and no other makes now."""
        while (pk := self.waiting().values_list("pk", flat=True).first()) is not None:
            if self._taken(pk):
                self.publish(pk)
                return pk
        return None

    def _taken(self, pk: int) -> bool:
        one = self.waiting().filter(pk=pk).order_by()
        if one.filter(attempts__gte=settings.MAX_ATTEMPTS).update(
            state=RenditionState.FAILED, updated_at=timezone.now(), **self.died()
        ):
            self.publish(pk)
            return False
        mine = {"state": RenditionState.MAKING, "progress": 0.0, "attempts": F("attempts") + 1}
        return one.update(**mine, updated_at=timezone.now()) == 1

    def held(self, row: Row) -> QuerySet[Row]:
        """The row as long as it is this attempt's: what every write of its results goes through."""
        return self.rows().filter(pk=row.pk, state=RenditionState.MAKING, attempts=row.attempts)

    def end(self, row: Row, **fields: Any) -> bool:
        """Write down how it ended. False where it is no longer ours."""
        ours = self.held(row).update(updated_at=timezone.now(), **fields) == 1
        if ours:
            self.publish(row.pk)
        return ours

    @contextmanager
    def at_work(self, row: Row) -> Iterator[Callable[[float], None]]:
        """Shows signs of life meanwhile. What it yields is told now and then how much is done, 0 to 1.

        That raises LeaseLost where the row is no longer ours.
        """
        with leases.beating(partial(self._renew, row)) as heart:
            yield _Progress(self, row, heart).note

    def _renew(self, row: Row) -> bool:
        return self.held(row).update(updated_at=timezone.now()) == 1


class _Progress(Generic[Row]):
    """Writes down once a second how far it is, and tells the pages."""

    def __init__(self, bench: Bench[Row], row: Row, heart: leases.Heart) -> None:
        self._bench: Bench[Row] = bench
        self._row: Row = row
        self._heart = heart
        self._told_at = time.monotonic()

    def note(self, share: float) -> None:
        self._heart.alive()
        if time.monotonic() - self._told_at < PUBLISH_EVERY_S:
            return
        self._told_at = time.monotonic()
        so_far = min(0.99, max(0.0, share))  # 1 is said with the result
        if not self._bench.held(self._row).update(progress=so_far, updated_at=timezone.now()):
            raise leases.LeaseLost
        self._bench.publish(self._row.pk)
