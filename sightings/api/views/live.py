"""The log as it is written, for programs: server-sent events that can be taken up where they broke off.

Each web process looks once a second how far the log reaches, and only where it reaches further do callers read what is
new to them, by key. That needs nothing but the database, and a caller who comes back says which sighting was the last
and is given all that came after it.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from sightings import selectors, shapes
from sightings.api.base import ApiView, OneAnswer
from sightings.api.permissions import may_reveal
from sightings.errors import BadQuery
from sightings.filters import key_of
from sightings.models import ApiToken, User
from sightings.selectors_feed import Horizon, written_since
from sightings.services import audit
from sightings.services.roles import fleet_for_audit

LOOK_EVERY_S = 1.0
HEARTBEAT_S = 15.0
AT_ONCE = 500  # sightings
AGAIN_MS = 2000  # how long a client that lost the line waits


class Reach:
    """How far the log reaches, looked up once a second for all callers of this process."""

    def __init__(self) -> None:
        self._horizon = Horizon()
        self._lock = threading.Lock()
        self._looked_at = -LOOK_EVERY_S

    def upto(self) -> int | None:
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
                self._horizon.look()
                self._looked_at = time.monotonic()
            return self._horizon.upto


reach = Reach()


@dataclass(slots=True)
class Follower:
    """One caller on the line."""

    person: User
    token: ApiToken | None
    reveal: bool
    site: str
    after: int | None  # None: from now on

    def welcome(self) -> bool:
        """Whether the caller may still listen."""
        token = ApiToken.objects.filter(pk=self.token.pk).first() if self.token else None
        if self.token and (token is None or not token.works_at(timezone.now())):
            return False
        return User.objects.filter(pk=self.person.pk, is_active=True).exists()

    def look(self, *, again: bool) -> list[str] | None:
        """What is to be sent now; None ends the line. `again` asks whether the caller may still listen."""
        try:
            return None if again and not self.welcome() else self._news()
        finally:
            if not connection.in_atomic_block:
                connection.close()  # hundreds may listen, and databases have few connections to give

    def _news(self) -> list[str]:
        upto = reach.upto()
        if upto is None:
            return []
        if self.after is None:
            self.after = upto
            return [event("ready", upto, {"after": upto})]
        if self.after >= upto:
            return []
        rows = written_since(selectors.sightings_for(self.person), self.after, upto, AT_ONCE)
        self.after = rows[-1].pk if rows else upto
        return [event("sighting", row.pk, shapes.native(row, self.reveal, self.site)) for row in rows]


def event(kind: str, key: int, data: dict[str, Any]) -> str:
    return f"id: {key}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


EVENT = {  # one of them, as programs that know server-sent events see it
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": ["ready", "sighting"]},
        "data": {
            "type": "string",
            "description": "JSON: `after` in the first one, then sightings as the list has them",
        },
    },
    "required": ["id", "event", "data"],
}


class LiveView(ApiView):
    """New sightings, as soon as they are written."""

    content_negotiation_class = OneAnswer

    @extend_schema(
        operation_id="live",
        parameters=[
            OpenApiParameter(
                "Last-Event-ID",
                OpenApiTypes.INT,
                OpenApiParameter.HEADER,
                description="Go on after this sighting; browsers and clients send it by themselves.",
            ),
            OpenApiParameter("after", OpenApiTypes.INT, description="The same, for the first call; 0: from the start."),
        ],
        responses={(200, "text/event-stream"): EVENT},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Server-sent events. `sighting` carries a row of the list; its id is that of the sighting. A first `ready`
        tells from where on, and a comment comes every 15 s. Nothing is passed over; what a second reading changes in
        sightings that were sent is not sent again."""
        site = request.build_absolute_uri("/").rstrip("/")
        token = request.auth if isinstance(request.auth, ApiToken) else None
        follower = Follower(self.person, token, may_reveal(request), site, _after(request))
        audit.record(action="live.followed", user=self.person, fleet=fleet_for_audit(self.person))
        # Proxies that keep answers back until they are whole are told not to.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingHttpResponse(_events(follower), content_type="text/event-stream", headers=headers)


def _after(request: Request) -> int | None:
    """The header counts: `after` stays in the address that a client calls again."""
    named = request.headers.get("Last-Event-ID"), request.query_params.get("after") or None
    keys = [key_of(word) for word in named if word is not None]
    if None in keys:
        raise BadQuery("`Last-Event-ID` and `after` must be the id of a sighting, or 0.")
    return keys[0] if keys else None


async def _events(follower: Follower) -> AsyncIterator[bytes]:
    yield f"retry: {AGAIN_MS}\n\n".encode()
    spoke = asked = time.monotonic()
    while True:
        now = time.monotonic()
        again = now - asked >= HEARTBEAT_S
        news = await sync_to_async(follower.look)(again=again)
        if news is None:
            return
        asked = now if again else asked
        if news or now - spoke >= HEARTBEAT_S:
            yield ("".join(news) or ": still here\n\n").encode()
            spoke = now
        if not news:
            await asyncio.sleep(LOOK_EVERY_S)
