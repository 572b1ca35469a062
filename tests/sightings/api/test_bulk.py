"""Many sightings at once: a result for each, one undo for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import Flag, ProcessingRun, Sighting, User
from sightings.services.reviews import confirm_sighting, flag_sighting
from tests.factories import make_person, make_run, make_sighting, make_trip, make_video

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]
URL = "/api/v1/sightings/bulk/"


@pytest.fixture
def api(api_as: ApiAs, bob: User) -> APIClient:
    return api_as(bob)


def states(rows: list[Sighting]) -> list[tuple[str, str, bool]]:
    found = Sighting.objects.in_bulk([row.pk for row in rows])
    return [(found[row.pk].review_state, found[row.pk].text, found[row.pk].flagged) for row in rows]


def send(api: APIClient, action: str, rows: list[Sighting], **more: Any) -> Any:
    answer = api.post(URL, {"action": action, "items": [{"sighting": row.pk} for row in rows], **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("action", "more", "after"),
    [
        ("confirm", {}, ("confirmed", "B10AAA", False)),
        ("reject", {}, ("rejected", "B10AAA", False)),
        ("correct", {"plate": "b-77 xyz"}, ("corrected", "B77XYZ", False)),
        ("flag", {"reason": "wrong_place"}, ("unreviewed", "B10AAA", True)),
    ],
)
def test_each_act_is_done_to_all_and_taken_back_as_one(
    api: APIClient, run: ProcessingRun, action: str, more: dict[str, str], after: tuple[str, str, bool]
) -> None:
    rows = [make_sighting(run, "B10AAA", at=at) for at in (1.0, 20.0)]
    told = send(api, action, rows, **more)
    assert (told["done"], [one["status"] for one in told["results"]]) == (2, ["done", "done"])
    assert states(rows) == [after, after]
    assert api.post(f"/api/v1/correction-batches/{told['batch']}/undo/").status_code == 200
    assert states(rows) == [("unreviewed", "B10AAA", False)] * 2
    assert api.post(f"/api/v1/correction-batches/{told['batch']}/undo/").json()["code"] == "already_undone"


def test_what_somebody_changed_meanwhile_or_is_not_there_is_told_and_left_alone(
    api: APIClient, run: ProcessingRun, alice: User, southgate: Any
) -> None:
    make_person("eve", southgate)
    foreign = make_sighting(make_run(make_video(make_trip(southgate))))
    fresh, changed = make_sighting(run, "B10AAA"), make_sighting(run, "B11AAA", at=20.0)
    confirm_sighting(sighting=changed, user=alice)
    items = [{"sighting": row.pk, "version": 1} for row in (changed, foreign, fresh)]
    told = api.post(URL, {"action": "reject", "items": items}).json()
    assert [one["status"] for one in told["results"]] == ["version_clash", "not_found", "done"]
    assert states([changed, foreign, fresh]) == [
        ("confirmed", "B11AAA", False),
        ("unreviewed", "B99BNX", False),
        ("rejected", "B10AAA", False),
    ]


def test_flags_that_were_resolved_with_it_are_open_again_after_the_undo(
    api: APIClient, run: ProcessingRun, alice: User
) -> None:
    row = make_sighting(run)
    flag_sighting(sighting=row, user=alice, reason="other")
    told = send(api, "confirm", [row], resolve_flags=True)
    assert states([row]) == [("confirmed", "B99BNX", False)]
    api.post(f"/api/v1/correction-batches/{told['batch']}/undo/")
    assert states([row]) == [("unreviewed", "B99BNX", True)]
    assert Flag.objects.get().resolved_at is None


def test_where_nothing_can_be_done_no_batch_is_made(api: APIClient, run: ProcessingRun) -> None:
    told = api.post(URL, {"action": "confirm", "items": [{"sighting": 999}]}).json()
    assert told == {"batch": None, "done": 0, "results": told["results"]}


@pytest.mark.parametrize(
    "body",
    [
        {"action": "confirm", "items": []},
        {"action": "confirm", "items": [{"sighting": 1}, {"sighting": 1}]},
        {"action": "confirm", "items": [{"sighting": key} for key in range(1, 502)]},
        {"action": "correct", "items": [{"sighting": 1}]},
        {"action": "alias", "items": [{"sighting": 1}]},
    ],
)
def test_calls_that_make_no_sense_are_refused(api: APIClient, body: dict[str, Any]) -> None:
    assert api.post(URL, body).status_code == 400


def test_the_page_of_such_a_batch_tells_what_was_done(
    api: APIClient, run: ProcessingRun, bob: User, page_as: Callable[[User], Any]
) -> None:
    told = send(api, "flag", [make_sighting(run)])
    page = page_as(bob).get(f"/review/batch/{told['batch']}/").content.decode()
    assert "Flagged: 1 sighting" in page
    assert "B99BNX" in page
    assert "Flagged" in page_as(bob).get("/review/aliases/").content.decode()
