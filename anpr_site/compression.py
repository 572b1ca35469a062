"""Text leaves compressed: pages, words for scripts, data for pages, and the site's own files."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = ("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml")


class CompressText(GZipMiddleware):
    """Pictures and videos are small as they are, and a range of bytes must stay one; an export flows as it is written.

    That the length of a compressed page tells of the secrets in it (BREACH) is made hard threefold: the token against
    forgery is masked anew in each page, some random bytes blur the length (both are Django's doing), and another site
    can have a page asked for with the person's session only by opening it before their eyes (SameSite=Lax).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.get("Content-Type", "").partition(";")[0]
        tag = response.get("ETag")
        # A stream with a tag is a file; an answer with one is a row's version, which clients send back as it came.
        if kind not in TEXT or response.streaming != (tag is not None) or response.has_header("Content-Range"):
            return response
        done: HttpResponseBase = super().process_response(request, response)
        if tag is not None:
            done["ETag"] = tag  # WhiteNoise knows no weak ones, and would send the file anew each time
        return done
