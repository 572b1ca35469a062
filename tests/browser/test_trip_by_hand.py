"""What people change by hand on a whole trip and on a vehicle, in a browser, and taken back there."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from recognition.cameras import known_cameras
from tests.browser.conftest import NAME, Site

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("script_errors")]

MADE = f"""
import json
from datetime import timedelta
from sightings.models import Fleet
from tests.factories import NOON, make_run, make_sighting, make_trip, make_vehicle, make_video
fleet = Fleet.objects.get(members__user__username={NAME!r})
van = make_vehicle(fleet, "Van by hand")
trip = make_trip(fleet, name="Drive by hand", vehicle=van, started_at=NOON)
for place, plate in enumerate(("B99BNX", "CJ12ABC")):
    at = NOON + timedelta(minutes=place)
    video = make_video(trip, original_name=f"clip{{place}}.mp4", started_at=at)
    make_sighting(make_run(video), plate, seen_at=at)
print(json.dumps([trip.pk, van.pk]))
"""

TOO_WIDE = """() => document.documentElement.scrollWidth <= 390 ? [] : [...document.querySelectorAll("main *")]
  .filter((one) => one.getBoundingClientRect().right > 390 && !one.closest(".map"))
  .map((one) => `${one.tagName} ${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""


@dataclass(frozen=True)
class Made:
    trip: str
    vehicle: str


@pytest.fixture(scope="module")
def made(site: Site) -> Made:
    """A trip of two clips with one plate in each, and the vehicle that drove it."""
    trip, vehicle = json.loads(site.manage("shell", "--verbosity", "0", "-c", MADE).splitlines()[-1])
    return Made(f"/trips/{trip}/", f"/vehicles/{vehicle}/")


def choose(page: Page, item: str) -> Locator:
    """Open a dialog of the More menu by keyboard; the dialog."""
    page.get_by_role("button", name="More").press("Enter")
    button = page.get_by_role("button", name=item)
    expect(button).to_be_visible()
    button.press("Enter")
    return page.get_by_role("dialog")


def plates(page: Page) -> Locator:
    return page.locator("#list .seen .plate")


def test_a_shifted_clock_shows_the_new_time_and_the_toast_takes_it_back(page: Page, made: Made) -> None:
    page.goto(made.trip)
    head = page.locator(".trip-head")
    started = str(head.get_attribute("data-started"))
    later = f"T{int(started[11:13]) + 2:02}{started[13:19]}"
    dialog = choose(page, "Shift the clock")
    dialog.get_by_label("How much").fill("2")
    dialog.get_by_role("button", name="Shift").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("The clock was shifted.")
    assert str(head.get_attribute("data-started"))[10:19] == later
    expect(head).to_contain_text(later[1:])
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("Undone")
    expect(head).to_have_attribute("data-started", started)
    expect(page.locator("#trip-history .undone")).to_have_count(1)


def test_escape_leaves_a_dialog_and_gives_the_keyboard_back_to_the_menu(page: Page, made: Made) -> None:
    page.goto(made.trip)
    dialog = choose(page, "Replace the track")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#trip-more")).to_be_focused()


def test_a_trip_is_split_in_two_and_merged_again(page: Page, made: Made) -> None:
    page.goto(made.trip)
    expect(plates(page)).to_have_count(2)
    choose(page, "Split this trip").get_by_role("button", name="Split").click()
    expect(page.locator(".toast")).to_contain_text("The later part is now the trip")
    expect(plates(page)).to_have_count(1)
    choose(page, "Merge with another trip").get_by_role("button", name="Merge").click()
    expect(page.locator(".toast")).to_contain_text("is now part of this trip")
    expect(plates(page)).to_have_count(2)


def test_a_known_camera_fills_in_how_it_looks_and_the_change_is_undone(page: Page, made: Made) -> None:
    model = next(model for model in known_cameras() if model.rear)
    page.goto("/vehicles/")
    page.get_by_role("link", name="Van by hand").click()
    camera, front = page.get_by_label("Camera", exact=True), page.get_by_label("Field of view in front")
    camera.fill(model.name)
    camera.press("Tab")
    expect(front).to_have_value(f"{model.front.field_of_view_deg:g}")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_have_text("Saved.")
    expect(camera).to_have_value(model.name)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".toast")).to_have_text("Put back.")
    expect(camera).to_have_value("")
    expect(front).to_have_value("")


def test_a_phone_shows_both_pages_without_scrolling_sideways(page: Page, made: Made) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for address in (made.trip, made.vehicle):
        page.goto(address)
        for fold in page.locator("details.fold > summary").all():
            fold.click()
        assert page.evaluate(TOO_WIDE) == [], address
