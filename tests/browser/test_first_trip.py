"""The main job, once through in a browser: a trip goes in, plates come out, a person corrects one."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from recognition.training.synth.drive import DrawnDrive
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser

SLOW = 150_000  # bytes/s
WATCH = """() => {
  window.stayed = true;
  window.stages = [];
  const note = () => document.querySelectorAll('#jobs-drawer [data-field=stage]').forEach((e) => window.stages.push(e.textContent));
  new MutationObserver(note).observe(document.getElementById('jobs-drawer'), {subtree: true, childList: true, characterData: true});
}"""  # noqa: E501


def row_of(page: Page, name: str) -> Locator:
    return page.locator(".upload-row", has=page.locator(".upload-name b", has_text=name))


def test_a_trip_goes_in_and_its_plates_come_out(
    page: Page, wire: Wire, drive: DrawnDrive, site: Any, script_errors: list[str]
) -> None:
    page.goto("/upload/")
    page.evaluate(WATCH)
    send_with_a_break(page, wire, drive)
    watch_it_being_read(page)
    plate = look_at_the_trip(page, drive)
    address = find_it(page, plate)
    correct_it(page, address, plate)
    read_back(site, address, plate)


def send_with_a_break(page: Page, wire: Wire, drive: DrawnDrive) -> None:
    """The connection goes away in the middle of the video, comes back, and no byte is sent twice."""
    offsets: list[int] = []
    page.on("request", lambda request: _note_offset(request, offsets))
    wire.bytes_per_s = SLOW
    page.set_input_files("#file-input", [drive.video, drive.gpx])
    row = row_of(page, "drive.mp4")
    wire.cut_after(drive.video.stat().st_size // 2)
    expect(row.locator(".upload-state")).to_contain_text("goes on by itself")
    wire.mend()
    expect(row.locator(".upload-state")).to_contain_text("Resumed")
    wire.bytes_per_s = None
    expect(row).to_have_attribute("data-state", "done")
    expect(row_of(page, "drive.gpx")).to_contain_text("Laid over drive.mp4")
    expect(row).to_contain_text("positions from drive.gpx")
    assert 0 in offsets
    assert max(offsets) > 0, "the upload began anew instead of going on where it had stopped"


def _note_offset(request: Request, offsets: list[int]) -> None:
    if request.method == "PATCH" and "/api/v1/uploads/" in request.url:
        offsets.append(int(request.headers.get("upload-offset", "-1")))


def watch_it_being_read(page: Page) -> None:
    """Progress arrives over the websocket, on the page that stays open."""
    row = row_of(page, "drive.mp4")
    page.wait_for_function("() => window.stages.some((words) => /Reading plates, \\d+ %/.test(words))")
    expect(page.locator("#jobs-ring")).to_be_hidden()
    assert page.evaluate("window.stayed") is True
    row.get_by_role("link", name="Open trip").click()


def look_at_the_trip(page: Page, drive: DrawnDrive) -> str:
    """Sightings on list and map, and a click that moves the video; returns a plate that was read right."""
    page.wait_for_selector(".seen")
    expect(page.locator(".trip-head .tag").first).to_have_text("Read")
    read = [str(chip.get_attribute("data-copy")) for chip in page.locator("#list .plate").all()]
    drawn = [plate.text for plate in drive.plates]
    right = [plate for plate in drawn if plate in read]
    assert len(right) >= 0.8 * len(drawn), (drawn, read)
    expect(page.locator("#map .pin")).to_have_count(len(read))
    seen = page.locator(".seen", has=page.locator(f'[data-copy="{right[-1]}"]'))
    seen.locator(".seen-time").click()
    expect(seen).to_have_class(re.compile(r"\bnow\b"))
    page.wait_for_function("() => document.querySelector('#stage video.on').readyState >= 2")
    at = page.evaluate("document.querySelector('#stage video.on').currentTime")
    truth = next(plate for plate in drive.plates if plate.text == right[-1])
    assert truth.first_legible - 2.0 <= at <= truth.last_legible + 2.0
    expect(page.locator("#in-picture .lit")).to_have_count(1)
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(seen).to_have_class(re.compile(r"\bnow\b"))
    return right[-1]


def find_it(page: Page, plate: str) -> str:
    """`/` goes to the search box from anywhere; ? stands for a character that is not known."""
    page.keyboard.press("/")
    page.keyboard.type(f"{plate[:2]}?{plate[3:]}")
    page.keyboard.press("Enter")
    row = page.locator("#rows .sighting-row", has=page.locator(f'[data-copy="{plate}"]')).first
    expect(row.locator(".why")).to_contain_text("fits")
    return str(row.locator("a[href^='/sightings/']").get_attribute("href"))


def other(plate: str) -> str:
    return plate[:-1] + ("7" if plate[-1] != "7" else "8")


def correct_it(page: Page, address: str, plate: str) -> None:
    page.goto(address)
    page.keyboard.press("c")
    page.keyboard.type(other(plate))
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text(f"Corrected to {other(plate)}")
    expect(page.locator(".hero-read .plate")).to_have_attribute("data-copy", other(plate))
    expect(page.locator("#history")).to_contain_text(f"corrected {plate} to {other(plate)}")


def read_back(site: Any, address: str, plate: str) -> None:
    """Over the API, with a token made on the command line: the person's word beside the machine's."""
    token = site.manage("create_token", "--user", "admin")
    request = urllib.request.Request(
        f"{site.url}/api/v1{address}", headers={"Authorization": f"Token {token}", "Accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        sighting = json.load(answer)
    assert sighting["plate"] == sighting["plate_corrected"] == other(plate)
    assert sighting["plate_raw"] == plate
    assert sighting["review_state"] == "corrected"
