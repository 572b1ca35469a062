"""The review queue, batches, aliases and votes over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from sightings.models import Alias, AuditEntry, Fleet, ProcessingRun, Sighting, User
from tests.factories import make_sighting

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]


@pytest.fixture
def doubtful(run: ProcessingRun) -> list[Sighting]:
    return [make_sighting(run, "B99BNX", confidence=0.1 + n / 10) for n in range(3)]


def ask(client: APIClient, **words: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/review/next/", words, format="json")
    assert answer.status_code == 200, answer.json()
    return answer.json()  # type: ignore[no-any-return]


def ids(answer: dict[str, Any]) -> list[int]:
    return [item["id"] for item in answer["items"]]


def batch_of(rows: list[Sighting], **more: Any) -> dict[str, Any]:
    return {"fleet": "northwind", "sightings": [row.pk for row in rows], "plate": "b99 bnz", **more}


def test_two_reviewers_share_the_queue(api_as: ApiAs, alice: User, bob: User, doubtful: list[Sighting]) -> None:
    first = ask(api_as(alice), count=2)
    assert (ids(first), first["left"], first["lost"]) == ([row.pk for row in doubtful[:2]], 3, [])
    assert ids(ask(api_as(bob))) == [doubtful[2].pk]
    assert api_as(alice).post("/api/v1/review/release/", {}, format="json").json() == {"released": 2}
    assert ids(ask(api_as(bob), held=[doubtful[2].pk])) == [row.pk for row in doubtful[:2]]


def test_an_item_holds_all_that_is_needed_to_judge_it(api_as: ApiAs, bob: User, doubtful: list[Sighting]) -> None:
    item = ask(api_as(bob), count=1)["items"][0]
    assert (item["plate"], item["version"], item["trip_name"], item["plate_source"]) == (
        "B99BNX", 1, "Morning drive", "machine"
    )  # fmt: skip
    assert item["candidates"] == [{"plate": "B99BNX", "score": 0.9}]
    assert len(item["observations"]) == 1
    assert {"context_url", "context_box", "characters", "flags", "likely_region"} <= set(item)


def test_an_item_more_costs_no_query_but_its_audit_entry(api_as: ApiAs, bob: User, doubtful: list[Sighting]) -> None:
    bobs = api_as(bob)
    for row in doubtful:
        said = bobs.post(f"/api/v1/sightings/{row.pk}/corrections/", {"action": "confirm"}, format="json").json()
        bobs.post(f"/api/v1/corrections/{said['id']}/undo/")
    with CaptureQueriesContext(connection) as one:
        ask(bobs, count=1)
    bobs.post("/api/v1/review/release/", {}, format="json")
    with CaptureQueriesContext(connection) as three:
        ask(bobs, count=3)
    assert len(three) == len(one) + 2


def test_what_others_hold_is_lost_to_who_asks_to_keep_it(
    api_as: ApiAs, alice: User, bob: User, doubtful: list[Sighting]
) -> None:
    ask(api_as(alice), count=1)
    assert ask(api_as(bob), count=0, held=[doubtful[0].pk])["lost"] == [doubtful[0].pk]


def test_a_viewer_and_a_token_that_may_not_reveal_get_no_queue(
    api_as: ApiAs, bob: User, dora: User, doubtful: list[Sighting]
) -> None:
    refused = api_as(dora).post("/api/v1/review/next/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    blind = api_as(bob, ["corrections:write"]).post("/api/v1/review/next/", {}, format="json")
    assert (blind.status_code, blind.json()["code"]) == (403, "scope_missing")


def test_someone_of_another_fleet_gets_nothing(api_as: ApiAs, charlie: User, doubtful: list[Sighting]) -> None:
    answer = ask(api_as(charlie), held=[doubtful[0].pk])
    assert (answer["items"], answer["lost"], answer["left"]) == ([], [doubtful[0].pk], 0)


def test_a_word_resolves_the_flags_and_undoing_it_opens_them(api_as: ApiAs, bob: User, sighting: Sighting) -> None:
    bobs = api_as(bob)
    bobs.post(f"/api/v1/sightings/{sighting.pk}/flags/", {"reason": "wrong_read"}, format="json")
    assert ids(ask(bobs, flagged=True)) == [sighting.pk]
    words = {"action": "confirm", "version": 1, "resolve_flags": True}
    said = bobs.post(f"/api/v1/sightings/{sighting.pk}/corrections/", words, format="json").json()
    assert ask(bobs, flagged=True)["left"] == 0
    bobs.post(f"/api/v1/corrections/{said['id']}/undo/")
    assert ids(ask(bobs, flagged=True)) == [sighting.pk]
    flag = bobs.get(f"/api/v1/sightings/{sighting.pk}/flags/").json()[0]
    assert (flag["resolved_at"], flag["resolved_by"]) == (None, None)


def test_undoing_a_word_leaves_a_flag_that_somebody_resolved_apart(
    api_as: ApiAs, bob: User, sighting: Sighting
) -> None:
    bobs = api_as(bob)
    flag = bobs.post(f"/api/v1/sightings/{sighting.pk}/flags/", {"reason": "other"}, format="json").json()
    bobs.post(f"/api/v1/flags/{flag['id']}/resolve/")
    words = {"action": "confirm", "resolve_flags": True}
    said = bobs.post(f"/api/v1/sightings/{sighting.pk}/corrections/", words, format="json").json()
    bobs.post(f"/api/v1/corrections/{said['id']}/undo/")
    assert not Sighting.objects.get().flagged


def test_a_batch_is_previewed_made_listed_and_undone(api_as: ApiAs, bob: User, doubtful: list[Sighting]) -> None:
    bobs, batches = api_as(bob), "/api/v1/correction-batches/"
    seen = bobs.get(f"{batches}preview/", {"plate": "b99bnx"}).json()
    assert (seen["plate"], seen["free"], seen["total"], seen["fleet"]) == ("B99BNX", 3, 3, "northwind")
    assert AuditEntry.objects.filter(action="batch.previewed", user=bob).exists()
    made = bobs.post(batches, batch_of(doubtful), format="json")
    assert (made.status_code, made.json()["count"], made.json()["plate"]) == (201, 3, "B99BNZ")
    assert bobs.get(batches).json()["results"][0]["id"] == made.json()["id"]
    undo = f"{batches}{made.json()['id']}/undo/"
    assert bobs.post(undo).json()["undone_by"] == "bob"
    assert bobs.post(undo).json()["code"] == "already_undone"
    assert {row.text for row in Sighting.objects.all()} == {"B99BNX"}


def test_the_preview_says_whose_word_locks_a_sighting(api_as: ApiAs, bob: User, doubtful: list[Sighting]) -> None:
    bobs = api_as(bob)
    bobs.post(f"/api/v1/sightings/{doubtful[0].pk}/corrections/", {"action": "confirm"}, format="json")
    asked = {"sightings": ",".join(str(row.pk) for row in doubtful)}
    rows = bobs.get("/api/v1/correction-batches/preview/", asked).json()["rows"]
    assert [(row["locked"], row["word"]) for row in rows] == [
        (False, None), (False, None), (True, {"action": "confirm", "user": "bob"})
    ]  # fmt: skip


@pytest.mark.parametrize("asked", [{"sightings": "1,x"}, {"plate": "---"}])
def test_a_preview_of_nonsense_is_refused_in_words(
    api_as: ApiAs, bob: User, sighting: Sighting, asked: dict[str, str]
) -> None:
    assert api_as(bob).get("/api/v1/correction-batches/preview/", asked).status_code == 400


def test_strangers_and_viewers_make_no_batch(
    api_as: ApiAs, charlie: User, dora: User, doubtful: list[Sighting]
) -> None:
    assert api_as(dora).post("/api/v1/correction-batches/", batch_of(doubtful), format="json").status_code == 403
    strange = api_as(charlie).post("/api/v1/correction-batches/", batch_of(doubtful), format="json")
    assert strange.json()["code"] == "no_fleet"
    asked = {"sightings": str(doubtful[0].pk)}
    assert api_as(charlie).get("/api/v1/correction-batches/preview/", asked).status_code == 404


def test_an_alias_is_offered_made_and_removed(api_as: ApiAs, bob: User, doubtful: list[Sighting]) -> None:
    bobs = api_as(bob)
    bobs.post("/api/v1/correction-batches/", batch_of(doubtful), format="json")
    offer = bobs.get("/api/v1/aliases/offers/").json()[0]
    assert ask(bobs)["offers"] == [offer]
    made = bobs.post(
        "/api/v1/aliases/",
        {"fleet": offer["fleet"], "misread": offer["misread"], "plate": offer["text"]},
        format="json",
    )
    assert (made.status_code, made.json()["misread"], made.json()["plate"]) == (201, "B99BNX", "B99BNZ")
    assert bobs.get("/api/v1/aliases/").json()["results"][0]["user"] == "bob"
    assert bobs.delete(f"/api/v1/aliases/{made.json()['id']}/").status_code == 204
    assert bobs.get("/api/v1/aliases/").json()["results"] == []


def test_nobody_removes_the_alias_of_another_fleet(api_as: ApiAs, charlie: User, bob: User, northwind: Fleet) -> None:
    alias = Alias.objects.create(fleet=northwind, misread="B99BNX", text="B99BNZ", user=bob)
    assert api_as(charlie).delete(f"/api/v1/aliases/{alias.pk}/").status_code == 404


def test_the_votes_of_a_sighting_are_told_to_who_may_see_plates(api_as: ApiAs, bob: User, sighting: Sighting) -> None:
    address = f"/api/v1/sightings/{sighting.pk}/votes/"
    votes = api_as(bob).get(address).json()
    assert "".join(cell["char"] for cell in votes["fused"]) == "B99BNX"
    assert votes["rows"][0]["weight"] == 1.0
    assert api_as(bob, ["sightings:read"]).get(address).status_code == 403
