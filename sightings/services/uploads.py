"""Files on their way in: created, appended to, finished, cancelled, tried again.

The offset in the database never runs ahead of the disk: bytes are flushed and synced first, then the row is moved on
by a conditional UPDATE. Whatever the file holds beyond the row's offset is what a crash left, and is cut off.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from sightings import storage
from sightings.errors import (
    BadUpload,
    NotRetryable,
    UploadEmpty,
    UploadExpired,
    UploadGone,
    UploadNotCancellable,
    UploadTooLarge,
)
from sightings.models import Fleet, Role, Trip, Upload, UploadKind, UploadState, User, Vehicle, Video
from sightings.progress import publish_upload
from sightings.queue import enqueue
from sightings.services import audit, parts
from sightings.services.roles import require_role

VIDEO_SUFFIXES = {".mp4", ".mov", ".m4v", ".avi", ".mkv", ".ts", ".mts", ".m2ts", ".webm", ".mpg", ".mpeg", ".3gp"}
TELEMETRY_SUFFIXES = {".gpx", ".nmea", ".gps", ".3gf", ".srt", ".txt", ".log"}
DEFAULT_LARGEST = 64 * 1024**3  # bytes
LARGEST_TRACK = 64 * 1024**2


def largest_upload() -> int:
    return int(getattr(settings, "MAX_UPLOAD_BYTES", DEFAULT_LARGEST))


def kind_of(filename: str) -> UploadKind:
    suffix = PurePosixPath(filename).suffix.lower()
    if suffix in VIDEO_SUFFIXES:
        return UploadKind.VIDEO
    return UploadKind.TELEMETRY if suffix in TELEMETRY_SUFFIXES else UploadKind.OTHER


@transaction.atomic
def create_upload(
    *,
    user: User,
    fleet: Fleet,
    filename: str,
    size: int,
    batch: str = "",
    vehicle: Vehicle | None = None,
    sha256: str = "",
    for_trip: Trip | None = None,
) -> Upload:
    """Open an upload of `size` bytes; one whose hash the fleet already has is linked at once and needs no bytes.

    With `for_trip` it holds the positions that are to replace that trip's.

    Raises NotAllowed, UploadEmpty, UploadTooLarge, BadUpload, StorageFull.
    """
    require_role(user, fleet, Role.REVIEWER)
    filename = PurePosixPath(filename.replace("\\", "/")).name[:255]
    _check(fleet, filename, size, vehicle)
    upload = Upload(
        fleet=fleet,
        user=user,
        vehicle=vehicle,
        batch=batch[:64],
        filename=filename,
        size=size,
        kind=kind_of(filename) if for_trip is None else UploadKind.TELEMETRY,
        for_trip=for_trip,
    )
    known = Video.objects.filter(fleet=fleet, sha256=sha256).first() if sha256 else None
    if known is not None:
        _link(upload, known)
    else:
        upload.path = f"{upload.id.hex}.part"
        parts.create(upload.path, size)
    upload.save(force_insert=True)
    audit.record(action="upload.created", user=user, fleet=fleet, target=upload)
    publish_upload(str(upload.id))
    return upload


def _check(fleet: Fleet, filename: str, size: int, vehicle: Vehicle | None) -> None:
    if not filename.strip():
        raise BadUpload(gettext("The upload has no file name."))
    if size <= 0:
        raise UploadEmpty
    if size > largest_upload():
        words = gettext("This file is larger than the %(most)s GiB this site accepts.")
        raise UploadTooLarge(words % {"most": f"{largest_upload() / 1024**3:.0f}"})
    if vehicle is not None and vehicle.fleet_id != fleet.pk:
        raise BadUpload(gettext("This vehicle belongs to another fleet."))


def send_track(*, trip: Trip, user: User, filename: str, size: int, stream: parts.Readable) -> Upload:
    """Take positions that are to replace a trip's, in one piece; a worker reads them and lays them.

    Raises NotAllowed, UploadEmpty, UploadTooLarge, BadUpload, UploadInterrupted, StorageFull.
    """
    if size > LARGEST_TRACK:
        words = gettext("A track is at most %(most)s MiB long. Is this the right file?")
        raise UploadTooLarge(words % {"most": LARGEST_TRACK // 1024**2})
    upload = create_upload(user=user, fleet=trip.fleet, filename=filename, size=size, for_trip=trip)
    append_chunk(upload=upload, offset=0, stream=stream)
    upload.refresh_from_db()
    return upload


def _link(upload: Upload, video: Video) -> None:
    upload.state = UploadState.DUPLICATE
    upload.video, upload.trip_id = video, video.trip_id
    upload.sha256, upload.offset = video.sha256, upload.size
    upload.findings = {"duplicate_of": video.original_name}


def append_chunk(*, upload: Upload, offset: int, stream: parts.Readable) -> int:
    """Append what the stream holds at `offset`, and return the new offset; the last byte finishes the upload.

    Raises OffsetMismatch, UploadBusy, UploadGone, UploadTooLong, UploadInterrupted, StorageFull; bytes that arrived
    before the error are kept.
    """
    reached = parts.append(upload=upload, offset=offset, stream=stream)
    if reached == upload.size:
        finish(upload=upload)
    else:
        publish_upload(str(upload.id))
    return reached


@transaction.atomic
def finish(*, upload: Upload) -> bool:
    """Hand a file that is wholly here to inspection, once; True where this call did it."""
    whole = Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVING, offset=upload.size)
    if whole.update(state=UploadState.RECEIVED, updated_at=timezone.now()) != 1:
        return False
    upload.refresh_from_db()
    enqueue("inspect_next", queue="ingest")
    publish_upload(str(upload.id))
    return True


@transaction.atomic
def cancel_upload(*, upload: Upload, user: User) -> None:
    """Stop an upload and drop its bytes. Raises NotAllowed, UploadNotCancellable, UploadGone."""
    require_role(user, upload.fleet, Role.REVIEWER if upload.user_id == user.pk else Role.MANAGER)
    stoppable = [UploadState.RECEIVING, UploadState.RECEIVED, UploadState.FAILED]
    changed = Upload.objects.filter(pk=upload.pk, state__in=stoppable).update(
        state=UploadState.CANCELLED, updated_at=timezone.now()
    )
    upload.refresh_from_db()
    if changed != 1:
        raise UploadGone if upload.state == UploadState.CANCELLED else UploadNotCancellable
    transaction.on_commit(lambda: parts.remove(upload.path))
    audit.record(action="upload.cancelled", user=user, fleet=upload.fleet, target=upload)
    publish_upload(str(upload.id))


def expires_at(upload: Upload) -> datetime | None:
    """When the sweep gives an unfinished upload up unless more bytes come; None for what is whole or over."""
    if upload.state != UploadState.RECEIVING:
        return None
    return upload.updated_at + timedelta(days=settings.UPLOAD_DAYS)


def expire_uploads(most: int) -> int:
    """Give up uploads to which no byte has come for UPLOAD_DAYS, and drop theirs; returns how many."""
    since = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    stale = Upload.objects.filter(state=UploadState.RECEIVING, offset__lt=F("size"), updated_at__lt=since)
    given_up = 0
    for upload in stale.select_related("fleet")[:most]:
        given_up += _expire(stale, upload)
    return given_up


@transaction.atomic
def _expire(stale: QuerySet[Upload], upload: Upload) -> bool:
    error = UploadExpired()
    values = {"state": UploadState.CANCELLED, "error_code": error.code, "error": error.detail}
    if stale.filter(pk=upload.pk).update(**values, updated_at=timezone.now()) != 1:
        return False  # a byte came meanwhile
    transaction.on_commit(lambda: parts.remove(upload.path))
    audit.record(action="upload.expired", user=None, fleet=upload.fleet, target=upload)
    publish_upload(str(upload.id))
    return True


@transaction.atomic
def retry_upload(*, upload: Upload, user: User) -> None:
    """Inspect a failed upload again. Raises NotAllowed, NotRetryable."""
    require_role(user, upload.fleet, Role.REVIEWER)
    if not upload.path or not storage.upload_file(upload.path).exists():
        raise NotRetryable(gettext("The file itself was not kept. Please send it again."))
    failed = Upload.objects.filter(pk=upload.pk, state=UploadState.FAILED, offset=upload.size)
    if failed.update(state=UploadState.RECEIVED, error="", error_code="", updated_at=timezone.now()) != 1:
        raise NotRetryable
    upload.refresh_from_db()
    audit.record(action="upload.retried", user=user, fleet=upload.fleet, target=upload)
    enqueue("inspect_next", queue="ingest")
    publish_upload(str(upload.id))


def upload_by_id(*, user: User, upload_id: str) -> Upload | None:
    """The upload if this person may see it."""
    try:
        key = uuid.UUID(upload_id)
    except ValueError:
        return None
    return Upload.objects.visible_to(user).select_related("fleet").filter(pk=key).first()
