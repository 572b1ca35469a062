"""Which work is next. Fleets take turns, so that many files of one never keep another waiting for more than what is
being done at that moment; within a fleet comes first what a manager put first, then people take turns, then age.

A message in the queue names no work: it says that there is some. Whoever takes it asks here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Value
from django.utils import timezone

from sightings.models import Segment, SegmentState, Upload, UploadState
from sightings.processing.leases import dead_segments

REMEMBERED = timedelta(hours=1)  # who was not served for so long counts as never served
WAITING = (UploadState.RECEIVING, UploadState.RECEIVED)

Served = tuple[int, int | None, int, datetime | None]  # fleet, user, pieces in work now, when the latest was begun
Turn = tuple[int, float]  # pieces in work now, when last served; the smallest is next


class Turns:
    """Whose turn it is, among fleets and among the people of each."""

    def __init__(self, served: Iterable[Served]) -> None:
        self._fleets: dict[int, Turn] = defaultdict(lambda: (0, 0.0))
        self._people: dict[tuple[int, int | None], Turn] = defaultdict(lambda: (0, 0.0))
        for fleet, user, running, last in served:
            at = last.timestamp() if last else 0.0
            self._people[fleet, user] = running, at
            before, latest = self._fleets[fleet]
            self._fleets[fleet] = before + running, max(latest, at)

    def of(self, fleet: int, user: int | None, priority: int = 0) -> tuple[Turn, int, Turn]:
        """The smallest of these is next."""
        return self._fleets[fleet], -priority, self._people[fleet, user]


def readable() -> QuerySet[Segment]:
    """Segments that wait, or whose reader died, and that nobody holds back."""
    of_trip = Q(run__is_current=True, run__video__trip__paused=False)
    of_reprocess = Q(run__is_current=False, run__reprocess__paused=False)
    return dead_segments().filter(of_trip | of_reprocess)


def next_segment() -> int | None:
    """The segment to read next; None where nothing waits, or all that waits is paused.

    What is read again comes after all that was never read.
    """
    able = readable().filter(attempts__lt=settings.MAX_ATTEMPTS)
    new = able.filter(run__is_current=True).values_list(
        "run__video__fleet", "run__video__trip__created_by", "run__video__trip__priority"
    )
    again = able.filter(run__is_current=False).values_list("run__video__fleet", "run__reprocess__user", Value(0))
    waiting = list(new.annotate(oldest=Min("pk")).order_by()) or list(again.annotate(oldest=Min("pk")).order_by())
    if not waiting:
        return None
    turns = Turns(_segments_served())
    *_, first = min(waiting, key=lambda group: (*turns.of(*group[:3]), group[3]))
    return int(first)


def _segments_served() -> Iterable[Served]:
    now = timezone.now()
    running = Q(state=SegmentState.LEASED, lease_expires_at__gt=now)
    lately = Segment.objects.filter(running | Q(started_at__gt=now - REMEMBERED))
    by = lately.values_list("run__video__fleet", "run__video__trip__created_by")
    return by.annotate(running=Count("pk", filter=running), last=Max("started_at")).order_by()


def next_upload() -> str | None:
    """The upload to inspect next; None where nothing waits."""
    received = Upload.objects.filter(state=UploadState.RECEIVED)
    waiting = list(received.values_list("fleet", "user").annotate(oldest=Min("created_at")).order_by())
    if not waiting:
        return None
    turns = Turns(_uploads_served())
    fleet, user, _ = min(waiting, key=lambda group: (*turns.of(*group[:2]), group[2]))
    first = received.filter(fleet=fleet, user=user).order_by("created_at", "pk").first()
    return str(first.pk) if first else None


def _uploads_served() -> Iterable[Served]:
    running = Q(state=UploadState.INSPECTING)
    lately = Upload.objects.filter(updated_at__gt=timezone.now() - REMEMBERED).exclude(state__in=WAITING)
    by = lately.values_list("fleet", "user")
    return by.annotate(running=Count("pk", filter=running), last=Max("updated_at")).order_by()
