"""A page that is closed in the middle of an upload, and opened again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.wire import Wire

pytestmark = pytest.mark.browser

SLOW = 200_000  # bytes/s


def test_the_same_file_goes_on_where_it_had_stopped(page: Page, wire: Wire, tmp_path: Path) -> None:
    large = tmp_path / "large.gpx"
    large.write_text("<gpx>" + " " * 3_000_000 + "</gpx>")
    offsets: list[int] = []
    page.goto("/upload/")
    wire.bytes_per_s = SLOW
    page.set_input_files("#file-input", large)
    wire.cut_after(1_000_000)
    page.once("dialog", lambda dialog: dialog.accept())  # leaving warns while bytes are moving
    page.goto("about:blank")
    wire.mend()
    page.goto("/upload/")
    row = page.locator(".upload-row", has_text="large.gpx")
    expect(row.locator(".upload-state")).to_contain_text("Choose the same file again")
    page.on(
        "request",
        lambda request: offsets.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else None,
    )
    wire.bytes_per_s = None
    page.set_input_files("#file-input", large)
    expect(row).to_have_count(1)  # the row that waited is the one that goes on
    expect(row).to_have_attribute("data-state", "failed")  # it holds no positions; but all of it has arrived
    assert offsets
    assert min(offsets) > 0
