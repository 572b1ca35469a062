"""The trips page in a browser: days by keyboard, filters in the URL, and the map of what was filmed."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NAME, Site

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("script_errors")]

MADE = f"""
import json
from datetime import timedelta
from sightings.models import Fleet, Track
from sightings.services.coverage import cell_at, cover
from tests.factories import NOON, make_run, make_sighting, make_trip, make_vehicle, make_video
fleet = Fleet.objects.get(members__user__username={NAME!r})
van = make_vehicle(fleet, "Van of the calendar")
for number in range(3):
    at = NOON - timedelta(days=30 + number)
    trip = make_trip(fleet, name=f"Calendar {{number}}", vehicle=van, started_at=at, distance_m=1200.0)
    video = make_video(trip, started_at=at, duration_s=1800.0)
    points = [[second * 5.0, 44.43 + second * 0.0005, 26.10] for second in range(60)]
    Track.objects.create(video=video, source="gpx", points=points, distance_m=1200.0)
    make_sighting(make_run(video), f"B0{{number}}CAL", lat=44.43, lon=26.10, h3_r9=cell_at(44.43, 26.10, 9), seen_at=at)
    cover(video)
print(json.dumps(van.pk))
"""
WIDE = "() => document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def vehicle(site: Site) -> int:
    return int(json.loads(site.manage("shell", "--verbosity", "0", "-c", MADE).splitlines()[-1]))


def test_a_day_is_chosen_by_keyboard_and_stands_in_the_url(page: Page, vehicle: int) -> None:
    page.goto(f"/trips/?vehicle={vehicle}")
    expect(page.locator(".trip-row-name a")).to_have_text(["Calendar 0", "Calendar 1", "Calendar 2"])
    page.locator("#calendar a[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#calendar a:focus")).to_have_attribute(
        "aria-label", re.compile("31 March 2026: 1 trip, 30 min")
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**from=2026-03-31&to=2026-03-31")
    expect(page.locator(".trip-row-name a")).to_have_text(["Calendar 1"])
    expect(page.get_by_label("From")).to_have_value("2026-03-31")
    expect(page.get_by_label("Vehicle")).to_have_value(str(vehicle))
    page.get_by_role("link", name="Clear").click()
    page.wait_for_url("**/trips/")


def test_nothing_found_says_what_to_do(page: Page, vehicle: int) -> None:
    page.goto(f"/trips/?vehicle={vehicle}&from=2020-01-01&to=2020-01-02")
    expect(page.get_by_text("No trip fits")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator(".trip-row-name a").first).to_be_visible()


def test_a_hexagon_tells_which_trips_filmed_it_and_what_was_seen_there(page: Page, vehicle: int) -> None:
    page.goto(f"/trips/?vehicle={vehicle}")
    page.get_by_text("Map: lines of these trips").click()
    page.get_by_text("The same as a table").click()
    rows = page.locator("#coverage-rows tr")
    expect(rows.first).to_be_visible()
    seen = rows.filter(has=page.locator("td:nth-child(5)", has_text=re.compile("^3$")))
    seen.get_by_role("button").click()
    cell = page.locator("#coverage-cell")
    expect(cell.get_by_role("link", name="Calendar 2")).to_be_visible()
    expect(cell.get_by_role("link", name="B01CAL")).to_be_visible()
    page.get_by_label("shaded by").select_option("quality")
    expect(page.locator("#coverage-legend")).to_contain_text("85 % or more")
    page.get_by_label("roads filmed").uncheck()
    expect(page.locator("#coverage-legend")).to_be_hidden()


def test_a_click_on_the_map_does_the_same(page: Page, vehicle: int) -> None:
    page.goto(f"/trips/?vehicle={vehicle}")
    page.get_by_text("Map: lines of these trips").click()
    page.get_by_label("lines of the listed trips").uncheck()
    expect(page.locator("#coverage-rows tr").first).to_be_attached()
    view = page.locator("#map").bounding_box()
    assert view is not None
    page.mouse.click(view["x"] + view["width"] / 2, view["y"] + view["height"] / 2)
    expect(page.locator("#coverage-cell")).to_contain_text("Trips that filmed it (3)")


def test_a_phone_shows_it_without_scrolling_sideways(page: Page, vehicle: int) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/trips/?vehicle={vehicle}")
    page.get_by_text("Map: lines of these trips").click()
    assert page.evaluate(WIDE) <= 390
