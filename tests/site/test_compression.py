"""Text is sent compressed; what is compressed already, streams, and versions of rows go out as they are."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from anpr_site.compression import CompressText

GZIP = {"Accept-Encoding": "gzip, br"}
LONG = "plates " * 200


def sent(response: HttpResponseBase) -> HttpResponseBase:
    request = RequestFactory().get("/", headers=GZIP)
    return CompressText(lambda _: response)(request)  # type: ignore[return-value]


def test_a_page_is_compressed_for_whoever_can_read_it() -> None:
    page = Client().get("/login/", headers=GZIP)
    assert page["Content-Encoding"] == "gzip"
    assert b"Platelog" in gzip.decompress(page.content)
    assert not Client().get("/login/").has_header("Content-Encoding")


def test_a_script_is_compressed_and_asked_for_again_only_if_it_changed() -> None:
    client = Client()
    script: Any = client.get("/static/js/app.js", headers=GZIP)
    assert script["Content-Encoding"] == "gzip"
    assert b"import" in gzip.decompress(b"".join(script.streaming_content))
    assert client.get("/static/js/app.js", headers={**GZIP, "If-None-Match": script["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "make",
    [
        lambda: HttpResponse(LONG, content_type="image/jpeg"),
        lambda: HttpResponse(LONG, content_type="application/json", headers={"ETag": '"7"'}),
        lambda: StreamingHttpResponse([LONG], content_type="application/json"),
        lambda: StreamingHttpResponse([LONG], content_type="text/csv"),
        lambda: FileResponse([LONG.encode()], content_type="video/mp4", headers={"ETag": '"7"'}),
        lambda: HttpResponse(LONG, status=206, content_type="text/html", headers={"Content-Range": "bytes 0-9/20"}),
    ],
    ids=["picture", "version of a row", "stream", "export", "video", "range"],
)
def test_all_else_goes_out_as_it_is(make: Callable[[], HttpResponseBase]) -> None:
    response = sent(make())
    assert not response.has_header("Content-Encoding")
    assert response.get("ETag", '"7"') == '"7"'
