"""What fell between two chairs is picked up: work of dead workers, and work whose message was lost.

A message says that there is work, and whoever takes it asks what. So one too many does no harm, and work that waits
while the queue has run empty has lost its message; also that of a dead worker, which the broker keeps for long.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from sightings.models import (
    ProcessingRun,
    Reprocess,
    ReprocessState,
    Segment,
    SegmentState,
    Upload,
    UploadKind,
    UploadState,
    Vehicle,
    Webhook,
)
from sightings.processing import evidence, renditions, turns
from sightings.processing.inspect import drop_bytes
from sightings.processing.leases import OPEN_RUNS, dead_segments
from sightings.processing.sidecars import IN_PLACE
from sightings.processing.states import UNFINISHED
from sightings.progress import publish_upload
from sightings.queue import Queue, send, waiting
from sightings.services import alert_mail, reprocess_decide, sending, uploads
from sightings.services import evidence as evidence_packs

log = logging.getLogger(__name__)

KEPT_DAYS = 7  # bytes of failed uploads
MOST = 200  # rows of a kind per sweep


def sweep() -> None:
    sweep_uploads()
    sweep_segments()
    sweep_runs()
    sweep_bytes()
    sweep_cars()
    sweep_decisions()
    sweep_discarded()
    sweep_renditions()
    sweep_evidence()
    sweep_mail()
    sweep_deliveries()


def sweep_decisions() -> None:
    """Readings that are to be taken over or switched back, and whose worker died or was never told."""
    asked = Reprocess.objects.filter(state__in=list(reprocess_decide.BEFORE))
    if not waiting("light"):
        for pk in list(asked.values_list("pk", flat=True)[:MOST]):
            send("decide_reprocess", "light", {"reprocess_id": pk})


def sweep_discarded() -> None:
    """Readings that a person discarded, and that are still here."""
    left = Reprocess.objects.filter(state=ReprocessState.DISCARDED, runs__isnull=False).distinct()
    if waiting("light"):
        return
    for pk in list(left.values_list("pk", flat=True)[:MOST]):
        send("drop_reprocess", "light", {"reprocess_id": pk})


def sweep_renditions() -> None:
    """Renditions whose worker died, and those that wait although nobody was told."""
    _tell("render_next", "render", renditions.bench.waiting())


def sweep_evidence() -> None:
    """Packs whose worker died, and those that wait although nobody was told; and those whose time is over."""
    _tell("pack_next", "evidence", evidence.bench.waiting())
    for pack in evidence_packs.over().select_related("fleet")[:MOST]:
        evidence_packs.drop(pack)


def sweep_mail() -> None:
    """Mail of alerts that waits to be sent again, or of which nobody was told."""
    if waiting("light"):
        return
    for pk in list(alert_mail.due().values_list("pk", flat=True)[:MOST]):
        send("send_alert_mail", "light", {"alert_id": pk})


def sweep_deliveries() -> None:
    """Deliveries to be tried again, of the dead, or of which nobody was told; and those that have had their time."""
    sending.give_up_on_the_lost()
    sending.drop_old(MOST)
    live = Webhook.objects.live().values("pk")
    if not waiting("light") and sending.due().filter(webhook__in=live).exists():
        send("send_deliveries", "light", {})


def sweep_cars() -> None:
    """Vehicles whose cameras were changed, and nobody placed the cars that they saw."""
    stale = Vehicle.objects.filter(cars_stale_since__lt=_ago(60))
    if waiting("light"):
        return
    for pk in list(stale.values_list("pk", flat=True)[:MOST]):
        send("place_cars", "light", {"vehicle_id": pk})


def sweep_uploads() -> None:
    """Uploads that nobody finished, saw through, or was told of; and those that were left half-way long ago."""
    uploads.expire_uploads(MOST)
    for upload in Upload.objects.filter(state=UploadState.RECEIVING, offset=F("size"), updated_at__lt=_ago(60))[:MOST]:
        uploads.finish(upload=upload)
    dead = Upload.objects.filter(state=UploadState.INSPECTING, updated_at__lt=_ago(settings.LEASE_SECONDS))
    for pk in list(dead.values_list("pk", flat=True)[:MOST]):
        if dead.filter(pk=pk).update(state=UploadState.RECEIVED, updated_at=timezone.now()) == 1:
            log.warning("upload %s: its inspection died, it is inspected again", pk)
            publish_upload(str(pk))
    _tell("inspect_next", "ingest", Upload.objects.filter(state=UploadState.RECEIVED))


def sweep_segments() -> None:
    """Segments whose reader died, and segments that wait although nobody was told."""
    dead = dead_segments().filter(state=SegmentState.LEASED)
    for pk in list(dead.values_list("pk", flat=True)[:MOST]):
        if dead.filter(pk=pk).update(state=SegmentState.QUEUED, lease_owner="") == 1:
            log.warning("segment %s: its reader died, it is read again", pk)
    _tell("read_next", "read", turns.readable())


def _tell(name: str, queue: Queue, work: QuerySet[Any]) -> None:
    """One message for each piece of work that waits, where the queue has none left."""
    pieces = work.count()
    if not pieces or waiting(queue):
        return
    for _ in range(min(pieces, MOST)):
        if not send(name, queue, {}):
            return


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
    kept = Q(state__in=IN_PLACE, kind=UploadKind.TELEMETRY)
    for upload in Upload.objects.filter(over | old).exclude(path="").exclude(kept)[:MOST]:
        drop_bytes(upload)


def release_all() -> None:
    """Free every lease: only for a start at which it is certain that no worker of before is alive.

    A clean stop is nobody's fault, so the attempt does not count.
    """
    held = Segment.objects.filter(state=SegmentState.LEASED)
    held.filter(attempts__gt=0).update(attempts=F("attempts") - 1)
    held.update(state=SegmentState.QUEUED, lease_owner="")
    Upload.objects.filter(state=UploadState.INSPECTING).update(state=UploadState.RECEIVED)


def _ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)
