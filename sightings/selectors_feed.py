"""Following the log by key, so that nothing that is written to it is passed over.

Keys are given out when a row is inserted, and rows are seen when their transaction commits: on PostgreSQL a row may
appear below one that was there before it. So the log is followed no further than to where nothing can appear any more.
SQLite has one writer at a time: there, what is seen is whole.
"""

from __future__ import annotations

from django.db import connection

from sightings.models import Sighting
from sightings.querysets import SightingQuerySet


class Horizon:
    """Up to which key the log is whole. One follower has one, and asks it again and again.

    On PostgreSQL: the newest key that is seen now, as soon as every transaction has ended that was running when it was
    seen. Those that began later are given higher keys.
    """

    def __init__(self) -> None:
        self.upto: int | None = None  # not known yet
        self._awaited: tuple[int, int] | None = None  # a key, and the first transaction that began after it was seen

    def look(self) -> int | None:
        """Ask the database once, without waiting; outside of a transaction."""
        newest = Sighting.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if connection.vendor != "postgresql":
            self.upto = newest
            return newest
        oldest_running, next_to_begin = _transactions()
        if self._awaited is None:
            self._awaited = (newest, next_to_begin)
        key, until = self._awaited
        if oldest_running >= until:
            self.upto, self._awaited = key, None
        return self.upto


def _transactions() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() s"
        )
        oldest_running, next_to_begin = cursor.fetchone()
    return oldest_running, next_to_begin


def written_since(log: SightingQuerySet[Sighting], after: int, upto: int, most: int) -> list[Sighting]:
    """The next rows of the log in the order of their keys."""
    return list(log.filter(pk__gt=after, pk__lte=upto).order_by("pk")[:most])
