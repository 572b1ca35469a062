"""A reviewer clears what is doubtful, by keyboard alone."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import NAME, Site
from tests.browser.test_trip_by_hand import TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("script_errors")]

MADE = f"""
import json
from sightings.models import Fleet
from tests.factories import make_run, make_sighting, make_trip, make_video
fleet = Fleet.objects.get(members__user__username={NAME!r})
trip = make_trip(fleet, name="To be reviewed")
run = make_run(make_video(trip, sha256=f"{{trip.pk:064}}"))
for n in range(COUNT):
    text = f"B{{n:03}}BNX"
    said = [{{"plate": text, "score": 0.6}}, {{"plate": f"B{{n:03}}BNK", "score": 0.3}}]
    make_sighting(run, text, confidence=0.1 + n / 1000, at=float(n), candidates=said)
print(json.dumps(trip.pk))
"""
STATES = """
import json
from sightings.models import Sighting
print(json.dumps({row.plate_raw: [row.text, row.review_state] for row in Sighting.objects.filter(trip=TRIP)}))
"""
SAY = """
from sightings.models import Sighting, User
from sightings.services import reviews
row = Sighting.objects.select_related("fleet").get(trip=TRIP, plate_raw=PLATE)
reviews.correct_sighting(sighting=row, user=User.objects.get(username=WHO), text="B999ZZZ")
"""


def make(site: Site, count: int) -> int:
    """A trip with so many doubtful sightings, the least certain first: B000BNX, B001BNX, …"""
    return int(shell(site, MADE.replace("COUNT", str(count))))


def shell(site: Site, code: str) -> str:
    return (site.manage("shell", "--verbosity", "0", "-c", code).splitlines() or [""])[-1]


def states(site: Site, trip: int) -> dict[str, list[str]]:
    return json.loads(shell(site, STATES.replace("TRIP", str(trip))))  # type: ignore[no-any-return]


def item(page: Page) -> Locator:
    return page.locator("#review-item")


def spelled(n: int) -> str:
    """How the n-th is told to a screen reader."""
    return f"Read as {' '.join(f'B{n:03}BNX')}, "


def open_queue(page: Page, trip: int) -> None:
    page.goto(f"/review/?trip={trip}")
    expect(item(page)).to_contain_text("Read as")


def on_its_way(page: Page) -> int:
    """Words that are not yet sent."""
    kept = "Object.entries(localStorage).filter(([name]) => name.includes(':outbox:'))"
    return int(page.evaluate(f"{kept}.reduce((sum, [, text]) => sum + JSON.parse(text).waiting.length, 0)"))


def all_sent(page: Page) -> None:
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.includes(':outbox:'))")


def test_a_hundred_are_cleared_by_keyboard_alone_and_every_word_is_undone(page: Page, site: Site) -> None:
    trip = make(site, 100)
    open_queue(page, trip)
    wanted: dict[str, list[str]] = {}
    for n in range(100):
        expect(item(page)).to_contain_text(spelled(n))
        expect(item(page)).to_be_focused()
        read = f"B{n:03}BNX"
        if n % 10 == 3:
            page.keyboard.press("c")
            page.keyboard.type(f"k{n:03}new")
            wanted[read] = [f"K{n:03}NEW", "corrected"]
        elif n % 10 == 5:
            page.keyboard.press("2")
            wanted[read] = [f"B{n:03}BNK", "corrected"]
        else:
            wanted[read] = [read, "rejected" if n % 10 == 7 else "confirmed"]
        page.keyboard.press("r" if n % 10 == 7 else "Enter")
    expect(page.get_by_role("heading", name="Nothing is doubtful")).to_be_visible()
    expect(page.locator("#review-progress [data-field=left]")).to_have_text("0")
    all_sent(page)
    assert states(site, trip) == wanted
    for n in reversed(range(100)):
        page.keyboard.press("Backspace")
        expect(item(page)).to_contain_text(spelled(n))
    expect(page.locator("#review-said")).to_have_text("Taken back. 100 left.")
    all_sent(page)
    assert set(map(tuple, states(site, trip).values())) == {(f"B{n:03}BNX", "unreviewed") for n in range(100)}
    page.keyboard.press("Enter")
    expect(item(page)).to_contain_text(spelled(1))
    all_sent(page)
    assert states(site, trip)["B000BNX"] == ["B000BNX", "confirmed"]


def test_what_was_said_offline_is_sent_once_the_site_answers(page: Page, site: Site, context: BrowserContext) -> None:
    trip = make(site, 3)
    open_queue(page, trip)
    context.set_offline(True)
    page.keyboard.press("Enter")
    expect(item(page)).to_contain_text(spelled(1))
    expect(page.locator("#review-notes")).to_contain_text("One word is kept here")
    assert on_its_way(page) == 1
    context.set_offline(False)
    all_sent(page)
    expect(page.locator("#review-notes .note.doubtful")).to_be_hidden()
    assert states(site, trip)["B000BNX"] == ["B000BNX", "confirmed"]


def test_a_word_that_the_site_refuses_is_told_and_not_lost_from_sight(page: Page, site: Site) -> None:
    trip = make(site, 2)
    open_queue(page, trip)
    words = SAY.replace("TRIP", str(trip)).replace("PLATE", repr("B000BNX")).replace("WHO", repr(NAME))
    shell(site, words)
    page.keyboard.press("Enter")
    alert = page.locator("#review-notes [role=alert]")
    expect(alert).to_contain_text("Your confirmation was not taken. Someone else changed this sighting meanwhile.")
    expect(alert.get_by_role("link", name="Open it")).to_be_visible()
    assert states(site, trip)["B000BNX"] == ["B999ZZZ", "corrected"]


def test_skipped_ones_stay_in_the_queue_and_can_be_gone_through_again(page: Page, site: Site) -> None:
    open_queue(page, make(site, 2))
    page.keyboard.press("s")
    expect(item(page)).to_contain_text(spelled(1))
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Nothing left for you now")).to_be_visible()
    page.get_by_role("button", name="Go through the skipped ones").press("Enter")
    expect(item(page)).to_contain_text(spelled(0))


def test_letters_are_the_plate_only_in_the_box_and_escape_leaves_it(page: Page, site: Site) -> None:
    open_queue(page, make(site, 2))
    box = page.get_by_role("textbox", name="Plate")
    page.keyboard.press("c")
    page.keyboard.type("rsv")
    expect(box).to_have_value("rsv")
    expect(item(page)).to_contain_text(spelled(0))
    page.keyboard.press("Escape")
    expect(box).to_have_value("B000BNX")
    expect(item(page)).to_be_focused()


def test_backspace_takes_back_the_last_word_from_an_empty_box_and_only_edits_a_full_one(page: Page, site: Site) -> None:
    open_queue(page, make(site, 2))
    page.keyboard.press("Enter")
    expect(item(page)).to_contain_text(spelled(1))
    page.keyboard.press("c")
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    expect(page.get_by_role("textbox", name="Plate")).to_have_value("")
    expect(item(page)).to_contain_text(spelled(1))
    page.keyboard.press("Backspace")
    expect(item(page)).to_contain_text(spelled(0))


def test_a_character_of_the_vote_matrix_goes_into_the_box(page: Page, site: Site) -> None:
    open_queue(page, make(site, 1))
    page.get_by_role("textbox", name="Plate").fill("B00?BNX")
    item(page).focus()
    page.keyboard.press("v")
    cell = page.get_by_role("button", name="All frames together read B at position 1")
    expect(cell).to_be_focused()
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="The frame at 2.0 s read 0 at position 4")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Plate")).to_have_value("B000BNX")
    page.keyboard.press("Escape")
    expect(item(page)).to_be_focused()


def test_every_control_has_a_name_and_the_keys_are_told(page: Page, site: Site) -> None:
    open_queue(page, make(site, 1))
    for name in ("Confirm", "Skip", "Not a plate", "Undo", "Votes"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    nameless = """[...document.querySelectorAll("main button, main a, main input, main select")].filter((one) =>
        one.type !== "hidden" && !(one.ariaLabel || one.textContent.trim() || one.labels?.length)).length"""
    assert page.evaluate(nameless) == 0
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Take back your last word")


def test_leaving_the_page_gives_the_claims_back(page: Page, site: Site) -> None:
    trip = make(site, 2)
    open_queue(page, trip)
    held = "from sightings.models import ReviewClaim; print(ReviewClaim.objects.filter(sighting__trip=TRIP).count())"
    asked = held.replace("TRIP", str(trip))
    assert shell(site, asked) == "2"
    page.goto("/trips/")
    expect(page.get_by_role("heading", name="Trips", exact=True)).to_be_visible()
    assert shell(site, asked) == "0"


def test_many_are_corrected_at_once_after_a_look_and_taken_back(page: Page, site: Site) -> None:
    trip = make(site, 1)
    page.goto("/review/batch/?text=B000BNX")
    box = page.get_by_role("textbox", name="What they really are")
    expect(box).to_be_focused()
    box.fill("b000bnz")
    apply = page.get_by_role("button", name="to B000BNZ")
    expect(apply).to_be_enabled()
    apply.click()
    expect(page.get_by_role("heading", name="corrected to")).to_be_visible()
    assert states(site, trip)["B000BNX"] == ["B000BNZ", "corrected"]
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.locator(".toast")).to_contain_text("Taken back")
    assert states(site, trip)["B000BNX"] == ["B000BNX", "unreviewed"]


def test_a_phone_shows_the_queue_without_scrolling_sideways(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_queue(page, make(site, 1))
    assert page.evaluate(TOO_WIDE) == []
