"""Where files lie. Names only: no model and no pixel is known here.

Bytes that are still arriving lie in a plain folder (`UPLOAD_DIR`), because they must be appended to and synced; what
is finished lies in Django's default storage, which may be a folder or an S3-compatible store.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

_CROP = re.compile(r"crops/(\d+)/(\d+)/[\w./-]+")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def uploads_root() -> Path:
    """The folder of unfinished uploads; web and ingest workers must share it."""
    return Path(getattr(settings, "UPLOAD_DIR", None) or Path(settings.DATA_DIR) / "uploads")


def upload_file(name: str) -> Path:
    """The file behind `Upload.path`."""
    return uploads_root() / PurePosixPath(name).name


def local_path(name: str) -> Path | None:
    """Where a stored file lies on this machine; None where storage is elsewhere and hands out signed addresses."""
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:
        return None


def suffix_of(filename: str) -> str:
    """A harmless lower-case suffix of a name a person chose: `.mp4`, or nothing."""
    suffix = PurePosixPath(filename).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def video_name(instance: Any, filename: str) -> str:
    """`upload_to` of Video.file: by content, so that the same bytes never lie twice."""
    return f"videos/{instance.fleet_id}/{instance.sha256[:2]}/{instance.sha256}{suffix_of(filename)}"


def poster_name(instance: Any, filename: str) -> str:
    """`upload_to` of Video.poster."""
    return f"posters/{instance.fleet_id}/{instance.sha256}{suffix_of(filename) or '.jpg'}"


def rendition_name(instance: Any, filename: str) -> str:
    """`upload_to` of Rendition.file: beside the original, by its content."""
    return light_name(instance.video)


def light_name(video: Any) -> str:
    """Where a video's rendition lies."""
    return f"videos/{video.fleet_id}/{video.sha256[:2]}/{video.sha256}.light.mp4"


def times_name(video: Any) -> str:
    """Where the times of a video's frames lie, as JSON."""
    return f"times/{video.fleet_id}/{video.sha256}.json"


def evidence_upload(instance: Any, filename: str) -> str:
    """`upload_to` of EvidencePack.file."""
    return evidence_name(instance, instance.attempts)


def evidence_name(pack: Any, attempt: int) -> str:
    """Where an attempt at a pack puts it: a worker that was replaced never writes over what its follower made."""
    return f"evidence/{pack.fleet_id}/{pack.pk}.{attempt}.zip"


def crop_name(*, fleet_id: int, run_id: int, name: str) -> str:
    """Storage path of a picture cut by a run: `crops/<fleet>/<run>/<name>.jpg`. Every crop must be named here."""
    return f"{crops_folder(fleet_id=fleet_id, run_id=run_id)}/{name}.jpg"


def crops_folder(*, fleet_id: int, run_id: int) -> str:
    """Where all pictures of a run lie."""
    return f"crops/{fleet_id}/{run_id}"


def fleet_of_crop(path: str) -> int | None:
    """The fleet a crop belongs to, or None where the path is not one that `crop_name` makes."""
    match = _CROP.fullmatch(path)
    return int(match[1]) if match and ".." not in path else None


def run_of_crop(path: str) -> int | None:
    """The run that cut a crop, or None where the path is not one that `crop_name` makes."""
    match = _CROP.fullmatch(path)
    return int(match[2]) if match and ".." not in path else None
