"""The words of the tus 1.0 protocol: versions, lengths, metadata (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import base64
import binascii

from django.http.request import HttpHeaders
from django.utils.translation import gettext

from sightings.errors import BadUpload, WrongProtocolVersion
from sightings.models import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination"
CONTENT_TYPE = "application/offset+octet-stream"


def check_version(headers: HttpHeaders) -> None:
    """A client that names a version must name ours; one that names none is taken at its word. Raises."""
    if headers.get("Tus-Resumable", VERSION) != VERSION:
        raise WrongProtocolVersion


def whole_number(headers: HttpHeaders, name: str) -> int:
    """A header that must be there and hold a number of bytes. Raises BadUpload."""
    typed = headers.get(name, "").strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 18:
        raise BadUpload(gettext("The header %(name)s must be a number of bytes.") % {"name": name})
    return int(typed)


def metadata(headers: HttpHeaders) -> dict[str, str]:
    """Upload-Metadata: `name base64,name base64`, where a name may stand alone. Raises BadUpload."""
    words: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in headers.get("Upload-Metadata", "").split(","))):
        name, _, encoded = pair.partition(" ")
        try:
            words[name] = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadUpload(gettext("The metadata `%(name)s` is not base64 of UTF-8.") % {"name": name}) from error
    return words


def metadata_of(upload: Upload) -> str:
    """What HEAD tells of an upload's metadata: its name, and the batch it came in."""
    words = {"filename": upload.filename, "batch": upload.batch}
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in words.items() if text)


def has_body(headers: HttpHeaders) -> bool:
    """Whether the request carries bytes of the file."""
    return headers.get("Content-Type", "").split(";")[0].strip().lower() == CONTENT_TYPE
