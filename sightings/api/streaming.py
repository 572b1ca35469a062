"""Lets an upload's bytes reach the disk while they arrive.

Django's ASGI handler reads a whole request body before it calls the view: a two-gigabyte PATCH whose connection breaks
would leave nothing behind. This wrapper around the Django application hands tus bodies to the view as a stream instead,
`request.scope["upload_body"]`, with a bounded number of pieces in memory; Django itself sees an empty body.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from queue import Empty, SimpleQueue
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[..., Awaitable[None]]

CONTENT_TYPE = b"application/offset+octet-stream"
SCOPE_KEY = "upload_body"
PIECES = 16  # pieces of some 64 KiB that may wait: then the sender is made to wait
IDLE_S = 60.0  # a sender that is silent for so long has gone; its lock on the file must not stay


class UploadBody:
    """The body as the view reads it, from a thread of its own, while the event loop fills it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._room = asyncio.Semaphore(PIECES)
        self._rest = b""
        self._ended = False
        self._broken = False

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; b"" at the end. Raises ConnectionError where the sender went away before it."""
        if not self._rest and not self._ended:
            self._rest = self._next()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def _next(self) -> bytes:
        try:
            piece = self._pieces.get(timeout=IDLE_S)
        except Empty as error:
            self._ended = True
            raise ConnectionError("the sender fell silent") from error
        if piece is None:
            self._ended = True
            if self._broken:
                raise ConnectionError("the sender went away")
            return b""
        self._loop.call_soon_threadsafe(self._room.release)
        return piece

    async def pump(self, receive: Receive) -> Message:
        """Fill the body from the connection until the sender disconnects, and return that message."""
        complete = False
        while True:
            message = await receive()
            if message["type"] != "http.request":
                self._broken = not complete
                self._pieces.put(None)
                return message
            if message.get("body"):
                await self._room.acquire()
                self._pieces.put(message["body"])
            if not complete and not message.get("more_body", False):
                complete = True
                self._pieces.put(None)


class StreamUploads:
    """ASGI wrapper: bodies of tus requests become streams, all else passes through untouched."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_upload(scope):
            await self.app(scope, receive, send)
            return
        body = UploadBody()
        first = True

        async def receive_empty_body_first() -> Message:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": b"", "more_body": False}
            return await body.pump(receive)  # Django listens here for a disconnect while the view runs

        await self.app({**scope, SCOPE_KEY: body}, receive_empty_body_first, send)


def _is_upload(scope: MutableMapping[str, Any]) -> bool:
    return any(
        name == b"content-type" and value.split(b";")[0].strip() == CONTENT_TYPE for name, value in scope["headers"]
    )
