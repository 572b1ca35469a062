"""What fell between two chairs is picked up: work of dead workers, and work whose message was lost.

A message too many does no harm, because every worker begins with a lease; too many messages would, so that waiting
work is sent again only when its queue has run empty, or after a very long time.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from sightings.models import ProcessingRun, Segment, SegmentState, Upload, UploadKind, UploadState
from sightings.processing.inspect import drop_bytes
from sightings.processing.leases import OPEN_RUNS, dead_segments
from sightings.processing.states import UNFINISHED
from sightings.progress import publish_upload
from sightings.queue import Queue, send, waiting
from sightings.services import uploads

log = logging.getLogger(__name__)

VERY_LONG = 30  # times LOST_AFTER_SECONDS: then work is sent again although its queue is not empty
KEPT_DAYS = 7  # bytes of failed uploads
MOST = 200  # rows of a kind per sweep


def sweep() -> None:
    sweep_uploads()
    sweep_segments()
    sweep_runs()
    sweep_bytes()


def sweep_uploads() -> None:
    """Uploads that nobody finished, took, or saw through."""
    for upload in Upload.objects.filter(state=UploadState.RECEIVING, offset=F("size"), updated_at__lt=_ago(60))[:MOST]:
        uploads.finish(upload=upload)
    dead = Upload.objects.filter(state=UploadState.INSPECTING, updated_at__lt=_ago(settings.LEASE_SECONDS))
    for pk in list(dead.values_list("pk", flat=True)[:MOST]):
        # Sent at once; the row's time is now, so that the next lines leave it alone.
        if dead.filter(pk=pk).update(state=UploadState.RECEIVED, updated_at=timezone.now()) == 1:
            log.warning("upload %s: its inspection died, it is inspected again", pk)
            publish_upload(str(pk))
            send("inspect_upload", "ingest", {"upload_id": str(pk)})
    lost = Upload.objects.filter(state=UploadState.RECEIVED, updated_at__lt=_patience("ingest"))
    for pk in list(lost.values_list("pk", flat=True)[:MOST]):
        if lost.filter(pk=pk).update(updated_at=timezone.now()) == 1:
            send("inspect_upload", "ingest", {"upload_id": str(pk)})


def sweep_segments() -> None:
    """Segments whose reader died, and segments that wait although nobody was told."""
    dead = dead_segments().filter(state=SegmentState.LEASED)
    for pk in list(dead.values_list("pk", flat=True)[:MOST]):
        # `heartbeat_at` tells when a waiting segment was last sent.
        if dead.filter(pk=pk).update(state=SegmentState.QUEUED, lease_owner="", heartbeat_at=timezone.now()) == 1:
            log.warning("segment %s: its reader died, it is read again", pk)
            send("read_segment", "read", {"segment_id": pk})
    before = _patience("read")
    never = Q(heartbeat_at=None, run__in=ProcessingRun.objects.filter(created_at__lt=before).values("pk"))
    lost = dead_segments().filter(Q(heartbeat_at__lt=before) | never, state=SegmentState.QUEUED)
    for pk in list(lost.order_by("run", "index").values_list("pk", flat=True)[:MOST]):
        if lost.filter(pk=pk).update(heartbeat_at=timezone.now()) == 1:
            send("read_segment", "read", {"segment_id": pk})


def sweep_runs() -> None:
    """Runs whose segments have all ended, but which nobody closed."""
    unfinished = Segment.objects.filter(run=OuterRef("pk"), state__in=UNFINISHED)
    over = ProcessingRun.objects.filter(~Exists(unfinished), state__in=OPEN_RUNS)
    if waiting("light"):
        return
    for pk in list(over.values_list("pk", flat=True)[:MOST]):
        send("merge_run", "light", {"run_id": pk})


def sweep_bytes() -> None:
    """Files that a worker was killed before dropping, and those of old failures."""
    over = Q(state__in=[UploadState.DONE, UploadState.DUPLICATE, UploadState.CANCELLED], updated_at__lt=_ago(60))
    old = Q(state=UploadState.FAILED, updated_at__lt=_ago(KEPT_DAYS * 86_400))
    kept = Q(state=UploadState.DONE, kind=UploadKind.TELEMETRY)
    for upload in Upload.objects.filter(over | old).exclude(path="").exclude(kept)[:MOST]:
        drop_bytes(upload)


def release_all() -> None:
    """Free every lease: only for a start at which it is certain that no worker of before is alive.

    A clean stop is nobody's fault, so the attempt does not count.
    """
    held = Segment.objects.filter(state=SegmentState.LEASED)
    held.filter(attempts__gt=0).update(attempts=F("attempts") - 1)
    held.update(state=SegmentState.QUEUED, lease_owner="", heartbeat_at=_ago(86_400))
    Upload.objects.filter(state=UploadState.INSPECTING).update(state=UploadState.RECEIVED, updated_at=_ago(86_400))


def _patience(queue: Queue) -> datetime:
    """Work that was last sent before this moment is sent again."""
    return _ago(settings.LOST_AFTER_SECONDS * (VERY_LONG if waiting(queue) else 1))


def _ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)
