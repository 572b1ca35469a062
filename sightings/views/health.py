"""For load balancers and people on call: is the process alive, and can it do its work?"""

from __future__ import annotations

import asyncio
import logging

from channels.layers import get_channel_layer
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 3.0


def alive(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 where database and Redis answer and the schema is up to date, else 503; each part is named."""
    parts = {"database": _database(), "redis": _redis()}
    fit = all(word == "ok" for word in parts.values())
    return JsonResponse({"status": "ok" if fit else "unavailable", **parts}, status=200 if fit else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        log.warning("the database does not answer: %s", error)
        return "unreachable"
    return "migrations are missing" if behind else "ok"


def _redis() -> str:
    try:
        return asyncio.run(_round_trip())
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("Redis does not answer: %s", error)
        return "unreachable"


async def _round_trip() -> str:
    """A message through the channel layer and back, which is what the live pages need."""
    layer = get_channel_layer()
    if layer is None:
        return "not configured"
    channel = await layer.new_channel()
    async with asyncio.timeout(ANSWER_WITHIN_S):
        await layer.send(channel, {"type": "health"})
        await layer.receive(channel)
    return "ok"
