"""Between local files, which decoders need, and the site's storage, which may be a folder or an S3-compatible store.

Everything here is safe to repeat: a worker killed in the middle leaves nothing that a second try would trip over.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from sightings.storage import local_path

CACHE_S = 3600  # how long a fetched video is kept for the next segment of it


def keep(path: Path, name: str) -> None:
    """Put a local file into storage under this name; on one disk nothing is copied."""
    target = local_path(name)
    if target is None:
        with path.open("rb") as stream:
            default_storage.save(name, File(stream))
        return
    own = _beside(target)
    try:
        os.link(path, own)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(path, own)
    _swap(own, target)


def put(name: str, data: bytes) -> None:
    """Store a small file; whoever reads it sees all of it or nothing."""
    target = local_path(name)
    if target is None:
        default_storage.save(name, ContentFile(data))
        return
    own = _beside(target)
    own.write_bytes(data)
    _swap(own, target)


def remove(name: str) -> None:
    if name:
        default_storage.delete(name)


@contextmanager
def local(name: str) -> Iterator[Path]:
    """A stored file as a path that decoders can open."""
    path = local_path(name)
    yield path if path is not None else _fetched(name)


def _beside(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    own = target.with_name(f".{os.getpid()}.{target.name}")
    own.unlink(missing_ok=True)
    return own


def _swap(own: Path, target: Path) -> None:
    own.replace(target)
    own.unlink(missing_ok=True)  # two links to one file: the rename does nothing and leaves both


def _fetched(name: str) -> Path:
    """A copy in the machine's cache, fetched once for all segments of a video."""
    folder = Path(tempfile.gettempdir()) / f"platelog-cache-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name.replace("/", "_")
    if not path.exists():
        _forget_old(folder)
        own = _beside(path)
        with default_storage.open(name) as source, own.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        _swap(own, path)
    path.touch()
    return path


def _forget_old(folder: Path) -> None:
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < time.time() - CACHE_S:
                path.unlink()
        except FileNotFoundError:
            continue  # another worker was first
