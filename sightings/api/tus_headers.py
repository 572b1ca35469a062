"""The words of the tus 1.0 protocol: versions, lengths, metadata (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import base64

from django.http.request import HttpHeaders
from django.utils.http import http_date
from django.utils.translation import gettext

from sightings.api.strict import storable
from sightings.errors import BadUpload, WrongProtocolVersion
from sightings.models import Upload
from sightings.services import uploads

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
CONTENT_TYPE = "application/offset+octet-stream"


def check_version(headers: HttpHeaders) -> None:
    """A client that names a version must name ours; one that names none is taken at its word. Raises."""
    if headers.get("Tus-Resumable", VERSION) != VERSION:
        raise WrongProtocolVersion


def check_offered(headers: HttpHeaders) -> None:
    """Refuse at the door what is no extension of ours, before half of a file is begun. Raises BadUpload."""
    if "Upload-Concat" in headers:
        raise BadUpload(gettext("This server puts no parts together: send the file as one upload."))
    if "Upload-Defer-Length" in headers:
        raise BadUpload(gettext("This server must know a file's length (Upload-Length) when its upload begins."))


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
        except ValueError as error:  # of base64, of UTF-8, or of letters beyond ASCII
            raise BadUpload(gettext("The metadata `%(name)s` is not base64 of UTF-8.") % {"name": name}) from error
        if not storable(words[name]):
            raise BadUpload(gettext("The metadata `%(name)s` has characters that no text can have.") % {"name": name})
    return words


def metadata_of(upload: Upload) -> str:
    """What HEAD tells of an upload's metadata: its name, and the batch it came in."""
    words = {"filename": upload.filename, "batch": upload.batch}
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in words.items() if text)


def expires_of(upload: Upload) -> dict[str, str]:
    """Until when an unfinished upload waits for its next byte; nothing for others."""
    until = uploads.expires_at(upload)
    return {"Upload-Expires": http_date(until.timestamp())} if until else {}


def has_body(headers: HttpHeaders) -> bool:
    """Whether the request carries bytes of the file."""
    return headers.get("Content-Type", "").split(";")[0].strip().lower() == CONTENT_TYPE
