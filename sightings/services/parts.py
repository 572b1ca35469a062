"""The bytes of unfinished uploads on disk: append under a lock, sync, then move the row on."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from typing import Protocol

from django.http import UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext

from sightings import storage
from sightings.errors import (
    OffsetMismatch,
    StorageFull,
    UploadBusy,
    UploadGone,
    UploadInterrupted,
    UploadTooLong,
)
from sightings.models import Upload, UploadState

READ_BYTES = 256 * 1024  # per read: memory stays small however long the body is
CHECKPOINT_BYTES = 8 * 1024**2  # bytes between two syncs: what a killed server may lose of a long body
SPARE_BYTES = 64 * 1024**2  # never fill the disk to its last byte: the database may lie on it too


class Readable(Protocol):
    """A request body: read(n) gives at most n bytes, and b"" at its end."""

    def read(self, size: int, /) -> bytes: ...


def create(name: str, size: int) -> None:
    """Make the empty file, after looking whether `size` bytes would fit. Raises StorageFull."""
    root = storage.uploads_root()
    root.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root).free < size + SPARE_BYTES:
        words = gettext("The server's disk has no room for this file. Ask the operator to make space, then retry.")
        raise StorageFull(words)
    with _full_disk_named():
        storage.upload_file(name).touch()


def remove(name: str) -> None:
    """Drop the bytes; nothing happens if they are gone."""
    if name:
        storage.upload_file(name).unlink(missing_ok=True)


def append(*, upload: Upload, offset: int, stream: Readable) -> int:
    """Write the stream at `offset`, which must be the upload's own, and return the offset reached."""
    with _locked(upload) as file:
        row = Upload.objects.only("offset", "state", "size").get(pk=upload.pk)
        if row.state == UploadState.CANCELLED:
            raise UploadGone
        if row.offset != offset or row.state != UploadState.RECEIVING:
            raise OffsetMismatch(
                gettext("The upload stands at byte %(offset)s. Resume from there.") % {"offset": row.offset}
            )
        _fit(file, row)
        return _write(file, row, stream)


@contextmanager
def _locked(upload: Upload) -> Iterator[FileIO]:
    """The part file, held by this request alone on this machine; the row's conditional UPDATE guards the rest."""
    try:
        # Unbuffered: what a full disk refused must not wait in a buffer and fail again at closing.
        file = FileIO(storage.upload_file(upload.path), "r+") if upload.path else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise UploadGone if upload.state in (UploadState.RECEIVING, UploadState.CANCELLED) else OffsetMismatch
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UploadBusy from error
        yield file


def _fit(file: FileIO, row: Upload) -> None:
    """Bring the file back to the row's offset; a file that is shorter has lost synced bytes, so the row gives way."""
    length = file.seek(0, os.SEEK_END)
    if length < row.offset:
        Upload.objects.filter(pk=row.pk, offset=row.offset).update(offset=length)
        raise OffsetMismatch(gettext("The upload stands at byte %(offset)s. Resume from there.") % {"offset": length})
    file.truncate(row.offset)
    file.seek(row.offset)


def _write(file: FileIO, row: Upload, stream: Readable) -> int:
    """Copy in small pieces with a checkpoint now and then; an error keeps what was written before it."""
    saved = row.offset
    try:
        while piece := stream.read(READ_BYTES):
            room = row.size - file.tell()
            _put(file, piece[:room])
            if len(piece) > room:
                raise UploadTooLong
            if file.tell() - saved >= CHECKPOINT_BYTES:
                saved = _checkpoint(file, row, saved)
    except (UnreadablePostError, ConnectionError) as error:
        raise UploadInterrupted from error
    finally:
        saved = _checkpoint(file, row, saved)
    return saved


def _put(file: FileIO, piece: bytes) -> None:
    """Write all of the piece; an unbuffered file may take it in parts."""
    rest = memoryview(piece)
    with _full_disk_named():
        while rest:
            rest = rest[file.write(rest) :]


def _checkpoint(file: FileIO, row: Upload, saved: int) -> int:
    """Sync, and only then move the row on to where the file stands."""
    reached = file.tell()
    if reached == saved:
        return saved
    with _full_disk_named():
        os.fsync(file.fileno())
    here = Upload.objects.filter(pk=row.pk, offset=saved, state=UploadState.RECEIVING)
    if here.update(offset=reached, updated_at=timezone.now()) != 1:
        raise OffsetMismatch
    return reached


@contextmanager
def _full_disk_named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull from error
        raise
