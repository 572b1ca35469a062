"""Evidence packs are made one at a time. Safe to repeat: what a killed worker left is made anew, and once."""

from __future__ import annotations

import logging
import tempfile
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from recognition.errors import CannotWrite, RecognitionError
from recognition.redact import StillReadable
from sightings import storage
from sightings.models import EvidenceFault, EvidencePack, RenditionState
from sightings.processing import evidence_pack, files, leases
from sightings.progress import publish_evidence
from sightings.services.evidence import drop_files

log = logging.getLogger(__name__)

PUBLISH_EVERY_S = 1.0


def waiting() -> QuerySet[EvidencePack]:
    """Those that wait, or whose worker has shown no sign of life for too long; the longest waiting first."""
    dead = Q(state=RenditionState.MAKING, updated_at__lt=timezone.now() - timedelta(seconds=settings.LEASE_SECONDS))
    return EvidencePack.objects.filter(Q(state=RenditionState.WAITING) | dead, deleted_at=None).order_by("pk")


def pack_next() -> None:
    """Make the pack whose turn it is, if there is one. Who loses it to another worker takes the next."""
    while (pk := waiting().values_list("pk", flat=True).first()) is not None:
        if _take(pk):
            _make(EvidencePack.objects.select_related("fleet", "user").get(pk=pk))
            return


def _take(pk: int) -> bool:
    """True where this worker, and no other, makes it now."""
    poison = waiting().filter(pk=pk, attempts__gte=settings.MAX_ATTEMPTS)
    if poison.update(state=RenditionState.FAILED, fault=EvidenceFault.DIED, updated_at=timezone.now()):
        publish_evidence(pk)
        return False
    mine = {"state": RenditionState.MAKING, "progress": 0.0, "attempts": F("attempts") + 1}
    return waiting().filter(pk=pk).order_by().update(**mine, updated_at=timezone.now()) == 1


def _held(pack: EvidencePack) -> QuerySet[EvidencePack]:
    """The row as long as it is this attempt's: the count of attempts tells one worker from the next."""
    mine = {"state": RenditionState.MAKING, "attempts": pack.attempts, "deleted_at": None}
    return EvidencePack.objects.filter(pk=pack.pk, **mine)


def _renew(pack: EvidencePack) -> bool:
    return _held(pack).update(updated_at=timezone.now()) == 1


def _make(pack: EvidencePack) -> None:
    """The edge of the worker: every way to end is written down, unless the work is no longer ours."""
    publish_evidence(pack.pk)
    try:
        with leases.beating(partial(_renew, pack)) as heart:
            fields = _write(pack, heart)
        _end(pack, state=RenditionState.DONE, progress=1.0, **fields)
    except leases.LeaseLost:
        log.warning("evidence pack %s: it was deleted, or another worker has it", pack.pk)
    except Exception as error:
        fault = _fault(error)
        if fault == EvidenceFault.INTERNAL:
            log.exception("making evidence pack %s failed", pack.pk)
        _end(pack, state=RenditionState.FAILED, fault=fault)


def _fault(error: Exception) -> EvidenceFault:
    if isinstance(error, FileNotFoundError):
        return EvidenceFault.GONE
    if isinstance(error, evidence_pack.FilmChanged):
        return EvidenceFault.CHANGED
    if isinstance(error, StillReadable):
        return EvidenceFault.READABLE
    if isinstance(error, CannotWrite | OSError):
        return EvidenceFault.NO_ROOM
    return EvidenceFault.DAMAGED if isinstance(error, RecognitionError) else EvidenceFault.INTERNAL


def _write(pack: EvidencePack, heart: leases.Heart) -> dict[str, Any]:
    """Put the finished pack into storage; returns what its row is to say of it."""
    beat, name = _Beat(pack, heart), storage.evidence_name(pack, pack.attempts)
    with tempfile.TemporaryDirectory(prefix="platelog-") as folder:
        path = Path(folder) / "pack.zip"
        fields = evidence_pack.write(pack, path, beat.note)
        heart.alive()
        files.keep(path, name)
    days = settings.EVIDENCE_DAYS
    expires = timezone.now() + timedelta(days=days) if days else None
    return {**fields, "file": name, "made_at": timezone.now(), "expires_at": expires}


def _end(pack: EvidencePack, **fields: Any) -> None:
    """Write down how it ended if it is still ours, and leave no file behind that no row names."""
    if _held(pack).update(updated_at=timezone.now(), **fields):
        drop_files(pack, but=pack.attempts if "file" in fields else 0)
        publish_evidence(pack.pk)
    elif "file" in fields:
        files.remove(fields["file"])


class _Beat:
    """Writes down now and then how far it is, and tells the pages."""

    def __init__(self, pack: EvidencePack, heart: leases.Heart) -> None:
        self.pack, self.heart = pack, heart
        self._told_at = time.monotonic()

    def note(self, share: float) -> None:
        """Raises LeaseLost where the row is no longer ours."""
        self.heart.alive()
        if time.monotonic() - self._told_at < PUBLISH_EVERY_S:
            return
        self._told_at = time.monotonic()
        if not _held(self.pack).update(progress=min(0.99, max(0.0, share)), updated_at=timezone.now()):
            raise leases.LeaseLost
        publish_evidence(self.pack.pk)
