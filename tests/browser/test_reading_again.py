"""Another reading of a trip, looked at and decided on by keyboard; and a misread that is merged into its plate."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NAME, Site

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("script_errors")]

MADE = f"""
import json
from sightings.models import Fleet, Reprocess
from sightings.services.compare import compare_video
from sightings.services.reviews import correct_sighting
from tests.factories import NOON, make_run, make_sighting, make_trip, make_video
fleet = Fleet.objects.get(members__user__username={NAME!r})
trip = make_trip(fleet, name="Drive read again", started_at=NOON)
run = make_run(make_video(trip, started_at=NOON))
for at, plate in ((0.0, "BRW001"), (10.0, "BRW002"), (20.0, "BRW003")):
    make_sighting(run, plate, at=at)
correct_sighting(sighting=make_sighting(run, "BRW0O4", at=30.0), user=fleet.members.get().user, text="BRW004")
job = Reprocess.objects.create(fleet=fleet, state="ready")
fresh = make_run(run.video, is_current=False, reprocess=job, model_version="test@2")
for at, plate in ((0.0, "BRW101"), (10.0, "BRW102"), (20.0, "BRW003"), (30.0, "BRWOO4")):
    make_sighting(fresh, "", plate_raw=plate, at=at)
compare_video(run.video)
places = dict(h3_r7=7, h3_r9=9)
other = make_run(make_video(make_trip(fleet, name="Misread drive", started_at=NOON)))
plate = make_sighting(other, "CJ18XYZ", at=0.0, **places).plate
make_sighting(other, "CJ1BXYZ", at=30.0, **places)
print(json.dumps([job.pk, trip.pk, plate.pk]))
"""

TOO_WIDE = "() => document.documentElement.scrollWidth"


@dataclass(frozen=True)
class Made:
    job: str
    trip: str
    plate: str


@pytest.fixture(scope="module")
def made(site: Site) -> Made:
    job, trip, plate = json.loads(site.manage("shell", "--verbosity", "0", "-c", MADE).splitlines()[-1])
    return Made(f"/reprocess/{job}/", f"/trips/{trip}/", f"/plates/{plate}/")


def test_a_change_is_left_by_keyboard_the_rest_accepted_and_all_of_it_undone(page: Page, made: Made) -> None:
    page.goto(made.job)
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    line = page.locator("#taken-line")
    expect(line).to_contain_text("2 of 2 changes")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(boxes.nth(1)).not_to_be_checked()
    expect(line).to_contain_text("1 of 2 changes")
    page.get_by_role("link", name="Locked").click()
    expect(page.locator(".difference")).to_contain_text("corrected from BRW0O4")
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The old reading is kept.")).to_be_visible()
    page.goto(made.trip)
    for text in ("BRW101", "BRW002", "BRW003", "BRW004"):
        expect(page.locator(f'#list .plate[data-copy="{text}"]')).to_have_count(1)
    page.goto(made.job)
    page.get_by_role("button", name="Switch back").click()
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_visible()
    page.goto(made.trip)
    for text in ("BRW001", "BRW002", "BRW003", "BRW004"):
        expect(page.locator(f'#list .plate[data-copy="{text}"]')).to_have_count(1)


def test_all_of_a_kind_are_left_and_taken_with_one_button(page: Page, made: Made) -> None:
    page.goto(made.job)
    line = page.locator("#taken-line")
    page.get_by_role("button", name="Leave all").click()
    expect(line).to_contain_text("0 of 2 changes")
    page.reload()
    expect(page.get_by_role("checkbox").first).not_to_be_checked()
    page.get_by_role("button", name="Take all").click()
    expect(line).to_contain_text("2 of 2 changes")


def test_the_trip_page_leads_to_the_choice_of_a_model(page: Page, made: Made) -> None:
    page.goto(made.trip)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Read again").click()
    expect(page.get_by_role("checkbox", name="Drive read again")).to_be_checked()
    expect(page.get_by_label("Model")).to_be_visible()


def test_a_misread_is_merged_into_its_plate_and_taken_apart(page: Page, made: Made) -> None:
    page.goto(made.plate)
    page.get_by_role("button", name="It is CJ18XYZ").click()
    expect(page.locator(".toast")).to_contain_text("CJ1BXYZ is now CJ18XYZ")
    expect(page.locator(".sighting-rows > li")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Taken apart again")
    expect(page.locator(".sighting-rows > li")).to_have_count(1)


def test_tags_are_chips(page: Page, made: Made) -> None:
    page.goto(made.plate)
    box = page.get_by_role("textbox", name="Add a tag")
    box.fill("friend")
    box.press("Enter")
    box.fill("daily")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".plate-head .tag")).to_have_text(["daily", "friend"])
    page.get_by_role("button", name="Remove the tag daily").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".plate-head .tag")).to_have_text(["friend"])


def test_a_phone_shows_the_pages_without_scrolling_sideways(page: Page, made: Made) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for address in (made.job, made.plate, "/reprocess/", "/reprocess/new/", "/"):
        page.goto(address)
        assert page.evaluate(TOO_WIDE) <= 390, address
