"""HTTP Range for stored files: which bytes were asked for, sent piece by piece without holding the file in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

PIECE = 512 * 1024  # bytes read at once
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Unsatisfiable(Exception):
    """A range that lies wholly behind the file's end."""


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for, or None for all of it: no range, several, or one that cannot be understood.

    Raises Unsatisfiable. (RFC 9110, section 14.)
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise Unsatisfiable
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return int(first), min(int(last), size - 1) if last else size - 1


def serve(request: HttpRequest, path: Path, *, content_type: str, etag: str) -> HttpResponseBase:
    """The file, or the part of it that was asked for. Raises FileNotFoundError."""
    size = path.stat().st_size
    tag = f'"{etag}"'
    if request.headers.get("If-None-Match") == tag:
        return _dressed(HttpResponse(status=304), tag)
    # A range of a version that the browser no longer has right must be answered with the whole.
    wanted = request.headers.get("Range", "") if request.headers.get("If-Range", tag) == tag else ""
    try:
        part = asked_range(wanted, size)
    except Unsatisfiable:
        return _dressed(HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"}), tag)
    first, last = part or (0, size - 1)
    response = _body(request, path, first, last)
    response["Content-Type"], response["Content-Length"] = content_type, str(last - first + 1)
    if part is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _dressed(response, tag)


def _body(request: HttpRequest, path: Path, first: int, last: int) -> HttpResponseBase:
    return HttpResponse() if request.method == "HEAD" else StreamingHttpResponse(_pieces(path, first, last))


def _dressed(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    response["Cache-Control"] = "private, max-age=3600"
    return response


async def _pieces(path: Path, first: int, last: int) -> AsyncIterator[bytes]:
    """Bytes first..last, read in a thread so that other requests go on meanwhile."""
    stream = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(stream.seek, first)
        left = last - first + 1
        while left > 0 and (piece := await asyncio.to_thread(stream.read, min(PIECE, left))):
            left -= len(piece)
            yield piece
    finally:
        stream.close()
