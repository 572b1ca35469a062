"""Watchlists, what is on them, and alerts over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import Alert, AuditEntry, ProcessingRun, Sighting, User, WatchEntry, Watchlist
from sightings.services.alerting import watch
from tests.factories import make_sighting

pytestmark = pytest.mark.django_db
As = Callable[..., APIClient]
LISTS, ENTRIES, ALERTS = "/api/v1/watchlists/", "/api/v1/watch-entries/", "/api/v1/alerts/"


@pytest.fixture
def made(api_as: As, bob: User) -> dict[str, Any]:
    return dict(post(api_as(bob), LISTS, 201, name="Stolen"))


def post(client: APIClient, url: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(url, body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_a_watchlist_is_made_changed_deleted_and_brought_back(api_as: As, bob: User, made: dict[str, Any]) -> None:
    client, one = api_as(bob), f"{LISTS}{made['id']}/"
    area = "26.0,44.0;27.0,44.0;27.0,45.0"
    told = client.patch(one, {"from_time": "22:00", "weekdays": [4], "area": area}, format="json").json()
    assert (told["from_time"], told["weekdays"], told["area"]) == ("22:00:00", [4], area)
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert post(client, f"{one}restore/")["name"] == "Stolen"
    said = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"watchlist.created", "watchlist.changed", "watchlist.deleted", "watchlist.restored"} <= said


def test_an_entry_is_added_once_changed_removed_and_put_back(api_as: As, bob: User, made: dict[str, Any]) -> None:
    client = api_as(bob)
    entry = post(client, ENTRIES, 201, watchlist=made["id"], pattern="b 99 bnx", alike=True, reason="Stolen in May")
    assert entry["pattern"] == "B99BNX"
    assert post(client, ENTRIES, 409, watchlist=made["id"], pattern="B99BNX")["code"] == "entry_exists"
    one = f"{ENTRIES}{entry['id']}/"
    assert client.patch(one, {"near": True}, format="json").json()["near"]
    assert client.delete(one).status_code == 204
    assert client.get(f"{ENTRIES}?watchlist={made['id']}").json()["results"] == []
    assert post(client, f"{one}restore/")["pattern"] == "B99BNX"


@pytest.mark.parametrize(
    "body", [{"pattern": "/B9+/"}, {"pattern": "B9*", "near": True}, {"pattern": "AB1", "near": True}, {"pattern": "-"}]
)
def test_an_entry_that_cannot_work_is_refused_with_a_reason(
    body: dict[str, Any], api_as: As, bob: User, made: dict[str, Any]
) -> None:
    assert post(api_as(bob), ENTRIES, 400, watchlist=made["id"], **body)["code"] == "bad_query"


def test_what_an_entry_accepts_is_told_before_it_is_saved(api_as: As, dora: User) -> None:
    told = post(api_as(dora), f"{LISTS}accepts/", pattern="B1A", alike=True)
    assert (set(told["alike"]), told["alike_count"]) == ({"8IA", "81A", "BIA"}, 3)
    near = post(api_as(dora), f"{LISTS}accepts/", pattern="AB12", near=True)["near"]
    assert {"?B12", "AB1?", "B12", "AB2"} <= set(near)


def test_a_dry_run_counts_past_sightings_under_conditions_and_is_written_down(
    api_as: As, bob: User, run: ProcessingRun, made: dict[str, Any]
) -> None:
    for number, plate in enumerate(("B99BNX", "899BNX", "CJ01ABC")):
        make_sighting(run, plate, at=float(number))
    client, entries = api_as(bob), [{"pattern": "B99BNX", "alike": True}]
    told = post(client, f"{LISTS}dry-run/", entries=entries)
    assert (told["count"], {row["plate"] for row in told["latest"]}) == (2, {"B99BNX", "899BNX"})
    assert post(client, f"{LISTS}dry-run/", entries=entries, from_time="01:00", to_time="02:00")["count"] == 0
    post(client, ENTRIES, 201, watchlist=made["id"], pattern="CJ*")
    assert post(client, f"{LISTS}dry-run/", watchlist=made["id"])["count"] == 1
    assert AuditEntry.objects.filter(action="watchlist.tried").count() == 3
    assert not Alert.objects.exists()


def test_an_alert_is_acknowledged_with_a_note_once_and_opened_again(
    api_as: As, bob: User, sighting: Sighting, made: dict[str, Any]
) -> None:
    client = api_as(bob)
    post(client, ENTRIES, 201, watchlist=made["id"], pattern=sighting.text)
    watch(Sighting.objects.all())
    alert = client.get(f"{ALERTS}?state=open").json()["results"][0]
    assert (alert["plate"], alert["sighting"]) == (sighting.text, sighting.pk)
    one = f"{ALERTS}{alert['id']}/"
    assert post(client, f"{one}acknowledge/", note="Called them")["acknowledged_by"] == "bob"
    assert post(client, f"{one}acknowledge/", 409)["code"] == "already_acknowledged"
    assert client.get(f"{ALERTS}?state=open").json()["results"] == []
    assert post(client, f"{one}reopen/")["state"] == "open"
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"alert.acknowledged", "alert.reopened"}


def test_csv_comes_in_with_a_word_on_every_row_and_goes_out_harmless(
    api_as: As, bob: User, made: dict[str, Any]
) -> None:
    client, url = api_as(bob), f"{LISTS}{made['id']}/csv/"
    text = (
        "\ufeffPlate;Lookalikes;One_wrong;Reason;Expires\r\n"
        "b 99 bnx;yes;no;=HYPERLINK(1);2026-12-31\r\n"
        "!!;;;;\r\n"
        "CJ*;no;yes;;\r\n"
        "CJ01ABC;;;;31.12.2026\r\n"
        "\r\n"
        "TM*;;;;\r\n"
        "B99BNX;no;no;again;\r\n"
    )
    rows = post(client, url, csv=text)
    assert [(row["row"], row["status"]) for row in rows] == [
        (2, "added"), (3, "bad"), (4, "bad"), (5, "bad"), (7, "added"), (8, "changed"),
    ]  # fmt: skip
    assert all(row["detail"] for row in rows if row["status"] == "bad")
    assert {entry.pattern for entry in WatchEntry.objects.all()} == {"B99BNX", "TM*"}
    client.patch(f"{ENTRIES}{WatchEntry.objects.get(pattern='TM*').pk}/", {"reason": "=1+1"}, format="json")
    out = client.get(url)
    assert out["Content-Type"].startswith("text/csv")
    assert "'=1+1" in out.content.decode()
    assert {row["status"] for row in post(client, url, csv=out.content.decode())} == {"unchanged"}


def test_a_file_without_a_column_of_plates_is_refused(api_as: As, bob: User, made: dict[str, Any]) -> None:
    assert post(api_as(bob), f"{LISTS}{made['id']}/csv/", 400, csv="number,why\nB99BNX,x\n")["code"] == "bad_query"


@pytest.mark.parametrize("address", ["", "csv/"])
def test_a_viewer_reads_and_changes_nothing(address: str, api_as: As, dora: User, made: dict[str, Any]) -> None:
    client, one = api_as(dora), f"{LISTS}{made['id']}/"
    assert client.get(f"{one}{address}").status_code == 200
    post(client, LISTS, 403, name="Mine")
    post(client, ENTRIES, 403, watchlist=made["id"], pattern="B99BNX")
    post(client, f"{one}csv/", 403, csv="plate\nB99BNX\n")
    assert client.patch(one, {"name": "x"}, format="json").status_code == 403
    assert client.delete(one).status_code == 403


def test_another_fleet_sees_none_of_it(api_as: As, charlie: User, sighting: Sighting, made: dict[str, Any]) -> None:
    client, one = api_as(charlie), f"{LISTS}{made['id']}/"
    assert client.get(one).status_code == 404
    assert client.get(f"{one}csv/").status_code == 404
    post(client, ENTRIES, 404, watchlist=made["id"], pattern="B99BNX")
    post(client, f"{LISTS}dry-run/", 404, watchlist=made["id"])
    assert post(client, f"{LISTS}dry-run/", entries=[{"pattern": sighting.text}])["count"] == 0
    assert client.get(LISTS).json()["results"] == []


def test_a_token_that_may_not_reveal_plates_sees_no_watchlist(api_as: As, bob: User) -> None:
    assert api_as(bob, ["sightings:read"]).get(LISTS).status_code == 403
    assert Watchlist.objects.count() == 0
