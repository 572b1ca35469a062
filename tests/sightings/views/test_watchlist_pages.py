"""The pages of watchlists and alerts, for those who may change them and those who may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sightings.models import Alert, AuditEntry, Fleet, Sighting, User, Vehicle, Watchlist
from sightings.services.alerting import watch
from sightings.services.watchlists import add_entry, create_watchlist

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]
FORM = {
    "name": "Stolen",
    "active": "on",
    "emails": "a@example.com, b@example.com",
    "from_time": "22:00",
    "to_time": "06:00",
    "weekdays": ["4", "5"],
    "area": "26.0,44.0;27.0,44.0;27.0,45.0",
}


@pytest.fixture
def watchlist(northwind: Fleet, bob: User, sighting: Sighting) -> Watchlist:
    made = create_watchlist(user=bob, fleet=northwind, values={"name": "Stolen"})
    add_entry(watchlist=made, user=bob, pattern=sighting.text, reason="<b>Since May</b>")
    watch(Sighting.objects.all())
    return made


def test_an_empty_fleet_is_told_what_a_watchlist_is_for(bob: User, page_as: PageAs) -> None:
    body = page_as(bob).get("/watchlists/").content.decode()
    assert "No watchlist yet" in body
    assert "E-mail is off" in body


def test_a_watchlist_is_made_and_changed_by_its_form(bob: User, sighting: Sighting, page_as: PageAs) -> None:
    vehicle, client = Vehicle.objects.get(), page_as(bob)
    answer = client.post("/watchlists/new/", {**FORM, "vehicles": [str(vehicle.pk)]})
    made = Watchlist.objects.get()
    assert answer["Location"] == f"/watchlists/{made.pk}/"
    assert (made.emails, made.weekdays, len(made.area)) == (["a@example.com", "b@example.com"], [4, 5], 3)
    assert list(made.vehicles.all()) == [vehicle]
    page = client.get(f"/watchlists/{made.pk}/").content.decode()
    assert 'value="22:00"' in page
    client.post(f"/watchlists/{made.pk}/", {"name": "Gone"})
    made.refresh_from_db()
    assert (made.name, made.active, made.from_time, made.area) == ("Gone", False, None, [])


@pytest.mark.parametrize("wrong", [{"emails": "nobody"}, {"time_zone": "Mars/Olympus"}, {"area": "1,2"}, {"name": " "}])
def test_a_slip_in_the_form_is_named_and_nothing_is_made(wrong: dict[str, str], bob: User, page_as: PageAs) -> None:
    answer = page_as(bob).post("/watchlists/new/", {**FORM, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Watchlist.objects.exists()


def test_a_watchlist_is_deleted_and_brought_back(bob: User, watchlist: Watchlist, page_as: PageAs) -> None:
    client = page_as(bob)
    after = client.post(f"/watchlists/{watchlist.pk}/delete/")
    assert client.get(f"/watchlists/{watchlist.pk}/").status_code == 404
    assert "No open alerts" in client.get("/alerts/").content.decode()
    restore = f"/watchlists/{watchlist.pk}/restore/"
    assert restore in client.get(after["Location"]).content.decode()
    client.post(restore)
    assert client.get(f"/watchlists/{watchlist.pk}/").status_code == 200


def test_the_inbox_shows_open_alerts_and_the_rail_their_number(
    bob: User, watchlist: Watchlist, sighting: Sighting, page_as: PageAs
) -> None:
    client = page_as(bob)
    body = client.get("/alerts/").content.decode()
    assert f"/sightings/{sighting.pk}/" in body
    assert "&lt;b&gt;Since May" in body
    assert 'data-count="1"' in body
    assert AuditEntry.objects.filter(action="alerts.viewed", user=bob).exists()
    alert = Alert.objects.get()
    client.post(f"/alerts/{alert.pk}/acknowledge/", {"note": "Called them", "next": "/alerts/?state=open"})
    assert "No open alerts" in client.get("/alerts/").content.decode()
    assert "Called them" in client.get("/alerts/?state=acknowledged").content.decode()
    client.post(f"/alerts/{alert.pk}/acknowledge/", {"reopen": "1"})
    assert Alert.objects.get().state == "open"


@pytest.mark.parametrize(
    "query", ["?state=nonsense", "?watchlist=x", "?alert=999999999999999999999", "?page=9", "?watchlist=²"]
)
def test_an_address_that_makes_no_sense_breaks_nothing(query: str, bob: User, page_as: PageAs) -> None:
    assert page_as(bob).get(f"/alerts/{query}").status_code == 200


def test_a_viewer_sees_and_changes_nothing(dora: User, watchlist: Watchlist, page_as: PageAs) -> None:
    client = page_as(dora)
    page = client.get(f"/watchlists/{watchlist.pk}/")
    assert page.status_code == 200
    assert "A reviewer of the fleet can." in page.content.decode()
    assert client.get("/watchlists/new/").status_code == 403
    client.post(f"/watchlists/{watchlist.pk}/", FORM)
    client.post(f"/watchlists/{watchlist.pk}/delete/")
    client.post(f"/alerts/{Alert.objects.get().pk}/acknowledge/")
    watchlist.refresh_from_db()
    assert (watchlist.emails, watchlist.deleted_at, Alert.objects.get().state) == ([], None, "open")


def test_a_stranger_finds_none_of_it(charlie: User, watchlist: Watchlist, page_as: PageAs) -> None:
    client = page_as(charlie)
    assert client.get(f"/watchlists/{watchlist.pk}/").status_code == 404
    assert client.post(f"/watchlists/{watchlist.pk}/restore/").status_code == 404
    assert client.post(f"/alerts/{Alert.objects.get().pk}/acknowledge/").status_code == 404
    assert "No open alerts" in client.get("/alerts/").content.decode()
