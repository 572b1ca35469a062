"""A program that webhooks are sent to: real HTTP on a port of its own, which answers as a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request as it came in."""

    headers: Mapping[str, str]
    body: bytes
    target: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def plate(self) -> str:
        return str(self.said["data"]["sighting"]["plate"])


Reply = int | tuple[int, dict[str, str]] | float  # status, status and headers, or seconds to hang for
Behavior = Callable[[Got], Reply]


@dataclass
class Receiver:
    """`behavior` says how each request is answered; what was answered with 200 has been accepted."""

    behavior: Behavior = lambda _: 200
    got: list[Got] = field(default_factory=list)
    accepted: list[Got] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0

    def __post_init__(self) -> None:
        lock = threading.Lock()
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                one = Got({name.lower(): value for name, value in self.headers.items()}, body, self.path)
                with lock:
                    told.got.append(one)
                    told._now += 1
                    told.most_at_once = max(told.most_at_once, told._now)
                    reply = told.behavior(one)
                try:
                    self._answer(reply, one)
                finally:
                    with lock:
                        told._now -= 1

            do_GET = do_POST  # noqa: N815  # a redirect that was followed would come as one

            def _answer(self, reply: Reply, one: Got) -> None:
                if isinstance(reply, float):
                    time.sleep(reply)
                    return
                status, headers = reply if isinstance(reply, tuple) else (reply, {})
                if status == 200:
                    told.accepted.append(one)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"heard \x00 <b>you</b>")

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/plates?key=1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def is_signed(got: Got, secret: str) -> bool:
    """The check that docs/webhooks.md tells receivers to make."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(got.headers["webhook-timestamp"])) < 300
    return fresh and any(hmac.compare_digest(wanted, one) for one in got.headers["webhook-signature"].split())
