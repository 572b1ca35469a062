"""The trips page: filters that stand in the URL, a calendar of driving, days of the list, lines for the map."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from sightings import selectors_trips
from sightings.models import Fleet, Track, Trip, User
from tests.factories import NOON, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]


@pytest.fixture
def week(northwind: Fleet) -> list[Trip]:
    """A trip a day, of two vehicles by turns; every third has positions."""
    vans = [make_vehicle(northwind, name) for name in ("Van A", "Van B")]
    trips = []
    for number in range(6):
        at = NOON + timedelta(days=number)
        trip = make_trip(northwind, name=f"Drive {number}", vehicle=vans[number % 2], started_at=at)
        video = make_video(trip, started_at=at, duration_s=1200.0)
        make_video(trip, started_at=at, duration_s=1200.0, camera="rear")
        if number % 3 == 0:
            points = [[0.0, 44.4, 26.1], [5.0, 44.5, 26.2]]
            Track.objects.create(video=video, source="gpx", points=points)
        trips.append(trip)
    return trips


def names(browser: Client, query: str) -> list[str]:
    groups = browser.get(f"/trips/?{query}").context["groups"]
    return [card["trip"].name for _, cards in groups for card in cards]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [5, 4, 3, 2, 1, 0]),
        ("from=2026-05-03", [5, 4, 3, 2]),
        ("to=2026-05-02", [1, 0]),
        ("from=2026-05-04&to=2026-05-04", [3]),
        ("gps=yes", [3, 0]),
        ("gps=no&to=2026-05-03", [2, 1]),
        ("state=failed", []),
    ],
)
def test_filters_narrow_the_list(page_as: PageAs, dora: User, week: list[Trip], query: str, numbers: list[int]) -> None:
    assert names(page_as(dora), query) == [f"Drive {number}" for number in numbers]


def test_a_vehicle_narrows_list_calendar_and_lines(page_as: PageAs, dora: User, week: list[Trip]) -> None:
    browser, query = page_as(dora), f"vehicle={week[1].vehicle_id}"
    assert names(browser, query) == ["Drive 5", "Drive 3", "Drive 1"]
    may = browser.get(f"/trips/?{query}").context["months"][-1]
    assert (may.trips, may.seconds) == (3, 3600.0)  # the rear camera drives no minutes of its own
    assert [line["id"] for line in browser.get(f"/trips/lines/?{query}").json()["features"]] == [week[3].pk]


def test_a_day_is_that_of_the_person_and_leads_to_its_trips(page_as: PageAs, dora: User, northwind: Fleet) -> None:
    late = NOON + timedelta(hours=10)  # 1 May in UTC, 2 May in Bucharest
    make_video(make_trip(northwind, name="Late", started_at=late), started_at=late, duration_s=1800.0)
    browser = page_as(dora)
    page = browser.get("/trips/")
    assert b'href="?from=2026-05-02&amp;to=2026-05-02"' in page.content
    assert page.context["groups"][0][0].day == date(2026, 5, 2)
    assert names(browser, "from=2026-05-02&to=2026-05-02") == ["Late"]
    assert names(browser, "to=2026-05-01") == []


def test_the_calendar_goes_back_a_year(page_as: PageAs, dora: User, northwind: Fleet) -> None:
    for days in (0, 500):
        at = NOON - timedelta(days=days)
        make_video(make_trip(northwind, started_at=at), started_at=at)
    browser = page_as(dora)
    now = browser.get("/trips/").context
    assert (now["earlier"], now["later"]) == (date(2025, 5, 31), None)
    before = browser.get("/trips/?until=2025-05-31").context
    assert (before["months"][-1].first, before["earlier"]) == (date(2025, 5, 1), None)
    assert before["later"] >= date(2026, 5, 1)


@pytest.mark.parametrize("query", ["from=2026-13-01", "gps=perhaps", "state=lost", "vehicle=x"])
def test_what_cannot_be_understood_is_said_so(page_as: PageAs, dora: User, week: list[Trip], query: str) -> None:
    assert page_as(dora).get(f"/trips/?{query}").status_code == 400


def test_another_fleet_sees_an_empty_page(page_as: PageAs, charlie: User, week: list[Trip]) -> None:
    assert b"No trips yet" in page_as(charlie).get("/trips/").content
    assert page_as(charlie).get("/trips/lines/").json()["features"] == []


def test_the_queries_of_the_page_do_not_grow_with_the_trips(
    page_as: PageAs,
    dora: User,
    week: list[Trip],
    northwind: Fleet,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    browser = page_as(dora)
    browser.get("/trips/")
    with django_assert_max_num_queries(28):  # type: ignore[attr-defined]
        browser.get("/trips/")


def test_shades_grow_with_the_minutes() -> None:
    shades = [selectors_trips.Day(date(2026, 5, 1), 1, 60.0 * minutes).shade for minutes in (5, 15, 50, 200)]
    assert shades == [1, 2, 3, 4]
    assert selectors_trips.Day(date(2026, 5, 1), 0, 0.0).shade == 0
