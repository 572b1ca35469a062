"""Bytes reach the disk while they arrive, also under ASGI, where Django would wait for the whole body."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from rest_framework.test import APIClient

from sightings.api.streaming import StreamUploads
from sightings.models import Upload, User
from sightings.services.tokens import create_token

pytestmark = pytest.mark.django_db(transaction=True)


class Connection:
    """A client of the ASGI application that sends pieces, and then either ends its body or goes away."""

    def __init__(self, pieces: list[bytes], *, breaks: bool) -> None:
        last = {"type": "http.disconnect"} if breaks else {"type": "http.request", "body": b"", "more_body": False}
        self.messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
        ] + [last]
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        return self.messages.pop(0) if self.messages else await asyncio.Event().wait()  # type: ignore[return-value]

    async def send(self, message: Any) -> None:
        self.sent.append(message)


def patch(upload: Upload, secret: str, offset: int, connection: Connection) -> None:
    headers = {
        "content-type": "application/offset+octet-stream",
        "upload-offset": str(offset),
        "tus-resumable": "1.0.0",
        "authorization": f"Token {secret}",
        "host": "localhost",
    }
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": f"/api/v1/uploads/{upload.id}/",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    application: Any = StreamUploads(ASGIHandler())

    async def run() -> None:
        await asyncio.wait_for(application(scope, connection.receive, connection.send), 20)

    asyncio.run(run())


@pytest.fixture
def upload(api_as: Callable[..., APIClient], bob: User) -> Upload:
    name = base64.b64encode(b"drive.mp4").decode()
    answer = api_as(bob).post(
        "/api/v1/uploads/", headers={"Upload-Length": "4000000", "Upload-Metadata": f"filename {name}"}
    )
    return Upload.objects.get(pk=answer.json()["id"])


def test_a_body_that_ends_is_stored_and_answered(upload: Upload, bob: User) -> None:
    connection = Connection([b"x" * 65536] * 40, breaks=False)
    patch(upload, create_token(user=bob, name="t")[1], 0, connection)
    assert connection.sent[0]["status"] == 204
    upload.refresh_from_db()
    assert upload.offset == 65536 * 40


def test_a_body_that_breaks_off_leaves_what_arrived(upload: Upload, bob: User) -> None:
    connection = Connection([b"x" * 65536] * 40, breaks=True)
    patch(upload, create_token(user=bob, name="t")[1], 0, connection)
    upload.refresh_from_db()
    assert upload.offset == 65536 * 40
