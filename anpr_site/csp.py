"""The Content-Security-Policy of every page: what is not our own file is neither run nor loaded.

No script stands in a page itself. `style` attributes do: they carry where a bar ends and where a mark lies.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

HEADER = "Content-Security-Policy"


def policy(tiles: str, bucket: str, endpoint: str) -> str:
    """Tiles of maps, and pictures and videos that lie in a bucket, come from elsewhere."""
    store = origin(endpoint) or "https://*.amazonaws.com" if bucket else ""
    directives = {
        "default-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", origin(tiles), store],
        "media-src": ["'self'", "blob:", store],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *filter(None, sources)]) for name, sources in directives.items())


def origin(address: str) -> str:
    """`https://{s}.tiles.example/{z}…` → `https://*.tiles.example`; nothing for an address on this site."""
    parts = urlsplit(address.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


@sync_and_async_middleware
def middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    said = policy(settings.MAP_TILES_URL, settings.S3_BUCKET, settings.S3["endpoint_url"] or "")

    def with_policy(response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault(HEADER, said)
        return response

    if iscoroutinefunction(get_response):

        async def answer_soon(request: HttpRequest) -> HttpResponseBase:
            waiting: Awaitable[HttpResponseBase] = get_response(request)
            return with_policy(await waiting)

        return answer_soon

    def answer(request: HttpRequest) -> HttpResponseBase:
        return with_policy(get_response(request))

    return answer
