"""One segment is read: leased, run through the pipeline, and its tracks written if the lease still holds."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from recognition import images, pipeline
from recognition.errors import RecognitionError
from recognition.types import Image, PlateTrack, Progress
from sightings import said, storage
from sightings.models import ProcessingRun, Segment, SegmentState
from sightings.processing import files, leases, packing, states, turns
from sightings.progress import publish_run
from sightings.queue import enqueue

log = logging.getLogger(__name__)

PUBLISH_EVERY_S = 0.7
DIED = gettext_noop("reading it stopped the program that did it, %(times)s times.")
OUR_FAULT = gettext_noop("something went wrong on our side. Please try again.")


@functools.cache
def reader(networks: str = "") -> Any:
    """The networks, loaded once per process: the usual ones, or those of a `Reprocess`. Raises WeightsRefused."""
    named = networks.split("+") if networks else []
    return import_string(settings.READER_FACTORY)(settings.READ_DEVICE, *named)


def read_next() -> None:
    """Read the segment whose turn it is, if there is one. Who loses it to another worker takes the next."""
    give_up_poison()
    while (segment_id := turns.next_segment()) is not None:
        if read_segment(segment_id):
            return


def read_segment(segment_id: int) -> bool:
    """Read a segment if it is free, and have its run merged afterwards; True where this call did it."""
    owner = leases.new_owner()
    if not leases.take_segment(segment_id, owner):
        return False
    segment = Segment.objects.select_related("run__video", "run__reprocess").get(pk=segment_id)
    states.begin_run(segment.run)
    publish_run(segment.run)
    with leases.beating(partial(leases.renew_segment, segment_id, owner)) as heart:
        _read(segment, owner, heart)
    return True


def _read(segment: Segment, owner: str, heart: leases.Heart) -> None:
    """The edge of the worker: every way to end is written down, unless the work is no longer ours."""
    try:
        tracks = list(_tracks(segment, owner, heart))
        heart.alive()
        end(segment, owner, state=SegmentState.DONE, progress=1.0, tracks=tracks)
    except leases.LeaseLost:
        log.warning("segment %s: the lease was lost, another worker has it", segment.pk)
    except RecognitionError as error:
        log.warning("segment %s cannot be read: %s", segment.pk, error.code)
        video = segment.run.video
        words = said.store_error(error, PurePosixPath(str(video.file)).name, video.original_name)
        end(segment, owner, state=SegmentState.FAILED, error_code=error.code, error=words)
    except Exception:
        log.exception("reading segment %s failed", segment.pk)
        _try_again(segment, owner)


def _tracks(segment: Segment, owner: str, heart: leases.Heart) -> Iterator[dict[str, Any]]:
    """The segment's tracks, packed, with their pictures in storage."""
    loaded = reader(segment.run.reprocess.networks if segment.run.reprocess else "")
    _note_model(segment.run, loaded)
    beat = _Beat(segment, owner)
    count = 0
    with files.local(str(segment.run.video.file)) as path:
        for item in pipeline.read_video(path, loaded, start=segment.start_s, end=_end(segment)):
            heart.alive()
            if isinstance(item, Progress):
                beat.note(item)
            elif isinstance(item, PlateTrack):
                yield packing.pack(item, count, partial(_put, segment))
                count += 1
    beat.flush()


def _end(segment: Segment) -> float | None:
    """Where to stop; the last segment reads to the end of the file, whatever its header said."""
    last = not Segment.objects.filter(run=segment.run_id, index__gt=segment.index).exists()
    return None if last else segment.end_s


def _put(segment: Segment, name: str, image: Image) -> str:
    path = storage.crop_name(
        fleet_id=segment.run.video.fleet_id, run_id=segment.run_id, name=f"{segment.index:04d}/{name}"
    )
    files.put(path, images.encode_jpeg(image, 88))
    return path


def _note_model(run: ProcessingRun, loaded: Any) -> None:
    version = str(loaded.version)[:120]
    if run.model_version != version:
        ProcessingRun.objects.filter(pk=run.pk).update(model_version=version)


class _Beat:
    """Writes a segment's progress down now and then, and tells the pages."""

    def __init__(self, segment: Segment, owner: str) -> None:
        self.segment, self.owner = segment, owner
        self._last: Progress | None = None
        self._told_at = 0.0

    def note(self, progress: Progress) -> None:
        self._last = progress
        if time.monotonic() - self._told_at >= PUBLISH_EVERY_S:
            self._told_at = time.monotonic()
            self.flush()

    def flush(self) -> None:
        """Raises LeaseLost where the row is no longer ours to write."""
        if self._last is None:
            return
        changed = leases.held(self.segment.pk, self.owner).update(
            progress=self._last.fraction,
            frames=self._last.frames,
            detections=self._last.detections,
            timings={stage: round(seconds, 3) for stage, seconds in self._last.timings.items()},
        )
        if changed != 1:
            raise leases.LeaseLost
        states.refresh_progress(self.segment.run_id)
        publish_run(self.segment.run)


@transaction.atomic
def end(segment: Segment, owner: str, **fields: Any) -> None:
    """Write how a segment ended, if it is still ours, and have the run merged. Raises LeaseLost."""
    changed = leases.held(segment.pk, owner).update(
        lease_owner="", lease_expires_at=None, finished_at=timezone.now(), **fields
    )
    if changed != 1:
        raise leases.LeaseLost
    _after(segment.run_id)


def _after(run_id: int) -> None:
    states.refresh_progress(run_id)
    states.note_all_read(run_id)
    enqueue("merge_run", queue="light", run_id=run_id)


@transaction.atomic
def _try_again(segment: Segment, owner: str) -> None:
    """An error that nobody foresaw: once more, until the attempts are used up."""
    segment.refresh_from_db(fields=["attempts"])
    if segment.attempts >= settings.MAX_ATTEMPTS:
        leases.held(segment.pk, owner).update(
            state=SegmentState.FAILED, lease_owner="", error_code="internal", error=said.store(OUR_FAULT)
        )
        _after(segment.run_id)
        return
    if leases.held(segment.pk, owner).update(state=SegmentState.QUEUED, lease_owner="") == 1:
        enqueue("read_next", queue="read")


@transaction.atomic
def give_up_poison() -> None:
    """Segments whose every attempt ended with their reader's death fail, and the rest of their trips goes on."""
    poison = leases.dead_segments().filter(attempts__gte=settings.MAX_ATTEMPTS)
    for segment_id, run_id in list(poison.values_list("pk", "run_id")):
        given_up = poison.filter(pk=segment_id).update(
            state=SegmentState.FAILED,
            lease_owner="",
            lease_expires_at=None,
            error_code="reader_died",
            error=said.store(DIED, times=settings.MAX_ATTEMPTS),
        )
        if given_up:
            _after(run_id)
