"""A watchlist from the first letter to the acknowledged alert, which comes over the live line."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SEEDED, Site

pytestmark = pytest.mark.browser

SEEN = """
from sightings.models import Sighting
from sightings.services.alerting import watch
row = Sighting.objects.filter(fleet__slug="watching", plate__isnull=False).exclude(plate_raw__contains="?").first()
{act}
"""


@pytest.fixture(autouse=True)
def no_script_fails(script_errors: list[str]) -> None:
    """None may fail on any of these pages."""


def test_a_plate_is_watched_seen_and_acknowledged_by_keyboard(page: Page, site: Site, tmp_path: Path) -> None:
    site.manage(*SEEDED, "--trips", "2", "--sightings", "30", "--seed", "5", "--fleet", "watching", "--crops", "2")
    plate = site.manage("shell", "-v", "0", "-c", SEEN.format(act="print(row.text)"))
    page.goto("/watchlists/new/?fleet=watching")
    page.get_by_label("Name").fill("Stolen cars")
    page.get_by_role("button", name="Make the watchlist").click()
    page.wait_for_url("**/watchlists/*/")

    box = page.get_by_label("Plate; ? is any one character")
    box.fill("B0B1")
    page.get_by_label("Accept look-alikes").check()
    expect(page.locator("#accepted")).to_contain_text("more look-alikes")
    expect(page.locator("#accepted .plate").first).to_be_visible()
    page.get_by_label("Accept look-alikes").uncheck()

    box.fill(plate)
    page.get_by_role("button", name="Try on past sightings").click()
    expect(page.locator("#tried")).to_contain_text("There would have been")
    expect(page.locator("#tried").get_by_role("link").first).to_be_visible()
    page.get_by_label("Reason").fill("Since May")
    page.get_by_role("button", name="Add", exact=True).click()
    entry = page.locator("#entries > li")
    expect(entry).to_contain_text("Since May")
    page.get_by_role("button", name=f"Take {plate} off").click()
    expect(entry).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(entry).to_have_count(1)

    rows = tmp_path / "list.csv"
    rows.write_text("plate,reason\nZZ9*,from a file\n!!,nonsense\n")
    page.locator("#csv-file").set_input_files(rows)
    expect(page.locator("#csv-report")).to_contain_text("added: 1, not understood: 1")

    count = page.locator("#alert-count")
    before = int(count.text_content() or 0)
    site.manage("shell", "-v", "0", "-c", SEEN.format(act="watch(Sighting.objects.filter(pk=row.pk))"))
    expect(count).to_have_text(str(before + 1))
    expect(page.locator("#toasts")).to_contain_text(f"{plate} was seen: Stolen cars")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/alerts/?alert=*")
    row = page.locator("#alerts > li")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.keyboard.type("Called the owner")
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("data-state", "acknowledged")
    expect(row).to_contain_text("Called the owner")
    expect(count).to_have_text(str(before)) if before else expect(count).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(row).to_have_attribute("data-state", "open")
    expect(count).to_have_text(str(before + 1))
