"""Renditions are made one at a time, after all reading. Safe to repeat: what a killed worker left is made anew."""

from __future__ import annotations

import logging
import tempfile
import time
from datetime import timedelta
from functools import partial
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from recognition.errors import RecognitionError
from recognition.media import rendition as media
from sightings import said, storage
from sightings.models import Rendition, RenditionState
from sightings.processing import files, leases
from sightings.progress import publish_rendition

log = logging.getLogger(__name__)

PUBLISH_EVERY_S = 1.0
OUR_FAULT = gettext_noop("Something went wrong on our side. Please try again.")
DEADLY = gettext_noop("Making it stopped the program that did it, %(times)s times. The recording itself is kept.")
GONE = gettext_noop("The recording is no longer on the server.")


def waiting() -> QuerySet[Rendition]:
    """Those that wait, or whose worker has shown no sign of life for too long; the longest waiting first."""
    dead = Q(state=RenditionState.MAKING, updated_at__lt=timezone.now() - timedelta(seconds=settings.LEASE_SECONDS))
    return Rendition.objects.filter(Q(state=RenditionState.WAITING) | dead).order_by("pk")


def render_next() -> None:
    """Make the rendition whose turn it is, if there is one. Who loses it to another worker takes the next."""
    while (pk := waiting().values_list("pk", flat=True).first()) is not None:
        if _take(pk):
            _render(Rendition.objects.select_related("video").get(pk=pk))
            return


def _take(pk: int) -> bool:
    """True where this worker, and no other, makes it now."""
    poison = waiting().filter(pk=pk, attempts__gte=settings.MAX_ATTEMPTS)
    error = said.store(DEADLY, times=settings.MAX_ATTEMPTS)
    if poison.update(state=RenditionState.FAILED, error=error, updated_at=timezone.now()):
        publish_rendition(pk)
        return False
    mine = {"state": RenditionState.MAKING, "progress": 0.0, "attempts": F("attempts") + 1}
    return waiting().filter(pk=pk).order_by().update(**mine, updated_at=timezone.now()) == 1


def _held(made: Rendition) -> QuerySet[Rendition]:
    """The row as long as it is this attempt's: the count of attempts tells one worker from the next."""
    return Rendition.objects.filter(pk=made.pk, state=RenditionState.MAKING, attempts=made.attempts)


def _renew(made: Rendition) -> bool:
    return _held(made).update(updated_at=timezone.now()) == 1


def _render(made: Rendition) -> None:
    """The edge of the worker: every way to end is written down, unless the work is no longer ours."""
    publish_rendition(made.pk)
    try:
        with leases.beating(partial(_renew, made)) as heart:
            name = _write(made, heart)
        _end(made, state=RenditionState.DONE, progress=1.0, file=name)
    except leases.LeaseLost:
        log.warning("rendition %s: another worker has it", made.pk)
    except FileNotFoundError:
        _end(made, state=RenditionState.FAILED, error=said.store(GONE))
    except RecognitionError as error:
        words = said.store_error(error, PurePosixPath(str(made.video.file)).name, made.video.original_name)
        _end(made, state=RenditionState.FAILED, error=words)
    except Exception:
        log.exception("making rendition %s failed", made.pk)
        _end(made, state=RenditionState.FAILED, error=said.store(OUR_FAULT))


def _write(made: Rendition, heart: leases.Heart) -> str:
    """The stored name of the finished copy."""
    video = made.video
    beat = _Beat(made, heart)
    with tempfile.TemporaryDirectory(prefix="platelog-") as folder, files.local(str(video.file)) as source:
        out = Path(folder) / "light.mp4"
        media.render(source, out, beat.note)
        heart.alive()
        files.keep(out, storage.light_name(video))
    return storage.light_name(video)


def _end(made: Rendition, **fields: object) -> None:
    if _held(made).update(updated_at=timezone.now(), **fields):
        publish_rendition(made.pk)


class _Beat:
    """Writes down now and then how far it is, and tells the pages."""

    def __init__(self, made: Rendition, heart: leases.Heart) -> None:
        self.made, self.heart = made, heart
        self._told_at = time.monotonic()

    def note(self, seconds: float) -> None:
        """Raises LeaseLost where the row is no longer ours."""
        self.heart.alive()
        if time.monotonic() - self._told_at < PUBLISH_EVERY_S:
            return
        self._told_at = time.monotonic()
        share = min(0.99, seconds / (self.made.video.duration_s or seconds or 1.0))
        if not _held(self.made).update(progress=max(0.0, share), updated_at=timezone.now()):
            raise leases.LeaseLost
        publish_rendition(self.made.pk)
