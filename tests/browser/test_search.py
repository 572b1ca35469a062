"""Searching in the browser: filters and the back button, every shape of the results, areas, saved searches, the map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SEEDED, Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def log(site: Site) -> None:
    """A made-up fleet to search in."""
    site.manage(*SEEDED, "--trips", "30", "--sightings", "900", "--seed", "3", "--fleet", "search", "--crops", "5")


@pytest.fixture(autouse=True)
def no_script_fails(script_errors: list[str]) -> None:
    """None may fail on any of these pages."""


def count(page: Page) -> int:
    """How many sightings the page says there are, once it is not busy."""
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    found = re.search(r"[\d,]+", page.locator(".results-count").inner_text())
    assert found
    return int(found[0].replace(",", ""))


def results_of(page: Page, address: str) -> int:
    page.goto(address)
    return count(page)


def drawn(page: Page, place: Locator, corners: list[tuple[float, float]]) -> None:
    """Click the corners, in shares of the map's sides, and finish."""
    box = place.bounding_box()
    assert box
    for x, y in corners:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.keyboard.press("Enter")


def test_filters_stand_in_the_address_and_the_back_button_takes_them_away(page: Page) -> None:
    page.goto("/search/")
    box = page.get_by_role("searchbox", name="Plate", exact=True)
    box.fill("*1*")
    expect(page.locator("#explanation")).to_contain_text("any number of characters")
    box.press("Enter")
    page.wait_for_url("**/search/?q=*")
    whole = count(page)
    page.get_by_role("group", name="Issued in").get_by_label("RO").check()
    page.wait_for_url("**region=ro*")
    expect(page.get_by_role("link", name="Remove the filter RO")).to_be_visible()
    narrowed = count(page)
    assert 0 < narrowed < whole
    page.reload()
    assert count(page) == narrowed
    page.go_back()
    expect(page.get_by_role("link", name="Remove the filter RO")).to_have_count(0)
    expect(page.get_by_role("group", name="Issued in").get_by_label("RO")).not_to_be_checked()
    assert "region" not in page.url
    assert count(page) == whole


def test_every_shape_is_of_the_same_set(page: Page) -> None:
    whole = results_of(page, "/search/?region=ro&view=list")
    for name, shown in (("Pictures", ".crop-grid"), ("Map", "#map canvas.places"), ("Over time", "svg.bars")):
        page.get_by_label("How the results are shown").get_by_role("link", name=name).click()
        expect(page.locator(shown)).to_be_visible()
        assert count(page) == whole
        assert "region=ro" in page.url
    page.get_by_text("As a table").click()
    cells = page.locator("table.plain tbody td:nth-child(3)").all_inner_texts()
    assert sum(int(cell) for cell in cells) == whole
    bar = page.locator("svg.bars a", has=page.locator("rect.bar:not([height='0.0'])")).first
    bar.focus()
    bar.press("Enter")
    page.wait_for_url("**from=*")
    assert count(page) == int(cells[0])


def test_an_area_drawn_on_the_map_is_a_filter(page: Page) -> None:
    whole = results_of(page, "/search/?view=map")
    expect(page.locator("#map-words")).to_contain_text("on the map")
    page.get_by_role("button", name="Draw an area", exact=True).click()
    drawn(page, page.locator("#map"), [(0.5, 0.05), (0.95, 0.05), (0.95, 0.95), (0.5, 0.95)])
    page.wait_for_url("**area=*")
    inside = count(page)
    assert 0 < inside < whole
    page.get_by_label("How the results are shown").get_by_role("link", name="List").click()
    expect(page.locator("#rows > li").first).to_be_visible()
    assert count(page) == inside
    page.get_by_role("link", name="Remove the filter an area on the map").click()
    page.wait_for_url(lambda url: "area" not in url)
    assert count(page) == whole


def test_a_search_is_saved_opened_deleted_and_brought_back(page: Page) -> None:
    results_of(page, "/search/?region=ro&view=list")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Name").fill("From Romania")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    link = page.locator("#saved").get_by_role("link", name="From Romania")
    expect(link).to_be_visible()
    page.goto("/search/")
    link.click()
    page.wait_for_url("**region=ro*")
    page.get_by_role("button", name="Delete From Romania").click()
    expect(link).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(link).to_be_visible()


def test_keys_go_through_the_results_and_open_one(page: Page) -> None:
    results_of(page, "/search/?view=list")
    links = page.locator("#rows a.stretch")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(links.nth(1)).to_be_focused()
    page.get_by_role("link", name="Show more").click()
    expect(page.locator("#rows > li")).to_have_count(100)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sightings/*/")


def test_a_pattern_from_the_advanced_fold_is_searched_for(page: Page) -> None:
    page.goto("/search/")
    page.get_by_text("Advanced: regular expression").click()
    page.get_by_label("The whole plate fits this pattern").fill("[A-Z]+1\\d+.*")
    page.get_by_role("button", name="Use it").click()
    page.wait_for_url("**/search/?q=%2F*")
    assert count(page) > 0
    expect(page.locator("#explanation")).to_contain_text("Plates that fit the pattern")


def test_the_map_page_lists_what_is_in_view_and_hands_an_area_to_the_search(page: Page) -> None:
    page.goto("/map/")
    expect(page.locator("#map-words")).to_contain_text("on the map")
    expect(page.locator("#list .sighting-row").first).to_be_visible()
    expect(page.locator("svg.brush")).to_be_visible()
    page.get_by_label("Heat").check()
    page.wait_for_url("**heat=1*")
    page.get_by_role("slider", name="From").press("ArrowRight")
    page.wait_for_url("**from=*")
    expect(page.locator("#brush-words")).to_contain_text("to")
    page.get_by_role("button", name="Draw an area").click()
    drawn(page, page.locator("#map"), [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)])
    page.wait_for_url("**/search/?*area=*")
    assert "from=" in page.url
    assert count(page) > 0
