"""The pages' scripts speak the language that a person chose."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def choose(page: Page, language: str) -> None:
    page.locator("[popovertarget=account-menu]").click()
    with page.expect_navigation():  # until the scripts are there
        page.locator(f"#account-menu button[value={language}]").click()


def test_scripts_and_the_sites_own_sentences_follow_the_chosen_language(page: Page, script_errors: list[str]) -> None:
    page.goto("/search/")
    choose(page, "de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    box, words = page.locator("#search-box"), page.locator("#explanation")
    box.fill("B99*")
    expect(words).to_have_text("Kennzeichen, die mit B99 beginnen.")  # from the site
    box.fill("")
    expect(words).to_have_text("Geben Sie ein Kennzeichen oder einen Teil davon ein.")  # from the script
    assert (
        page.evaluate("ngettext('%(count)s trip paused', '%(count)s trips paused', 2)")
        == "%(count)s Fahrten angehalten"
    )
    choose(page, "en")
    box.fill("B99*")
    expect(words).to_have_text("Plates that begin with B99.")
    box.fill("")
    expect(words).to_have_text("Type a plate, or a part of it.")


def test_numbers_and_dates_of_scripts_are_written_as_the_language_writes_them(page: Page) -> None:
    page.goto("/search/")
    values = "[dom.number(2.5, 1), dom.left(9000), dom.when(0, {dateStyle: 'medium'})]"
    written = f"import('/static/js/dom.js').then((dom) => {values})"
    assert page.evaluate(written) == ["2.5", "2.5 h left", "1 Jan 1970"]
    choose(page, "de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.evaluate(written) == ["2,5", "noch 2,5 h", "01.01.1970"]
