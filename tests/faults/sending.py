"""A large file on its way to a real web process: connections break, and the server is stopped in between."""

from __future__ import annotations

import base64
import hashlib
import http.client
import itertools
import json
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from anpr_site.processes import Part, stop_all
from tests.faults.site import LONG_ENOUGH_S, PREPARE, Site

MIB = 1024**2
PIECE = bytes(range(256)) * (MIB // 256)
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: break the connection off instead of closing it
HEADERS = {"Tus-Resumable": "1.0.0"}
TOKEN = (
    "import django; django.setup(); from sightings.models import User; from sightings.services.tokens import"
    " create_token; print(create_token(user=User.objects.get(), name='t')[1])"
)


def content(start: int, end: int) -> Iterator[bytes]:
    """The bytes of the file between two places: pieces of a MiB that differ by their number. Nothing is kept."""
    for number in itertools.count(start // MIB):
        first = number * MIB
        if first >= end:
            return
        piece = struct.pack(">Q", number) + PIECE[8:]
        yield piece[max(0, start - first) : min(MIB, end - first)]


@dataclass
class Web:
    """The site's web process, with its Redis and no worker: the file is to arrive, not to be read."""

    site: Site
    port: int = 0
    token: str = ""
    peaks_mib: list[int] = field(default_factory=list)  # of each process that has run, at its end

    def __post_init__(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "anpr_site.asgi:application", "--port", str(self.port)]
        self.part = Part("web", [*command, "--log-level", "error"], environment=self.site.environment)

    def start(self) -> None:
        self.part.start()
        self.site.wait(lambda: self._answers(), "the web process")

    def _answers(self) -> bool:
        try:
            with closing(self.connect()) as wire:
                wire.request("GET", "/login/")
                return wire.getresponse().status == 200
        except OSError:
            return False

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG_ENOUGH_S)

    def memory_mib(self, what: str = "VmRSS") -> int:
        assert self.part.process is not None
        lines = Path(f"/proc/{self.part.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{what}:"))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.peaks_mib.append(self.memory_mib("VmHWM"))
        if number == signal.SIGKILL:
            self.part.signal(number)
        stop_all([self.part], 5.0)

    def headers(self, **more: str) -> dict[str, str]:
        return HEADERS | {"Authorization": f"Token {self.token}"} | {k.replace("_", "-"): v for k, v in more.items()}


class Sender:
    """A tus client that asks where the upload stands, and goes on from there."""

    def __init__(self, web: Web, size: int) -> None:
        self.web, self.size = web, size
        name = base64.b64encode(b"drive.mp4").decode()
        with closing(web.connect()) as wire:
            wire.request(
                "POST",
                "/api/v1/uploads/",
                headers=web.headers(Upload_Length=str(size), Upload_Metadata=f"filename {name}"),
            )
            answer = wire.getresponse()
            body = json.loads(answer.read())
            assert answer.status == 201, body
        self.id, self.address = str(body["id"]), f"/api/v1/uploads/{body['id']}/"

    def offset(self) -> int:
        with closing(self.web.connect()) as wire:
            wire.request("HEAD", self.address, headers=self.web.headers())
            answer = wire.getresponse()
            answer.read()
            assert answer.status == 200
            return int(answer.headers["Upload-Offset"])

    def settled(self) -> int:
        """Where the upload stands once the server has noticed that the connection is gone."""
        seen = [self.offset()]
        while len(seen) < 4 or seen[-1] != seen[-4]:
            time.sleep(0.1)
            seen.append(self.offset())
        return seen[-1]

    def send(self, start: int, until: int | None = None, meanwhile: Callable[[], None] = lambda: None) -> int:
        """PATCH from `start` on. With `until`, break off there, in the middle of the body, after doing something else.

        Returns the status, or 0 where there was no answer.
        """
        wire = self.web.connect()
        with closing(wire):
            wire.putrequest("PATCH", self.address)
            length = str(self.size - start)
            kind = "application/offset+octet-stream"
            for name, value in self.web.headers(
                Upload_Offset=str(start), Content_Type=kind, Content_Length=length
            ).items():
                wire.putheader(name, value)
            wire.endheaders()
            for piece in content(start, self.size if until is None else until):
                wire.send(piece)
            if until is None:
                answer = wire.getresponse()
                answer.read()
                return answer.status
            meanwhile()
            assert wire.sock is not None
            wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            return 0

    def arrived(self) -> str:
        """The hash of what lies on the server's disk."""
        (path,) = (self.web.site.folder / "uploads").iterdir()
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while piece := stream.read(MIB):
                digest.update(piece)
        return digest.hexdigest()


@dataclass
class Report:
    resumed_at: list[int]  # byte where each new connection went on
    lost: list[int]  # bytes of each broken connection that had to be sent again
    idle_mib: int  # the web process before the upload
    peaks_mib: list[int]  # of the web process before and after its restart
    sent_sha256: str
    arrived_sha256: str
    state: str
    offset: int


def send_with_faults(folder: Path, size: int) -> Report:
    """Three connections break, and the server is killed and started anew in the middle of a fourth."""
    site = Site(folder)
    site.run("-c", PREPARE)
    web = Web(site)
    site.start_redis()
    try:
        web.token = site.run("-c", TOKEN).strip()
        web.start()
        idle = web.memory_mib()
        sender, at = Sender(web, size), 0
        resumed, lost = list[int](), list[int]()
        for share in (0.2, 0.35, 0.6):
            until = int(size * share)
            sender.send(at, until)
            at = sender.settled()
            resumed.append(at)
            lost.append(until - at)
        until = int(size * 0.8)
        sender.send(at, until, meanwhile=lambda: web.stop(signal.SIGKILL))
        web.start()
        at = sender.settled()
        resumed.append(at)
        lost.append(until - at)
        status = sender.send(at)
        assert status == 204, status
        web.stop()
        digest = hashlib.sha256()
        for piece in content(0, size):
            digest.update(piece)
        ((state, offset),) = site.ask("SELECT state, offset FROM sightings_upload")
        return Report(resumed, lost, idle, web.peaks_mib, digest.hexdigest(), sender.arrived(), state, offset)
    finally:
        stop_all([web.part], 0.0)
        stop_all([site.redis], 3.0)
