"""Every page answers, to those who may see it and to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sightings.models import AuditEntry, ProcessingRun, Sighting, Trip, User
from tests.factories import make_sighting

PageAs = Callable[[User], Client]
OPEN = ["/", "/trips/", "/upload/", "/search/", "/search/?q=B99*", "/search/?doubtful=true"]


@pytest.mark.parametrize("address", OPEN)
def test_a_stranger_is_sent_to_log_in(client: Client, db: None, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("address", OPEN)
def test_every_role_gets_the_pages(page_as: PageAs, dora: User, sighting: Sighting, address: str) -> None:
    answer = page_as(dora).get(address)
    assert answer.status_code == 200
    assert b"Platelog" in answer.content


@pytest.mark.parametrize("kind", ["trips", "sightings", "plates"])
def test_what_belongs_to_another_fleet_is_not_there(
    page_as: PageAs, alice: User, charlie: User, sighting: Sighting, kind: str
) -> None:
    pk = {"trips": sighting.trip_id, "sightings": sighting.pk, "plates": sighting.plate_id}[kind]
    assert page_as(alice).get(f"/{kind}/{pk}/").status_code == 200
    assert page_as(charlie).get(f"/{kind}/{pk}/").status_code == 404


def test_a_person_without_a_fleet_is_told_who_can_help(page_as: PageAs, db: None) -> None:
    answer = page_as(User.objects.create_user("newcomer")).get("/")
    assert answer.status_code == 403
    assert b"A manager can add you" in answer.content


def test_an_empty_fleet_sees_a_drop_zone(page_as: PageAs, alice: User) -> None:
    assert b'id="dropzone"' in page_as(alice).get("/").content


def test_a_viewer_is_not_offered_what_the_service_would_refuse(page_as: PageAs, dora: User, sighting: Sighting) -> None:
    browser = page_as(dora)
    assert b'id="dropzone"' not in browser.get("/upload/").content
    assert b'value="correct"' not in browser.get(f"/sightings/{sighting.pk}/").content


def test_times_are_those_of_the_fleet(page_as: PageAs, alice: User, sighting: Sighting) -> None:
    assert b"15:00:00 EEST" in page_as(alice).get(f"/sightings/{sighting.pk}/").content  # noon UTC, in Bucharest


def test_looking_is_written_to_the_audit(page_as: PageAs, alice: User, sighting: Sighting) -> None:
    browser = page_as(alice)
    for address in (f"/trips/{sighting.trip_id}/", f"/sightings/{sighting.pk}/", f"/plates/{sighting.plate_id}/"):
        browser.get(address)
    browser.get("/search/?q=B99BNX")
    seen = set(AuditEntry.objects.filter(user=alice).values_list("action", flat=True))
    assert {"trip.viewed", "sighting.viewed", "plate.viewed", "plates.searched"} <= seen


def test_the_trip_page_carries_sightings_in_the_order_of_time(
    page_as: PageAs, alice: User, run: ProcessingRun, trip: Trip
) -> None:
    make_sighting(run, "B02BBB", at=30.0)
    make_sighting(run, "B01AAA", at=5.0)
    data = page_as(alice).get(f"/trips/{trip.pk}/data/").json()
    assert data["sightings"]["plate"] == ["B01AAA", "B02BBB"]


def test_the_player_is_told_where_plates_are_in_each_frame(
    page_as: PageAs, alice: User, charlie: User, run: ProcessingRun
) -> None:
    sighting = make_sighting(run, "B01AAA", at=5.0)
    address = f"/videos/{run.video_id}/boxes/"
    assert page_as(alice).get(address).json() == {str(sighting.pk): [[7.0, 100, 200, 180, 220]]}
    assert page_as(charlie).get(address).status_code == 404


def test_looking_by_script_is_noted_too(page_as: PageAs, alice: User, sighting: Sighting) -> None:
    browser = page_as(alice)
    for _ in range(3):
        browser.get(f"/trips/{sighting.trip_id}/data/")
    assert AuditEntry.objects.filter(user=alice, action="trip.viewed").count() == 1


def test_an_address_that_is_none_gets_a_page_in_our_look(page_as: PageAs, alice: User) -> None:
    answer = page_as(alice).get("/no-such-page/")
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content


def test_a_wrong_password_is_answered_kindly(client: Client, alice: User) -> None:
    answer = client.post("/login/", {"username": "alice", "password": "wrong"})
    assert b"do not belong together" in answer.content
