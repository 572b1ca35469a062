"""Every error is words for people and a code for programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from sightings.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "where", "status", "code"),
    [
        ("get", "/api/v1/nothing/", 404, "not_found"),
        ("post", "/api/v1/nothing/", 404, "not_found"),
        ("get", "/api/v1/sightings/999/", 404, "not_found"),
        ("get", "/api/v1/sightings/abc/", 404, "not_found"),
        ("get", "/api/v1/sightings/?cursor=x", 404, "not_found"),
        ("get", "/api/v1/sightings/?cursor=cD1hYmM=", 400, "bad_query"),
        ("get", "/api/v1/sightings/?ordering=timestamp&cursor=cD1hYmM=", 400, "bad_query"),
        ("delete", "/api/v1/trips/", 405, "method_not_allowed"),
        ("get", "/api/v1/uploads/not-a-uuid/", 404, "not_found"),
    ],
)
def test_an_error_has_a_detail_and_a_code(
    api_as: Callable[..., APIClient], alice: User, method: str, where: str, status: int, code: str
) -> None:
    answer = getattr(api_as(alice), method)(where)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]


def test_a_body_that_is_no_json_is_refused(api_as: Callable[..., APIClient], alice: User) -> None:
    answer = api_as(alice).post("/api/v1/sightings/1/flags/", b"{", content_type="application/json")
    assert answer.status_code in (400, 404)
    assert set(answer.json()) == {"detail", "code"}


def test_the_words_follow_the_callers_language_and_the_code_does_not(
    api_as: Callable[..., APIClient], dora: User
) -> None:
    client, wrong = api_as(dora), "/api/v1/sightings/?flagged=maybe"
    told = {language: client.get(wrong, headers={"Accept-Language": language}).json() for language in ("", "de")}
    assert told[""] == {"detail": "`flagged` must be true or false.", "code": "bad_query"}
    assert told["de"] == {"detail": "`flagged` muss true oder false sein.", "code": "bad_query"}
