"""A client of the plate log in one file, for Python 3.11 and later, with nothing but the standard library. Copy it.

    from platelog import Platelog

    log = Platelog("http://localhost:8000", "plog_…")
    for seen in log.sightings(min_confidence=0.9):
        print(seen["timestamp"], seen["plate"])

Answers of 429 and 503 are waited out as `Retry-After` says. What is sent twice after a broken connection is done once.
"""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypedDict, TypeVar, cast

T = TypeVar("T")
WAITS_S = (1, 2, 4, 8, 16, 32)  # where the server does not say how long
SILENT_S = 45  # the live line is heard from every 15 s
TRY_AGAIN = (423, 429, 503)
PART_BYTES = 8 * 1024**2
BROKEN = (OSError, http.client.HTTPException)


class Gps(TypedDict):
    lat: float
    lon: float
    heading: float | None
    speed: float | None
    accuracy_m: float | None
    source: str


class Sighting(TypedDict):
    """The fields that most programs need; the others of the API are there too."""

    id: int
    plate: str
    plate_raw: str
    score: float
    timestamp: str | None
    gps: Gps | None
    camera_id: str
    review_state: str
    version: int
    trip: int
    crop_url: str | None


class Refused(Exception):
    """The server said no: `code` is for programs, the message for people."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail


class Platelog:
    """One log and one token."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self._token = url.rstrip("/"), token

    def sightings(self, **filters: Any) -> Iterator[Sighting]:
        """All that the filters leave, page after page; `ordering="id"` begins with the oldest."""
        query = urllib.parse.urlencode({"page_size": 500, **filters})
        address: str | None = f"/api/v1/sightings/?{query}"
        while address:
            page = self.call("GET", address)
            yield from page["results"]
            address = page["next"]

    def sighting(self, key: int) -> dict[str, Any]:
        return cast("dict[str, Any]", self.call("GET", f"/api/v1/sightings/{key}/"))

    def correct(self, key: int, plate: str, *, version: int | None = None, note: str = "") -> dict[str, Any]:
        """Say what a plate is. With the `version` that was read, Refused (409) where somebody was first."""
        body: dict[str, Any] = {"action": "correct", "plate": plate, "note": note}
        if version is not None:
            body["version"] = version
        return cast("dict[str, Any]", self.call("POST", f"/api/v1/sightings/{key}/corrections/", body))

    def upload(self, path: Path, *, vehicle: str = "", at: str = "") -> str:
        """Send a file and return the address of its upload; given as `at` after an interruption, it goes on there."""
        size = path.stat().st_size
        where = at or _again(lambda: self._open_upload(path, size, vehicle))
        broken = 0
        while (offset := _again(lambda: self._offset(where))) < size:
            try:
                with path.open("rb") as file:
                    file.seek(offset)
                    self._send("PATCH", where, file.read(PART_BYTES), _tus(offset))
                broken = 0
            except (*BROKEN, Refused) as error:
                moved = isinstance(error, Refused) and error.status == 409  # bytes on their way arrived after all
                broken += 1
                if broken == len(WAITS_S) or (isinstance(error, Refused) and not moved):
                    raise
                time.sleep(WAITS_S[broken - 1])
        return where

    def live(self, after: int | None = None) -> Iterator[Sighting]:
        """Sightings as they are written, without end. Nothing is missed while the line is down."""
        waits = 0
        while True:
            try:
                for key, kind, data in self._events(after):
                    after, waits = key, 0
                    if kind == "sighting":
                        yield cast(Sighting, data)
            except BROKEN:
                waits = min(waits + 1, len(WAITS_S))
            time.sleep(WAITS_S[max(0, waits - 1)])

    def call(self, method: str, address: str, body: Mapping[str, Any] | None = None) -> Any:
        """Any call of the API; `address` is a path, or what `next` of an answer said. Raises Refused."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        data = None if body is None else json.dumps(body).encode()

        def answered() -> Any:
            with self._send(method, address, data, headers) as answer:
                return json.load(answer) if answer.status != 204 else None

        return _again(answered)

    def _send(
        self, method: str, address: str, data: bytes | None, headers: Mapping[str, str], timeout: float = 120
    ) -> http.client.HTTPResponse:
        where = address if address.startswith("http") else self.url + address
        known = {"Authorization": f"Token {self._token}", **headers}
        for wait in (*WAITS_S, None):
            request = urllib.request.Request(where, data, known, method=method)
            try:
                return cast(http.client.HTTPResponse, urllib.request.urlopen(request, timeout=timeout))
            except urllib.error.HTTPError as error:
                if error.code not in TRY_AGAIN or wait is None:
                    raise _refused(error) from error
                time.sleep(float(error.headers.get("Retry-After") or wait))
        raise AssertionError  # the last turn returned or raised

    def _open_upload(self, path: Path, size: int, vehicle: str) -> str:
        words = {"filename": path.name, **({"vehicle": vehicle} if vehicle else {})}
        metadata = ",".join(f"{name} {base64.b64encode(word.encode()).decode()}" for name, word in words.items())
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata}
        with self._send("POST", "/api/v1/uploads/", b"", headers) as answer:
            return str(answer.headers["Location"])

    def _offset(self, where: str) -> int:
        with self._send("HEAD", where, None, {"Tus-Resumable": "1.0.0"}) as answer:
            return int(answer.headers["Upload-Offset"])

    def _events(self, after: int | None) -> Iterator[tuple[int, str, Any]]:
        """(id, kind, data) until the line breaks."""
        headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": str(after)})
        event: dict[str, str] = {}
        with self._send("GET", "/api/v1/live/", None, headers, timeout=SILENT_S) as answer:
            for line in answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                elif "data" in event:
                    yield int(event["id"]), event["event"], json.loads(event["data"])
                    event = {}


def _again(act: Callable[[], T]) -> T:
    """What `act` returns, however often the connection breaks meanwhile, within reason."""
    for wait in (*WAITS_S, None):
        try:
            return act()
        except BROKEN:
            if wait is None:
                raise
            time.sleep(wait)
    raise AssertionError  # the last turn returned or raised


def _tus(offset: int) -> dict[str, str]:
    return {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }


def _refused(error: urllib.error.HTTPError) -> Refused:
    try:
        told = json.load(error)
    except ValueError:
        told = {}
    return Refused(error.code, told.get("code", "error"), told.get("detail", error.reason))
