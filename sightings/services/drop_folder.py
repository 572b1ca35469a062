"""A folder that files are dropped into: each is taken as an upload once it has stopped changing, and never twice.

The files themselves are left alone, so that the folder may be a mirror of a card, or on a disk that cannot be written.
What was taken is remembered in the database: by path, size and time of change.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from sightings.errors import PlatelogError
from sightings.models import Fleet, Upload, UploadKind, UploadState, User, Vehicle, WatchedFile
from sightings.services import uploads

TOGETHER = timedelta(hours=1)  # files that come with no longer pause between them count as dropped together
LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it is at this moment."""

    path: Path
    size: int
    mtime_ns: int


def files_below(folder: Path, unreadable: Callable[[OSError], None]) -> Iterator[Found]:
    """Videos and tracks by their names; nothing hidden, and no links, which may lead out of the folder."""
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if name.startswith(".") or uploads.kind_of(name) == UploadKind.OTHER or path.is_symlink():
                continue
            try:
                stat = path.stat()
            except OSError as error:  # it went away meanwhile, or its disk fails
                unreadable(error)
                continue
            yield Found(path, stat.st_size, stat.st_mtime_ns)


class DropFolder:
    """Looks into a folder and all below it, again and again; `say` gets a line for people about each piece of news."""

    def __init__(
        self, folder: Path, *, fleet: Fleet, user: User, vehicle: Vehicle | None, say: Callable[[str], None]
    ) -> None:
        self.folder = folder.resolve()
        self.fleet, self.user, self.vehicle, self.say = fleet, user, vehicle, say
        self._series = f"watch-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]}-"
        self._unchanged_since: dict[Found, float] = {}
        self._taken = set[Found]()
        self._said: dict[Path, str] = {}

    def look(self, now: float) -> None:
        """Take what has not changed for WATCH_STABLE_SECONDS; `now` is in seconds of any steady clock."""
        if not self.folder.is_dir():
            self._complain(self.folder, "This folder is not there. It is looked for again and again.")
            return
        self._said.pop(self.folder, None)
        there = files_below(self.folder, self._unreadable)
        found = sorted(there, key=lambda file: (not _is_track(file), file.mtime_ns, file.path))
        self._unchanged_since = {file: self._unchanged_since.get(file, now) for file in found}
        self._taken.intersection_update(found)
        for file in found:
            if file not in self._taken and now - self._unchanged_since[file] >= settings.WATCH_STABLE_SECONDS:
                self._take(file)

    def _take(self, file: Found) -> None:
        """Bring a file in, or go on where a stop broke it off; what cannot be brought in is said and left."""
        if len(str(file.path)) > LONGEST_PATH:
            self._complain(file.path, f"Its path is longer than {LONGEST_PATH} characters. Rename it or a folder.")
            return
        try:
            with file.path.open("rb") as stream:
                upload = self._open(file)
                if upload is not None:
                    self._copy(upload, stream, file)
        except OSError as error:
            self._unreadable(error)
        except PlatelogError as error:
            self._complain(file.path, error.detail)
        else:
            self._taken.add(file)
            self._said.pop(file.path, None)

    def _open(self, file: Found) -> Upload | None:
        """The upload that the file's bytes go into; None where they are in, were given up, or another one is at it."""
        known = {"fleet": self.fleet, "path": str(file.path), "size": file.size, "mtime_ns": file.mtime_ns}
        row = WatchedFile.objects.filter(**known).select_related("upload").first()
        if row is not None:
            return row.upload if row.upload and row.upload.state == UploadState.RECEIVING else None
        try:
            with transaction.atomic():
                row = WatchedFile.objects.create(**known)  # first: of two that watch one folder, one fails here
                row.upload = uploads.create_upload(
                    user=self.user,
                    fleet=self.fleet,
                    filename=file.path.name,
                    size=file.size,
                    batch=self._batch(),
                    vehicle=self.vehicle,
                )
                row.save(update_fields=["upload"])
        except IntegrityError:
            return None
        return row.upload

    def _batch(self) -> str:
        """That of the file before, unless that was long ago: clips of one drive find each other by it."""
        mine = Upload.objects.filter(fleet=self.fleet, batch__startswith=self._series)
        last = mine.filter(created_at__gt=timezone.now() - TOGETHER).order_by("-created_at").first()
        return last.batch if last else f"{self._series}{uuid.uuid4().hex[:12]}"

    def _copy(self, upload: Upload, stream: BinaryIO, file: Found) -> None:
        stream.seek(upload.offset)
        whole = _AtMost(stream, upload.size - upload.offset)
        if uploads.append_chunk(upload=upload, offset=upload.offset, stream=whole) < upload.size:
            uploads.cancel_upload(upload=upload, user=self.user)
            self._complain(file.path, "It became shorter while it was being read. It is taken as it is now.")
            return
        self.say(f"{file.path} is in.")

    def _unreadable(self, error: OSError) -> None:
        path = Path(error.filename or self.folder)
        self._complain(path, f"It cannot be read ({error.strerror}). Check its permissions and the disk.")

    def _complain(self, path: Path, words: str) -> None:
        """Once, not at every look."""
        if self._said.get(path) != words:
            self._said[path] = words
            self.say(f"{path}: {words} It was left as it is.")


class _AtMost:
    """A stream that ends after so many bytes: what is written behind them meanwhile is another state of the file."""

    def __init__(self, stream: BinaryIO, count: int) -> None:
        self._stream, self._left = stream, count

    def read(self, size: int = -1, /) -> bytes:
        piece = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece


def _is_track(file: Found) -> bool:
    return uploads.kind_of(file.path.name) == UploadKind.TELEMETRY
