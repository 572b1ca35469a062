"""Renditions are made one at a time, after all reading. Safe to repeat: what a killed worker left is made anew."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from recognition.errors import RecognitionError
from recognition.media import rendition as media
from sightings import said, storage
from sightings.models import Rendition, RenditionState
from sightings.processing import files
from sightings.processing.leases import LeaseLost
from sightings.processing.making import Bench
from sightings.progress import publish_rendition

log = logging.getLogger(__name__)

OUR_FAULT = gettext_noop("Something went wrong on our side. Please try again.")
DEADLY = gettext_noop("Making it stopped the program that did it, %(times)s times. The recording itself is kept.")
GONE = gettext_noop("The recording is no longer on the server.")


def _died() -> dict[str, Any]:
    return {"error": said.store(DEADLY, times=settings.MAX_ATTEMPTS)}


bench = Bench(rows=Rendition.objects.all, died=_died, publish=publish_rendition)


def render_next() -> None:
    """Make the rendition whose turn it is, if there is one. Who loses it to another worker takes the next."""
    if (pk := bench.take()) is not None:
        _render(Rendition.objects.select_related("video").get(pk=pk))


def _render(made: Rendition) -> None:
    """The edge of the worker: every way to end is written down, unless the work is no longer ours."""
    try:
        with bench.at_work(made) as note:
            name = _write(made, note)
        bench.end(made, state=RenditionState.DONE, progress=1.0, file=name)
    except LeaseLost:
        log.warning("rendition %s: another worker has it", made.pk)
    except FileNotFoundError:
        bench.end(made, state=RenditionState.FAILED, error=said.store(GONE))
    except RecognitionError as error:
        words = said.store_error(error, PurePosixPath(str(made.video.file)).name, made.video.original_name)
        bench.end(made, state=RenditionState.FAILED, error=words)
    except Exception:
        log.exception("making rendition %s failed", made.pk)
        bench.end(made, state=RenditionState.FAILED, error=said.store(OUR_FAULT))


def _write(made: Rendition, note: Callable[[float], None]) -> str:
    """The stored name of the finished copy."""
    video = made.video
    with tempfile.TemporaryDirectory(prefix="platelog-") as folder, files.local(str(video.file)) as source:
        out = Path(folder) / "light.mp4"
        media.render(source, out, lambda seconds: note(seconds / (video.duration_s or seconds or 1.0)))
        note(1.0)
        files.keep(out, storage.light_name(video))
    return storage.light_name(video)
