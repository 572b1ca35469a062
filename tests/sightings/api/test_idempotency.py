"""What is sent twice under one key is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from redis.exceptions import ConnectionError as NoRedis
from rest_framework.test import APIClient

from sightings.models import Flag, Sighting, User

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]
OTHER, WRONG = {"reason": "other"}, {"reason": "wrong_read"}


@pytest.fixture
def flags(sighting: Sighting) -> str:
    return f"/api/v1/sightings/{sighting.pk}/flags/"


def post(api: APIClient, where: str, key: str, body: dict[str, Any]) -> Any:
    return api.post(where, body, headers={"Idempotency-Key": key})


def test_the_second_call_is_given_the_first_ones_answer(api_as: ApiAs, bob: User, flags: str) -> None:
    api = api_as(bob)
    first, second = post(api, flags, "k", OTHER), post(api, flags, "k", OTHER)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Flag.objects.count() == 1


def test_other_keys_callers_and_addresses_are_other_calls(
    api_as: ApiAs, bob: User, alice: User, flags: str, sighting: Sighting
) -> None:
    bobs = api_as(bob)
    for api, where, key in (
        (bobs, flags, "k"),
        (bobs, flags, "l"),
        (api_as(bob), flags, "k"),
        (api_as(alice), flags, "k"),
    ):
        assert "Idempotency-Replayed" not in post(api, where, key, OTHER)
    assert post(bobs, f"/api/v1/sightings/{sighting.pk}/corrections/", "k", {"action": "confirm"}).status_code == 201
    assert Flag.objects.count() == 4


def test_a_key_is_not_taken_for_another_body(api_as: ApiAs, bob: User, flags: str) -> None:
    api = api_as(bob)
    post(api, flags, "k", OTHER)
    answer = post(api, flags, "k", WRONG)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Flag.objects.count() == 1


def test_what_failed_may_be_tried_again(api_as: ApiAs, bob: User, flags: str) -> None:
    api = api_as(bob)
    assert post(api, flags, "k", {"reason": "none of them"}).status_code == 400
    assert post(api, flags, "k", OTHER).status_code == 201


def test_a_call_that_has_not_ended_is_not_begun_again(
    api_as: ApiAs, bob: User, flags: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, during = api_as(bob), list[Any]()
    really = Flag.objects.create

    def meanwhile(**fields: Any) -> Flag:
        during.append(post(api, flags, "k", OTHER))
        return really(**fields)

    monkeypatch.setattr(Flag.objects, "create", meanwhile)
    assert post(api, flags, "k", OTHER).status_code == 201
    [second] = during
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_progress")
    assert Flag.objects.count() == 1


def test_a_key_is_free_again_after_a_day(api_as: ApiAs, bob: User, flags: str) -> None:
    api = api_as(bob)
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as clock:
        post(api, flags, "k", OTHER)
        clock.shift(24 * 3600 - 1)
        assert "Idempotency-Replayed" in post(api, flags, "k", OTHER)
        clock.shift(2)
        assert "Idempotency-Replayed" not in post(api, flags, "k", OTHER)


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_of_no_use_is_refused(api_as: ApiAs, bob: User, flags: str, key: str) -> None:
    assert post(api_as(bob), flags, key, OTHER).json()["code"] == "idempotency_key_unusable"


def test_a_kept_answer_is_only_for_who_may_still_call(api_as: ApiAs, bob: User, flags: str) -> None:
    api = api_as(bob)
    post(api, flags, "k", OTHER)
    bob.api_tokens.update(scopes=["sightings:read"])
    assert post(api, flags, "k", OTHER).status_code == 403


def test_without_redis_nothing_is_done_that_might_be_done_twice(
    api_as: ApiAs, bob: User, flags: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise NoRedis

    monkeypatch.setattr(type(caches["shared"]), "add", away)
    answer = post(api_as(bob), flags, "k", OTHER)
    assert (answer.status_code, answer.json()["code"]) == (503, "idempotency_unavailable")
    assert not Flag.objects.exists()
