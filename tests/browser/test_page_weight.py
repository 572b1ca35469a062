"""How much a first visit fetches, pictures and videos aside: bytes as they come over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DEMO_PASSWORD, SEEDED, Site

pytestmark = pytest.mark.browser

MOST, MOST_TRIP = 150_000, 180_000
LEFT_OUT = ("Image", "Media")
LONGEST = """
from django.db.models import Count
from sightings.models import Trip
print(Trip.objects.filter(fleet__slug="long").annotate(n=Count("sightings")).order_by("-n")[0].pk)
"""


@pytest.fixture(scope="module")
def drawn(site: Site) -> Site:
    """A fleet of 200 trips, and one with a trip of 1,600 sightings."""
    for fleet, trips, sightings in (("wide", "200", "4000"), ("long", "1", "1600")):
        site.manage(
            *SEEDED, "--fleet", fleet, "--trips", trips, "--sightings", sightings, "--crops", "20",
            "--without-reads", "--password", DEMO_PASSWORD,
        )  # fmt: skip
    return site


@pytest.fixture
def page(chromium: Browser, drawn: Site) -> Page:
    page = chromium.new_context(base_url=drawn.url).new_page()
    page.goto("/login/")
    page.get_by_label("User name").fill("demo-manager")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def fetched(page: Page, address: str) -> dict[str, int]:
    """Bytes by address, headers included, of a browser that has nothing in its cache."""
    kinds: dict[str, tuple[str, str]] = {}
    sizes: dict[str, int] = {}

    def begun(event: Any) -> None:
        kinds[event["requestId"]] = (event["type"], event["response"]["url"])

    def ended(event: Any) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    wire = page.context.new_cdp_session(page)
    wire.on("Network.responseReceived", begun)
    wire.on("Network.loadingFinished", ended)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(address, wait_until="networkidle")
    wanted = {key: url for key, (kind, url) in kinds.items() if kind not in LEFT_OUT and key in sizes}
    found: dict[str, int] = {}
    for key, url in wanted.items():
        found[url] = found.get(url, 0) + sizes[key]
    return found


def told(found: dict[str, int]) -> str:
    return json.dumps(dict(sorted(found.items(), key=lambda one: -one[1])), indent=1)


def test_the_first_page_of_a_large_fleet_is_light(page: Page) -> None:
    found = fetched(page, "/")
    assert len(found) > 10
    assert sum(found.values()) < MOST, told(found)


def test_a_trip_with_many_sightings_is_light_too(page: Page, drawn: Site) -> None:
    trip = drawn.manage("shell", "--verbosity", "0", "-c", LONGEST).splitlines()[-1]
    found = fetched(page, f"/trips/{trip}/")
    assert page.locator(".seen").count() > 5
    assert sum(found.values()) < MOST_TRIP, told(found)
