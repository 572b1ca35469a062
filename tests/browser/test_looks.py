"""High contrast as a choice that lasts, and pages on paper."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NAME, Site

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("script_errors")]

COUNT = 60
MADE = f"""
import json
from sightings.models import Fleet
from tests.factories import NOON, make_run, make_sighting, make_trip, make_video
fleet = Fleet.objects.get(members__user__username={NAME!r})
trip = make_trip(fleet, name="A drive to be printed", started_at=NOON)
run = make_run(make_video(trip, started_at=NOON))
seen = [make_sighting(run, f"PR{{n:02}}INT", at=float(n)) for n in range({COUNT})]
print(json.dumps([trip.pk, seen[0].pk, seen[0].plate_id]))
"""


@pytest.fixture(scope="module")
def made(site: Site) -> list[str]:
    """The addresses of a trip, one of its sightings, and the plate of that."""
    keys = json.loads(site.manage("shell", "--verbosity", "0", "-c", MADE).splitlines()[-1])
    return [f"/{kind}/{key}/" for kind, key in zip(("trips", "sightings", "plates"), keys, strict=True)]


def to_paper(page: Page) -> None:
    """What the browser does before it prints."""
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


def test_high_contrast_is_chosen_once_and_stays(page: Page) -> None:
    page.get_by_role("button", name=f"Account of {NAME}").click()
    page.get_by_label("High contrast").check()
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    page.goto("/search/")
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    page.get_by_role("button", name=f"Account of {NAME}").click()
    page.get_by_label("High contrast").uncheck()
    expect(page.locator("html")).to_have_attribute("data-contrast", "normal")


def test_who_asks_the_system_for_more_contrast_gets_it(page: Page) -> None:
    page.emulate_media(contrast="more")
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")


def test_a_printed_trip_has_every_sighting(page: Page, made: list[str]) -> None:
    page.goto(made[0])
    expect(page.locator(".seen").first).to_be_visible()
    assert page.locator(".seen").count() < COUNT
    to_paper(page)
    expect(page.locator(".seen")).to_have_count(COUNT)


def test_paper_says_who_printed_what_and_has_no_navigation(page: Page, made: list[str]) -> None:
    for address in (*made, "/search/?q=PR*", "/search/?q=PR*&view=crops"):
        page.emulate_media(media="screen")
        page.goto(address)
        head = page.locator("#print-head")
        expect(head).to_be_hidden()
        to_paper(page)
        expect(head).to_contain_text(f"printed by {NAME}")
        expect(head).to_contain_text(address)
        for hidden in (".rail", ".topbar", "main .button"):
            assert not page.locator(hidden).locator("visible=true").count(), (address, hidden)
