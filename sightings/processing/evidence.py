"""Evidence packs are made one at a time. Safe to repeat: what a killed worker left is made anew, and once."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from recognition.errors import CannotWrite, RecognitionError
from recognition.redact import StillReadable
from sightings import storage
from sightings.models import EvidenceFault, EvidencePack, RenditionState
from sightings.processing import evidence_pack, files
from sightings.processing.leases import LeaseLost
from sightings.processing.making import Bench
from sightings.progress import publish_evidence
from sightings.services.evidence import drop_files

log = logging.getLogger(__name__)


def _wanted() -> QuerySet[EvidencePack]:
    return EvidencePack.objects.filter(deleted_at=None)


def _died() -> dict[str, Any]:
    return {"fault": EvidenceFault.DIED}


bench = Bench(rows=_wanted, died=_died, publish=publish_evidence)


def pack_next() -> None:
    """Make the pack whose turn it is, if there is one. Who loses it to another worker takes the next."""
    if (pk := bench.take()) is not None:
        _make(EvidencePack.objects.select_related("fleet", "user").get(pk=pk))


def _make(pack: EvidencePack) -> None:
    """The edge of the worker: every way to end is written down, unless the work is no longer ours."""
    try:
        with bench.at_work(pack) as note:
            fields = _write(pack, note)
        _end(pack, state=RenditionState.DONE, progress=1.0, **fields)
    except LeaseLost:
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


def _write(pack: EvidencePack, note: Callable[[float], None]) -> dict[str, Any]:
    """Put the finished pack into storage; returns what its row is to say of it."""
    name = storage.evidence_name(pack, pack.attempts)
    with tempfile.TemporaryDirectory(prefix="platelog-") as folder:
        path = Path(folder) / "pack.zip"
        fields = evidence_pack.write(pack, path, note)
        note(1.0)
        files.keep(path, name)
    days = settings.EVIDENCE_DAYS
    expires = timezone.now() + timedelta(days=days) if days else None
    return {**fields, "file": name, "made_at": timezone.now(), "expires_at": expires}


def _end(pack: EvidencePack, **fields: Any) -> None:
    """Write down how it ended if it is still ours, and leave no file behind that no row names."""
    if bench.end(pack, **fields):
        drop_files(pack, but=pack.attempts if "file" in fields else 0)
    elif "file" in fields:
        files.remove(fields["file"])
