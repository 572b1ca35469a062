"""Corrections and flags over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from sightings.models import Sighting, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def bobs(api_as: Callable[..., APIClient], bob: User) -> APIClient:
    return api_as(bob)


def say(client: APIClient, sighting: Sighting, **words: object) -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/sightings/{sighting.pk}/corrections/", words, format="json")
    return answer.status_code, answer.json()


def test_a_correction_is_made_and_read_back(bobs: APIClient, sighting: Sighting) -> None:
    status, word = say(bobs, sighting, plate="b98 bnx", note="sure", version=1)
    assert (status, word["text_before"], word["text_after"], word["user"]) == (201, "B99BNX", "B98BNX", "bob")
    row = bobs.get(f"/api/v1/sightings/{sighting.pk}/").json()
    assert (row["plate"], row["plate_raw"], row["plate_corrected"]) == ("B98BNX", "B99BNX", "B98BNX")
    assert (row["review_state"], row["version"], len(row["corrections"])) == ("corrected", 2, 1)
    assert bobs.get("/api/v1/corrections/").json()["results"][0]["id"] == word["id"]


def test_an_old_version_is_answered_with_409(bobs: APIClient, sighting: Sighting) -> None:
    say(bobs, sighting, plate="B98BNX", version=1)
    status, error = say(bobs, sighting, plate="B97BNX", version=1)
    assert (status, error["code"]) == (409, "version_clash")


def test_confirm_and_reject(bobs: APIClient, sighting: Sighting) -> None:
    assert say(bobs, sighting, action="confirm")[0] == 201
    assert say(bobs, sighting, action="reject")[0] == 201
    assert bobs.get(f"/api/v1/sightings/{sighting.pk}/").json()["review_state"] == "rejected"


def test_a_correction_without_a_plate_says_what_is_missing(bobs: APIClient, sighting: Sighting) -> None:
    status, error = say(bobs, sighting)
    assert (status, error["code"], error["detail"]) == (400, "plate_unusable", "Say what the plate is.")
    assert say(bobs, sighting, plate="---")[1]["code"] == "plate_unusable"


def test_a_correction_is_undone_once(bobs: APIClient, sighting: Sighting) -> None:
    word = say(bobs, sighting, plate="B98BNX")[1]
    undo = f"/api/v1/corrections/{word['id']}/undo/"
    assert bobs.post(undo).json()["undone_by"] == "bob"
    assert bobs.post(undo).json()["code"] == "already_undone"
    assert bobs.get(f"/api/v1/sightings/{sighting.pk}/").json()["plate"] == "B99BNX"


def test_a_flag_is_raised_and_resolved(bobs: APIClient, sighting: Sighting) -> None:
    flags = f"/api/v1/sightings/{sighting.pk}/flags/"
    flag = bobs.post(flags, {"reason": "wrong_read", "note": "look"}, format="json").json()
    assert bobs.get("/api/v1/sightings/", {"flagged": "true"}).json()["results"][0]["id"] == sighting.pk
    assert bobs.get(flags).json()[0]["note"] == "look"
    resolve = f"/api/v1/flags/{flag['id']}/resolve/"
    assert bobs.post(resolve).json()["resolved_by"] == "bob"
    assert bobs.post(resolve).status_code == 409
    assert bobs.get("/api/v1/sightings/", {"flagged": "true"}).json()["results"] == []


def test_a_viewer_may_not_correct(api_as: Callable[..., APIClient], dora: User, sighting: Sighting) -> None:
    status, error = say(api_as(dora), sighting, plate="B98BNX")
    assert (status, error["code"]) == (403, "not_allowed")


def test_someone_of_another_fleet_finds_nothing_to_correct(
    api_as: Callable[..., APIClient], charlie: User, bobs: APIClient, sighting: Sighting
) -> None:
    word = say(bobs, sighting, plate="B98BNX")[1]
    theirs = api_as(charlie)
    assert say(theirs, sighting, plate="B97BNX")[0] == 404
    assert theirs.post(f"/api/v1/corrections/{word['id']}/undo/").status_code == 404
