"""The live line to a page: the stored state first, then what changes, for the fleets the person may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.utils import translation

from sightings import said
from sightings.eta import ReadingQueue
from sightings.messages import Message
from sightings.models import Fleet, Reprocess, Trip, Upload, User
from sightings.progress import (
    ACTIVE_JOBS,
    ACTIVE_TRIPS,
    ACTIVE_UPLOADS,
    alerts_message,
    group_of,
    reprocess_message,
    trip_messages,
    upload_message,
)

NOT_LOGGED_IN = 4401  # close code
MOST_STORED = 50  # rows of each kind that a new page is told of


class FleetConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """`/ws/fleet/?language=de`: says nothing that is asked of it, only what happens."""

    groups_joined: list[str]
    language: str

    async def connect(self) -> None:
        self.groups_joined = []
        self.language = _language_of(self.scope)
        user = self.scope["user"]
        await self.accept()  # a refused handshake cannot tell the page why; a close code can
        if not user.is_authenticated:
            await self.close(code=NOT_LOGGED_IN)
            return
        # Join first, then read: what happens in between is told twice rather than never.
        for fleet_id in await database_sync_to_async(_fleet_ids)(user):
            self.groups_joined.append(group_of(fleet_id))
            await self.channel_layer.group_add(group_of(fleet_id), self.channel_name)
        for message in await database_sync_to_async(_stored)(user):
            await self._tell(message)

    async def disconnect(self, code: int) -> None:
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Pages have nothing to say here; a ping keeps proxies from closing the line."""
        if isinstance(content, dict) and content.get("type") == "ping":
            await self.send_json({"type": "pong"})

    async def fleet_message(self, event: dict[str, Any]) -> None:
        await self._tell(event["message"])

    async def _tell(self, message: Any) -> None:
        """In the language of the page at the other end."""
        with translation.override(self.language):
            spoken = said.say_all(message)
        await self.send_json(spoken)


def _language_of(scope: Mapping[str, Any]) -> str:
    """That of the page, if there is such a one."""
    asked = parse_qs(scope.get("query_string", b"").decode("ascii", "replace")).get("language", [""])[0]
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _fleet_ids(user: User) -> list[int]:
    return list(Fleet.objects.visible_to(user).values_list("pk", flat=True))


def _stored(user: User) -> list[Message]:
    """How the trips, reprocessings and uploads stand that are under way, and how many alerts are open."""
    trips = Trip.objects.visible_to(user).filter(state__in=ACTIVE_TRIPS).order_by("-pk")[:MOST_STORED]
    uploads = Upload.objects.visible_to(user).filter(state__in=ACTIVE_UPLOADS).order_by("-created_at")[:MOST_STORED]
    queue = ReadingQueue.now()
    jobs = Reprocess.objects.visible_to(user).filter(state__in=ACTIVE_JOBS).order_by("-pk")[:MOST_STORED]
    told: list[Message] = [*trip_messages(list(trips), queue)]
    told += [reprocess_message(job, queue) for job in jobs]
    told += [upload_message(upload) for upload in uploads]
    return told + [alerts_message(fleet) for fleet in _fleet_ids(user)]
