"""Real dashcam drives, kept out of all training, through the same page that a person uses."""

from __future__ import annotations

import collections
import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

SHARED = Path(__file__).resolve().parents[3] / "shared"
TOOL = SHARED / "tools" / "make_trip.py"
OFTEN = 5  # frames in which a plate is clear; what is seen so often ought to be in the log

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not TOOL.exists(), reason=f"the recorded drives are not here: no {TOOL}"),
    pytest.mark.usefixtures("script_errors"),
]


@pytest.mark.parametrize("drive", ["dayride_type1_002", "nightride_type3_001"])
def test_a_recorded_drive_goes_in_and_its_plates_come_out(page: Page, tmp_path: Path, drive: str) -> None:
    subprocess.run([sys.executable, str(TOOL), str(tmp_path), "--drive", drive], check=True, capture_output=True)
    page.goto("/upload/")
    page.set_input_files("#file-input", [tmp_path / f"{drive}.mp4", tmp_path / f"{drive}.gpx"])
    row = page.locator(".upload-row", has=page.locator(".upload-name b", has_text=f"{drive}.mp4"))
    expect(row).to_contain_text("positions from")
    row.get_by_role("link", name="Open trip").click()
    expect(page.locator(".trip-head .tag").first).to_have_text("Read")
    page.reload()
    page.wait_for_selector(".seen .plate")
    read = {chip.get_attribute("data-copy") for chip in page.locator("#list .plate").all()}
    often = plates_seen_often(tmp_path / f"{drive}.truth.jsonl")
    found = often & read
    assert len(found) >= 0.5 * len(often), (often, read)
    expect(page.locator("#map .pin").first).to_be_visible()


def plates_seen_often(truth: Path) -> set[str | None]:
    frames = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
    clear = [plate["text"] for frame in frames for plate in frame["plates"] if plate.get("quality") == "clear"]
    return {text for text, count in collections.Counter(clear).items() if count >= OFTEN}
