"""Nothing is lost or doubled when an upload goes wrong half-way."""

from __future__ import annotations

import errno
import fcntl
import io
import shutil
from typing import Any, NamedTuple

import pytest

from sightings import storage
from sightings.errors import NotRetryable, OffsetMismatch, StorageFull, UploadBusy, UploadInterrupted
from sightings.models import Fleet, Upload, UploadState, User
from sightings.services import parts, uploads

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(bob: User, northwind: Fleet) -> Upload:
    return uploads.create_upload(user=bob, fleet=northwind, filename="drive.mp4", size=10)


class Broken(io.BytesIO):
    """A body whose sender goes away after what it holds."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError
        return piece


def test_what_arrived_before_the_connection_broke_is_kept(upload: Upload) -> None:
    with pytest.raises(UploadInterrupted):
        uploads.append_chunk(upload=upload, offset=0, stream=Broken(b"0123"))
    upload.refresh_from_db()
    assert upload.offset == 4
    assert uploads.append_chunk(upload=upload, offset=4, stream=io.BytesIO(b"456789")) == 10
    assert storage.upload_file(upload.path).read_bytes() == b"0123456789"


def test_bytes_that_a_crash_left_beyond_the_offset_are_cut_off(upload: Upload) -> None:
    uploads.append_chunk(upload=upload, offset=0, stream=io.BytesIO(b"0123"))
    with storage.upload_file(upload.path).open("ab") as file:
        file.write(b"xxxxxxxx")
    uploads.append_chunk(upload=upload, offset=4, stream=io.BytesIO(b"456"))
    assert storage.upload_file(upload.path).read_bytes() == b"0123456"


def test_an_offset_that_the_disk_cannot_keep_up_with_gives_way(upload: Upload) -> None:
    uploads.append_chunk(upload=upload, offset=0, stream=io.BytesIO(b"01234"))
    with storage.upload_file(upload.path).open("r+b") as file:
        file.truncate(2)
    with pytest.raises(OffsetMismatch):
        uploads.append_chunk(upload=upload, offset=5, stream=io.BytesIO(b"56789"))
    upload.refresh_from_db()
    assert upload.offset == 2


def test_two_connections_do_not_write_to_one_upload_at_once(upload: Upload) -> None:
    with storage.upload_file(upload.path).open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UploadBusy):
            uploads.append_chunk(upload=upload, offset=0, stream=io.BytesIO(b"0123"))
    assert uploads.append_chunk(upload=upload, offset=0, stream=io.BytesIO(b"0123")) == 4


def test_a_row_that_moved_on_elsewhere_is_not_moved_back(upload: Upload) -> None:
    class Overtaken(io.BytesIO):
        """While this body is read, another machine that shares the disk moves the row on."""

        def read(self, size: int | None = -1, /) -> bytes:
            Upload.objects.filter(pk=upload.pk).update(offset=7)
            return super().read(size)

    with pytest.raises(OffsetMismatch):
        uploads.append_chunk(upload=upload, offset=0, stream=Overtaken(b"0123"))
    upload.refresh_from_db()
    assert upload.offset == 7


def test_a_long_body_is_saved_on_the_way(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "READ_BYTES", 1)
    monkeypatch.setattr(parts, "CHECKPOINT_BYTES", 3)
    seen: list[int] = []

    class Watching(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            seen.append(Upload.objects.get(pk=upload.pk).offset)
            return super().read(size)

    uploads.append_chunk(upload=upload, offset=0, stream=Watching(b"01234567"))
    assert sorted(set(seen)) == [0, 3, 6]


def test_a_full_disk_is_told_of_and_loses_nothing(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads.append_chunk(upload=upload, offset=0, stream=io.BytesIO(b"0123"))

    class Full(io.FileIO):
        def write(self, data: Any, /) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(parts, "FileIO", Full)
        with pytest.raises(StorageFull):
            uploads.append_chunk(upload=upload, offset=4, stream=io.BytesIO(b"456789"))
    upload.refresh_from_db()
    assert (upload.offset, upload.state) == (4, UploadState.RECEIVING)
    assert uploads.append_chunk(upload=upload, offset=4, stream=io.BytesIO(b"456789")) == 10


def test_a_file_for_which_there_is_no_room_is_refused_at_once(
    bob: User, northwind: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage(NamedTuple):
        total: int = 100
        used: int = 100
        free: int = 0

    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage())
    with pytest.raises(StorageFull):
        uploads.create_upload(user=bob, fleet=northwind, filename="drive.mp4", size=10)
    assert not Upload.objects.exists()


def test_an_upload_is_finished_once(upload: Upload, queued: list[Any]) -> None:
    uploads.append_chunk(upload=upload, offset=0, stream=io.BytesIO(b"0123456789"))
    assert not uploads.finish(upload=upload)
    assert len(queued) == 1


def test_a_failed_upload_is_inspected_again_if_its_bytes_are_here(upload: Upload, bob: User, queued: list[Any]) -> None:
    uploads.append_chunk(upload=upload, offset=0, stream=io.BytesIO(b"0123456789"))
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.FAILED, error="no frames", error_code="video_damaged")
    uploads.retry_upload(upload=upload, user=bob)
    assert (upload.state, upload.error, len(queued)) == ("received", "", 2)
    storage.upload_file(upload.path).unlink()
    with pytest.raises(NotRetryable):
        uploads.retry_upload(upload=upload, user=bob)
