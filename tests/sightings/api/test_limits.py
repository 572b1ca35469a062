"""Callers who ask for too much are told so, and how long to wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from redis.exceptions import ConnectionError as NoRedis
from rest_framework.test import APIClient

from sightings.models import User
from tests.sightings.api.test_tus import create, send

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"
ApiAs = Callable[..., APIClient]


@pytest.fixture
def three_a_minute(settings: Any) -> None:
    settings.RATE_LIMIT_TOKEN = settings.RATE_LIMIT_USER = 3


def test_every_answer_says_where_the_caller_stands(api_as: ApiAs, dora: User, three_a_minute: None) -> None:
    with time_machine.travel("2026-05-01T12:00:20Z", tick=False):
        api = api_as(dora)
        assert api.get(ME)["X-RateLimit-Remaining"] == "2"
        answer = api.get("/api/v1/sightings/999/")
    told = [answer[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")]
    assert (answer.status_code, told) == (404, ["3", "1", "40"])


def test_who_asks_for_more_waits_for_the_next_minute(api_as: ApiAs, dora: User, three_a_minute: None) -> None:
    with time_machine.travel("2026-05-01T12:00:50Z", tick=False) as clock:
        api = api_as(dora)
        assert [api.get(ME).status_code for _ in range(3)] == [200] * 3
        refused = api.get(ME)
        assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (429, "throttled", "10")
        assert refused["X-RateLimit-Remaining"] == "0"
        clock.shift(10)
        assert api.get(ME).status_code == 200


def test_each_token_and_each_session_is_counted_for_itself(
    api_as: ApiAs, page_as: Callable[[User], Client], dora: User, three_a_minute: None
) -> None:
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        first, second, page = api_as(dora), api_as(dora), page_as(dora)
        assert [first.get(ME).status_code for _ in range(4)][-1] == 429
        assert second.get(ME).status_code == 200
        assert [page.get(ME).status_code for _ in range(4)][-1] == 429


def test_the_pieces_of_an_upload_do_not_count(api_as: ApiAs, bob: User, three_a_minute: None) -> None:
    api = api_as(bob)
    where = create(api, size=10)["Location"]
    assert {send(api, where, at, b"x").status_code for at in range(8)} == {204}


def test_zero_sets_no_limit(api_as: ApiAs, dora: User, settings: Any) -> None:
    settings.RATE_LIMIT_TOKEN = 0
    answer = api_as(dora).get(ME)
    assert answer.status_code == 200
    assert "X-RateLimit-Limit" not in answer


def test_without_redis_nobody_is_held_back(
    api_as: ApiAs, dora: User, three_a_minute: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise NoRedis

    monkeypatch.setattr(type(caches["shared"]), "add", away)
    assert {api_as(dora).get(ME).status_code for _ in range(5)} == {200}
