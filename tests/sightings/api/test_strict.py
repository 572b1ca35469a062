"""JSON's own types count, and what no database can hold is refused at the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import Sighting, User, Watchlist

pytestmark = pytest.mark.django_db
LISTS = "/api/v1/watchlists/"


@pytest.fixture
def bobs(api_as: Callable[..., APIClient], bob: User) -> APIClient:
    return api_as(bob)


def send(client: APIClient, where: str, body: str) -> Any:
    return client.generic("POST", where, body, content_type="application/json")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"name": 5}', "name"),
        ('{"name": ["a"]}', "name"),
        ('{"name": "a\\u0000b"}', "name"),
        ('{"name": "\\ud800"}', "name"),
        ('{"name": "a", "active": 1}', "active"),
        ('{"name": "a", "active": "yes"}', "active"),
        ('{"name": "a", "weekdays": ["1"]}', "weekdays"),
        ('{"name": "a", "weekdays": [1.5]}', "weekdays"),
        ('{"name": "a", "weekdays": [true]}', "weekdays"),
        ('{"name": "a", "vehicles": [9223372036854775808]}', "vehicles"),
        ('{"name": "a", "vehicles": "1"}', "vehicles"),
        ('{"name": "a", "from_time": 800}', "from_time"),
    ],
)
def test_what_is_of_another_type_is_refused_by_name(bobs: APIClient, body: str, field: str) -> None:
    answer = send(bobs, LISTS, body)
    assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (400, "invalid", [field])
    assert not Watchlist.objects.exists()


def test_a_whole_number_may_be_written_with_a_point(bobs: APIClient) -> None:
    assert send(bobs, LISTS, '{"name": "a", "weekdays": [1.0]}').status_code == 201


@pytest.mark.parametrize("seconds", ["1e400", "1e30", "NaN", '"5"'])
def test_a_clock_cannot_be_moved_beyond_all_numbers(bobs: APIClient, sighting: Sighting, seconds: str) -> None:
    assert send(bobs, f"/api/v1/trips/{sighting.trip_id}/shift/", f'{{"seconds": {seconds}}}').status_code == 400


def test_an_address_with_what_no_text_can_have_is_refused(bobs: APIClient) -> None:
    for where in ("sightings/?region=%00", "uploads/?batch=a%00", "sightings/?%00=1"):
        assert bobs.get(f"/api/v1/{where}").json()["code"] == "bad_query"


@pytest.mark.parametrize("words", ["runs/?trip=1&trip=", "sightings/?q=B99&q=B98", "sightings/?q=B99&fuzzy=7"])
def test_a_word_that_stands_twice_and_one_that_another_makes_idle_are_looked_at(bobs: APIClient, words: str) -> None:
    refused = bobs.get(f"/api/v1/{words}")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_query")


def test_what_may_be_one_of_several_may_stand_several_times(bobs: APIClient) -> None:
    assert bobs.get("/api/v1/sightings/?region=ro&region=de&vehicle=1&vehicle=2").status_code == 200


def test_an_entry_of_another_fleets_watchlist_and_of_none_are_answered_alike(bobs: APIClient, charlie: User) -> None:
    theirs = Watchlist.objects.create(fleet=charlie.memberships.get().fleet, name="Theirs")
    answers = [
        send(bobs, "/api/v1/watch-entries/", f'{{"watchlist": {pk}, "pattern": "B99*"}}') for pk in (theirs.pk, 10**9)
    ]
    assert [(one.status_code, one.content) for one in answers] == [(404, answers[0].content)] * 2
