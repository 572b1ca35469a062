from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import get_language

from sightings import said
from sightings.consumers import NOT_LOGGED_IN, FleetConsumer
from sightings.models import Trip, User
from sightings.progress import group_of, trip_message
from tests.factories import make_trip

# The consumer reads the database from a thread of its own, which a test's open transaction would keep out.
pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """The browser's end of the line."""

    def __init__(self, user: Any, query: bytes = b"") -> None:
        scope = {"type": "websocket", "path": "/ws/fleet/", "query_string": query, "headers": [], "user": user}
        untyped: Any = ApplicationCommunicator
        self.line = untyped(FleetConsumer.as_asgi(), scope)

    async def tell(self, message: Any) -> None:
        await self.line.send_input({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self) -> Any:
        return json.loads((await self.line.receive_output(5))["text"])

    async def hears_nothing(self) -> bool:
        return bool(await self.line.receive_nothing())

    async def leave(self) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.line.wait(5)


async def _connect(user: Any, query: bytes = b"") -> Page:
    page = Page(user, query)
    await page.line.send_input({"type": "websocket.connect"})
    assert (await page.line.receive_output(5))["type"] == "websocket.accept"
    return page


async def _joined(user: Any, query: bytes = b"") -> Page:
    """A page that has heard the stored messages, whose line is open: it answers only after it has joined."""
    page = await _connect(user, query)
    await page.tell({"type": "ping"})
    while await page.hear() != {"type": "pong"}:
        pass
    return page


def test_a_page_is_first_told_how_the_running_trips_stand(northwind: Any, bob: User) -> None:
    running = make_trip(northwind, state="reading")
    make_trip(northwind, state="done")

    async def told() -> Any:
        page = await _connect(bob)
        message = await page.hear()
        assert (await page.hear())["alerts"] == {"fleet": northwind.pk, "open": 0, "latest": None}
        assert await page.hears_nothing()
        await page.leave()
        return message

    assert async_to_sync(told)() == trip_message(running)


def test_nothing_of_another_fleet_is_told(northwind: Any, charlie: User) -> None:
    make_trip(northwind, state="reading")

    async def silent() -> bool:
        page = await _joined(charlie)
        layer: Any = get_channel_layer()
        await layer.group_send(group_of(northwind.pk), {"type": "fleet.message", "message": {"type": "trip"}})
        nothing = await page.hears_nothing()
        await page.leave()
        return nothing

    assert async_to_sync(silent)()


def test_what_happens_is_passed_on(northwind: Any, dora: User) -> None:
    async def told() -> Any:
        page = await _joined(dora)
        layer: Any = get_channel_layer()
        await layer.group_send(group_of(northwind.pk), {"type": "fleet.message", "message": {"type": "trip", "n": 1}})
        message = await page.hear()
        await page.leave()
        return message

    assert async_to_sync(told)() == {"type": "trip", "n": 1}


@pytest.mark.parametrize(("query", "words"), [(b"language=de", "Später."), (b"language=xx", "Later."), (b"", "Later.")])
def test_what_workers_wrote_is_told_in_the_language_of_the_page(
    northwind: Any, dora: User, monkeypatch: pytest.MonkeyPatch, query: bytes, words: str
) -> None:
    monkeypatch.setattr(said, "gettext", lambda text: {"de": "Später."}.get(get_language() or "", text))

    async def told() -> Any:
        page = await _joined(dora, query)
        layer: Any = get_channel_layer()
        message = {"type": "upload", "upload": {"error": said.store("Later."), "filename": "Later."}}
        await layer.group_send(group_of(northwind.pk), {"type": "fleet.message", "message": message})
        heard = await page.hear()
        await page.leave()
        return heard

    assert async_to_sync(told)()["upload"] == {"error": words, "filename": "Later."}


def test_who_is_not_logged_in_is_shown_out_with_a_code(db: None) -> None:
    async def closed() -> Any:
        page = await _connect(AnonymousUser())
        return await page.line.receive_output(5)

    assert async_to_sync(closed)() == {"type": "websocket.close", "code": NOT_LOGGED_IN}


def test_a_ping_is_answered_and_nonsense_is_not(bob: User) -> None:
    async def answer() -> Any:
        page = await _connect(bob)
        await page.tell(["nonsense"])
        await page.tell({"type": "ping"})
        assert (await page.hear())["type"] == "alerts"
        message = await page.hear()
        await page.leave()
        return message

    assert async_to_sync(answer)() == {"type": "pong"}
    assert Trip.objects.count() == 0
