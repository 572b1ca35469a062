"""A stranger gets a token for a program without the shell, tries it, and takes it back."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SEEDED, Site

pytestmark = pytest.mark.browser


def scopes(site: Site, secret: str) -> list[str]:
    asked = urllib.request.Request(f"{site.url}/api/v1/me/", headers={"Authorization": f"Token {secret}"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return list(json.load(answer)["scopes"])


def test_a_token_is_made_copied_used_and_revoked(page: Page, site: Site, script_errors: list[str]) -> None:
    page.get_by_role("button", name="Account of admin").click()
    page.get_by_role("link", name="API tokens").click()
    page.get_by_label("What it is for").fill("Gate")
    page.get_by_label("Export").check()
    page.get_by_role("button", name="Make the token").click()
    box = page.get_by_label("Token", exact=True)
    expect(box).to_be_visible()
    secret = box.input_value()
    assert scopes(site, secret) == ["export", "plates:reveal", "sightings:read"]
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Cop")
    page.get_by_role("link", name="I have it").click()
    expect(page.locator("body")).not_to_contain_text(secret)
    page.get_by_role("listitem").filter(has_text="Gate").get_by_role("button", name="Revoke").click()
    page.locator("#revoke-dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    with pytest.raises(HTTPError, match="401"):
        scopes(site, secret)


def test_what_was_found_is_downloaded(page: Page, site: Site, script_errors: list[str], tmp_path: Path) -> None:
    site.manage(*SEEDED, "--trips", "2", "--sightings", "30", "--seed", "6", "--fleet", "files", "--crops", "2")
    page.goto("/search/?view=list")
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as told:
        page.get_by_role("link", name="GPX way points").click()
    assert told.value.suggested_filename == "sightings.gpx"
    told.value.save_as(tmp_path / "sightings.gpx")
    assert (tmp_path / "sightings.gpx").read_text("utf8").count("<wpt") > 10
