"""Searches that a person keeps, and the shapes of results, over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import AuditEntry, ProcessingRun, SavedSearch, Sighting, User
from tests.factories import make_sighting

pytestmark = pytest.mark.django_db
As = Callable[..., APIClient]
URL = "/api/v1/searches/"


def saved(client: APIClient, **words: str) -> dict[str, Any]:
    answer = client.post(URL, {"name": "Mine", "words": words or {"q": "B99*"}}, format="json")
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def test_a_search_is_saved_renamed_deleted_and_brought_back(api_as: As, dora: User, sighting: Sighting) -> None:
    client = api_as(dora)
    search = saved(client, q="B99*", region="ro", view="map", nonsense="x")
    assert search["words"] == {"q": "B99*", "region": "ro", "view": "map"}
    assert search["url"] == "/search/?q=B99%2A&region=ro&view=map"
    assert search["new"] == 0
    one = f"{URL}{search['id']}/"
    assert client.patch(one, {"name": "Ours"}, format="json").json()["name"] == "Ours"
    assert client.delete(one).status_code == 204
    assert client.get(URL).json()["results"] == []
    assert client.get(one).status_code == 404
    assert client.post(f"{one}restore/").json()["name"] == "Ours"
    assert [row["name"] for row in client.get(URL).json()["results"]] == ["Ours"]


def test_what_came_in_is_new_until_it_is_looked_at(api_as: As, dora: User, run: ProcessingRun) -> None:
    client = api_as(dora)
    search = saved(client)
    make_sighting(run, "B99BNX")
    assert client.get(URL).json()["results"][0]["new"] == 1
    assert client.post(f"{URL}{search['id']}/look/", {}, format="json").status_code == 204
    assert client.get(URL).json()["results"][0]["new"] == 0


def test_nobody_sees_another_persons_searches(api_as: As, dora: User, bob: User) -> None:
    search = saved(api_as(dora))
    other = api_as(bob)
    assert other.get(URL).json()["results"] == []
    for act in (other.get, other.delete):
        assert act(f"{URL}{search['id']}/").status_code == 404
    assert other.post(f"{URL}{search['id']}/restore/").status_code == 404
    assert SavedSearch.objects.get().deleted_at is None


def test_a_search_that_makes_no_sense_is_not_saved(api_as: As, dora: User) -> None:
    client = api_as(dora)
    for words in ({"q": "/(/"}, {"area": "1,2"}, {"zone": "Nowhere"}):
        answer = client.post(URL, {"name": "Mine", "words": words}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")
    assert client.post(URL, {"name": "  ", "words": {}}, format="json").status_code == 400


def test_a_token_that_may_not_see_plates_sees_no_searches(api_as: As, dora: User) -> None:
    assert api_as(dora, ["sightings:read"]).get(URL).status_code == 403


def test_the_histogram_counts_days_and_searches_are_written_down(api_as: As, dora: User, sighting: Sighting) -> None:
    client = api_as(dora)
    assert sighting.seen_at
    answer = client.get("/api/v1/sightings/histogram/", {"q": "B99*", "zone": "Europe/Bucharest"}).json()
    assert answer == {"days": [{"day": sighting.seen_at.date().isoformat(), "count": 1}], "untimed": 0}
    entry = AuditEntry.objects.get(action="plates.searched")
    assert entry.detail == {"plate": "B99*", "via": "api"}


def test_places_say_where_and_how_sure(api_as: As, dora: User, run: ProcessingRun) -> None:
    sure, weak = make_sighting(run), make_sighting(run, "CJ01ABC", confidence=0.1)
    make_sighting(run, "VS01ABC", lat=None, lon=None)
    answer = api_as(dora).get("/api/v1/sightings/places/", {"zoom": "7"}).json()
    assert (answer["total"], answer["placed"], answer["cells"]) == (3, 2, [])
    assert sorted(answer["points"]) == [[sure.pk, 44.43, 26.1, 0], [weak.pk, 44.43, 26.1, 1]]


@pytest.mark.parametrize("shape", ["", "histogram/", "places/"])
def test_looking_for_a_plate_needs_the_right_to_see_plates(
    api_as: As, dora: User, sighting: Sighting, shape: str
) -> None:
    client = api_as(dora, ["sightings:read"])
    assert client.get(f"/api/v1/sightings/{shape}").status_code == 200
    for name in ("q", "plate"):
        assert client.get(f"/api/v1/sightings/{shape}", {name: "B99BNX"}).status_code == 403


@pytest.mark.parametrize("words", [{"zone": "Mars/Base"}, {"zoom": "x"}, {"region": ",".join(["ro"] * 60)}])
def test_words_that_make_no_sense_are_refused(api_as: As, dora: User, words: dict[str, str]) -> None:
    answer = api_as(dora).get("/api/v1/sightings/places/", words)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")
