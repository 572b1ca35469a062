"""Who works on what. A lease is a conditional UPDATE that must change exactly one row, and a sign of life now and then.

A worker that dies shows no more signs; the sweep then gives its work to another. Attempts are counted before the work
begins, so that what kills its worker does not kill workers for ever.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from sightings.models import ProcessingRun, RunState, Segment, SegmentState, Upload, UploadState

log = logging.getLogger(__name__)
STALL_S = 900.0  # a reader that yields nothing for so long hangs, though its process lives
OPEN_RUNS = (RunState.QUEUED, RunState.READING, RunState.MERGING)


class LeaseLost(Exception):
    """Another worker has taken over, or a person has cancelled: what was done so far must not be written."""


def new_owner() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex}"


def take_segment(segment_id: int, owner: str) -> bool:
    """True where this worker, and no other, may read the segment now."""
    changed = (
        dead_segments()
        .filter(pk=segment_id, attempts__lt=settings.MAX_ATTEMPTS)
        .update(
            state=SegmentState.LEASED,
            lease_owner=owner,
            lease_expires_at=_expiry(),
            heartbeat_at=timezone.now(),
            started_at=timezone.now(),
            finished_at=None,
            attempts=F("attempts") + 1,
            progress=0.0,
        )
    )
    return changed == 1


def renew_segment(segment_id: int, owner: str) -> bool:
    """False where the lease is no longer this worker's."""
    return held(segment_id, owner).update(lease_expires_at=_expiry(), heartbeat_at=timezone.now()) == 1


def held(segment_id: int, owner: str) -> QuerySet[Segment]:
    """The segment as long as this worker holds it: what every write of its results goes through."""
    return Segment.objects.filter(pk=segment_id, state=SegmentState.LEASED, lease_owner=owner)


def dead_segments() -> QuerySet[Segment]:
    """Segments that wait, or whose reader has shown no sign of life for too long."""
    free = Q(state=SegmentState.QUEUED) | Q(state=SegmentState.LEASED, lease_expires_at__lt=timezone.now())
    # No join: an UPDATE must look at the row's own columns again after waiting for another worker's lock.
    return Segment.objects.filter(free, run__in=ProcessingRun.objects.filter(state__in=OPEN_RUNS).values("pk"))


def take_upload(upload_id: str) -> bool:
    waiting = Upload.objects.filter(pk=upload_id, state=UploadState.RECEIVED)
    return waiting.update(state=UploadState.INSPECTING, updated_at=timezone.now()) == 1


def renew_upload(upload_id: str) -> bool:
    mine = Upload.objects.filter(pk=upload_id, state=UploadState.INSPECTING)
    return mine.update(updated_at=timezone.now()) == 1


def _expiry() -> datetime:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


class Heart:
    """Renews a lease from a thread of its own while the work goes on."""

    def __init__(self, renew: Callable[[], bool]) -> None:
        self._renew = renew
        self._stop = threading.Event()
        self._alive_at = time.monotonic()
        self.lost = False

    def alive(self) -> None:
        """The work has moved on. Raises LeaseLost."""
        self._alive_at = time.monotonic()
        if self.lost:
            raise LeaseLost

    def run(self) -> None:
        while not self._stop.wait(settings.LEASE_SECONDS / 3):
            if time.monotonic() - self._alive_at > STALL_S:
                return
            try:
                self.lost = not self._renew()
            except (DatabaseError, InterfaceError) as error:
                # One that restarts, or is locked, is back before the lease ends.
                log.warning("a sign of life could not be written and is tried again: %s", error)
            finally:
                connections.close_all()  # this thread's own
            if self.lost:
                return

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def beating(renew: Callable[[], bool]) -> Iterator[Heart]:
    heart = Heart(renew)
    thread = threading.Thread(target=heart.run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield heart
    finally:
        heart.stop()
        thread.join()
