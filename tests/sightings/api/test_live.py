"""The log as it is written: nothing is missed, nothing of others is told, and the line ends with the token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from rest_framework.test import APIClient

from sightings.api.views import live
from sightings.models import AuditEntry, Fleet, ProcessingRun, User
from sightings.services.tokens import create_token, revoke_token
from tests.factories import make_run, make_sighting, make_trip, make_video

pytestmark = pytest.mark.django_db(transaction=True)
ApiAs = Callable[..., APIClient]
Event = tuple[int, str, dict[str, Any]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(live, "reach", live.Reach())


def events(piece: bytes) -> list[Event]:
    found = []
    for block in piece.decode().split("\n\n"):
        words = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith((":", "retry")))
        if words:
            found.append((int(words["id"]), words["event"], json.loads(words["data"])))
    return found


class Line:
    """A client that listens to an answer of the API; made outside of the event loop, heard within."""

    def __init__(self, api: APIClient, **asked: Any) -> None:
        self.answer: Any = api.get("/api/v1/live/", **asked)
        assert self.answer["Content-Type"] == "text/event-stream"
        self.pieces: Any = None
        self.heard: list[Event] = []

    async def piece(self) -> bytes:
        """What is sent next; empty at the end."""
        self.pieces = self.pieces or aiter(self.answer)
        sent: bytes = await asyncio.wait_for(anext(self.pieces, b""), 10)
        return sent

    async def hear(self, count: int) -> list[Event]:
        while len(self.heard) < count:
            self.heard += events(await self.piece())
        return self.heard


def heard_by(api: APIClient, count: int, **asked: Any) -> list[Event]:
    line = Line(api, **asked)
    return async_to_sync(line.hear)(count)


def test_what_is_written_after_the_call_is_told_as_the_list_has_it(
    api_as: ApiAs, dora: User, run: ProcessingRun
) -> None:
    before = make_sighting(run, "B10AAA")
    api = api_as(dora)
    line = Line(api)

    async def listen() -> list[Event]:
        await line.hear(1)
        await sync_to_async(make_sighting)(run, "B11AAA", at=30.0)
        return await line.hear(2)

    ready, told = async_to_sync(listen)()
    assert ready == (before.pk, "ready", {"after": before.pk})
    assert told[1] == "sighting"
    assert told[2] == api.get("/api/v1/sightings/").json()["results"][0]
    assert AuditEntry.objects.filter(action="live.followed").exists()


def test_who_comes_back_is_told_what_came_meanwhile_in_order(api_as: ApiAs, dora: User, run: ProcessingRun) -> None:
    rows = [make_sighting(run, f"B1{number}AAA", at=number) for number in range(5)]
    heard = heard_by(api_as(dora), 3, headers={"Last-Event-ID": str(rows[1].pk)})
    assert [(key, data["plate"]) for key, _, data in heard] == [(row.pk, row.text) for row in rows[2:]]
    assert [key for key, _, _ in heard_by(api_as(dora), 5, data={"after": "0"})] == [row.pk for row in rows]


def test_nothing_of_another_fleet_and_no_hidden_plate_is_told(
    api_as: ApiAs, dora: User, run: ProcessingRun, southgate: Fleet
) -> None:
    make_sighting(make_run(make_video(make_trip(southgate))), "B66SEC")
    make_sighting(run, "B10AAA")
    [(_, _, told)] = heard_by(api_as(dora, ["sightings:read"]), 1, data={"after": "0"})
    assert (told["plate"], told["candidates"], told["crop_url"]) == ("•••", [], None)


def test_the_line_is_kept_open_and_ends_when_the_token_does(
    dora: User, run: ProcessingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    token, secret = create_token(user=dora, name="t")
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    line = Line(api)

    async def listen() -> None:
        beats = 0
        while beats < 2:
            beats += (await line.piece()).count(b": still here")
        await sync_to_async(revoke_token)(token=token, user=dora)
        while await line.piece():
            pass

    async_to_sync(listen)()


@pytest.mark.parametrize("named", ["", "x", "-1", "1" * 19, "1.5"])
def test_an_id_that_is_none_is_refused_in_json(api_as: ApiAs, dora: User, named: str) -> None:
    refused = api_as(dora).get("/api/v1/live/", headers={"Last-Event-ID": named, "Accept": "text/event-stream"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_query")


def test_an_address_that_makes_no_sense_is_refused_even_where_the_header_does(api_as: ApiAs, dora: User) -> None:
    refused = api_as(dora).get("/api/v1/live/?after=null", headers={"Last-Event-ID": "0"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_query")
