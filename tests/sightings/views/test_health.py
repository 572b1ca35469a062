from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from anpr_site import broker


def test_alive_is_said_without_looking_at_anything(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_while_database_and_redis_answer(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "redis": "ok"}


@pytest.mark.django_db
def test_not_ready_while_redis_is_away_and_says_so(client: Client, settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": broker.channel_layer("unix:///nowhere/redis.sock")}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "ok", "redis": "unreachable"}
