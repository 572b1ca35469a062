"""What a watchlist told of is marked wherever it is listed; and a search becomes a watchlist."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sightings.models import Fleet, Sighting, User, WatchEntry
from sightings.services.alerting import watch
from sightings.services.watchlists import add_entry, create_watchlist, delete_watchlist

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]
CHIP = "#watched"  # the shape of its icon


@pytest.fixture
def alerted(northwind: Fleet, bob: User, sighting: Sighting) -> Sighting:
    made = create_watchlist(user=bob, fleet=northwind, values={"name": "Stolen"})
    add_entry(watchlist=made, user=bob, pattern=sighting.text)
    watch(Sighting.objects.all())
    return sighting


def pages_of(sighting: Sighting) -> list[str]:
    listed = ["/search/?view=list", "/search/?view=crops", f"/plates/{sighting.plate_id}/"]
    return [*listed, f"/sightings/{sighting.pk}/"]


def marks(client: Client, address: str) -> int:
    page = client.get(address).content.decode()
    return page[page.index("<main") :].count(f'{CHIP}"/></svg>Watched')


def test_it_is_marked_on_every_page_that_lists_it(page_as: PageAs, dora: User, alerted: Sighting) -> None:
    page = page_as(dora)
    assert [marks(page, address) for address in pages_of(alerted)] == [1, 1, 1, 1]
    assert page.get(f"/trips/{alerted.trip_id}/data/").json()["sightings"]["watched"] == [True]


def test_what_no_watchlist_told_of_is_not(page_as: PageAs, dora: User, sighting: Sighting) -> None:
    page = page_as(dora)
    assert [marks(page, address) for address in pages_of(sighting)] == [0, 0, 0, 0]
    assert page.get(f"/trips/{sighting.trip_id}/data/").json()["sightings"]["watched"] == [False]


def test_a_deleted_watchlist_marks_nothing(page_as: PageAs, bob: User, alerted: Sighting) -> None:
    delete_watchlist(watchlist=alerted.alerts.get().watchlist, user=bob)
    assert not any(marks(page_as(bob), address) for address in pages_of(alerted))


@pytest.mark.parametrize(
    ("query", "entry"),
    [
        ("q=B99*", "pattern=B99%2A"),
        ("q=B?9BNX", "pattern=B%3F9BNX"),
        ("q=%3DB99BNX", "pattern=B99BNX"),
        ("q=B99BNX", "pattern=B99BNX&amp;near=1"),
        ("q=~B99BNX", "pattern=B99BNX&amp;alike=1"),
        ("q=~~B99BNX", None),
        ("q=/B.*/", None),
        ("q=B99*&doubtful=true", None),  # a watchlist knows no such filter
        ("view=list", None),
    ],
)
def test_a_plain_search_can_be_watched(
    page_as: PageAs, bob: User, sighting: Sighting, query: str, entry: str | None
) -> None:
    page = page_as(bob).get(f"/search/?{query}").content.decode()
    assert (f'href="/watchlists/new/?{entry}"' in page) if entry else ("/watchlists/new/?" not in page)


def test_who_may_only_look_is_not_offered_to_watch(page_as: PageAs, dora: User, sighting: Sighting) -> None:
    assert "/watchlists/new/?" not in page_as(dora).get("/search/?q=B99*").content.decode()


def test_the_new_watchlist_begins_with_what_was_searched_for(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    page = page_as(bob)
    form = page.get("/watchlists/new/?pattern=B99BNX&near=1").content.decode()
    assert '<input type="hidden" name="pattern" value="B99BNX">' in form
    page.post("/watchlists/new/", {"name": "Stolen", "active": "on", "pattern": "B99BNX", "near": "1"})
    entry = WatchEntry.objects.get()
    assert (entry.pattern, entry.alike, entry.near, entry.watchlist.name) == ("B99BNX", False, True, "Stolen")


def test_a_pattern_that_cannot_be_watched_makes_nothing(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    answer = page_as(bob).post("/watchlists/new/", {"name": "Stolen", "active": "on", "pattern": "/B.*/"})
    assert answer.status_code == 422
    assert not WatchEntry.objects.exists()
