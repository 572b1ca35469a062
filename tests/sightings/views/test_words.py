"""Correcting, confirming, rejecting, flagging and undoing by the forms of the pages."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from sightings.models import Correction, Flag, Sighting, User

PageAs = Callable[[User], Client]


def say(browser: Client, sighting: Sighting, **words: object) -> str:
    address = f"/sightings/{sighting.pk}/say/"
    answer = browser.post(address, {"version": sighting.version, **words}, follow=True)
    sighting.refresh_from_db()
    return str(answer.content, "utf-8")


def test_a_correction_stands_beside_the_machines_read(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    page = say(page_as(bob), sighting, action="correct", text="b 99 bnk")
    assert "Corrected to B99BNK." in page
    assert (sighting.plate_raw, sighting.plate_corrected) == ("B99BNX", "B99BNK")


def test_confirming_and_rejecting(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    browser = page_as(bob)
    say(browser, sighting, action="confirm")
    assert sighting.review_state == "confirmed"
    say(browser, sighting, action="reject")
    assert sighting.review_state == "rejected"


def test_undo_brings_the_machines_read_back(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    browser = page_as(bob)
    say(browser, sighting, action="correct", text="B99BNK")
    browser.post(f"/corrections/{Correction.objects.get().pk}/undo/")
    sighting.refresh_from_db()
    assert sighting.text == "B99BNX"


def test_of_two_people_at_once_the_second_is_told(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    browser, seen = page_as(bob), sighting.version
    say(browser, sighting, action="confirm")
    page = say(browser, sighting, action="correct", text="B99BNK", version=seen)
    assert "Someone else changed this sighting" in page
    assert sighting.plate_corrected == ""


def test_a_text_that_is_no_plate_is_explained(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    assert "A plate needs one to sixteen" in say(page_as(bob), sighting, action="correct", text="--")


def test_a_viewer_is_refused_with_who_can_help(page_as: PageAs, dora: User, sighting: Sighting) -> None:
    assert "A manager of the fleet can give it" in say(page_as(dora), sighting, action="confirm")
    assert sighting.review_state == "unreviewed"


def test_a_flag_is_raised_and_resolved(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    browser = page_as(bob)
    browser.post(f"/sightings/{sighting.pk}/flag/", {"reason": "interesting", "note": "again?"})
    sighting.refresh_from_db()
    assert sighting.flagged
    browser.post(f"/flags/{Flag.objects.get().pk}/resolve/")
    sighting.refresh_from_db()
    assert not sighting.flagged


def test_another_fleets_words_cannot_be_touched(page_as: PageAs, bob: User, charlie: User, sighting: Sighting) -> None:
    say(page_as(bob), sighting, action="confirm")
    answer = page_as(charlie).post(f"/corrections/{Correction.objects.get().pk}/undo/")
    assert answer.status_code == 404


def test_notes_and_tags_of_a_plate(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    page_as(bob).post(f"/plates/{sighting.plate_id}/", {"notes": "the baker", "tags": "friend, daily"})
    assert sighting.plate is not None
    sighting.plate.refresh_from_db()
    assert (sighting.plate.notes, sighting.plate.tags) == ("the baker", ["daily", "friend"])


def test_a_form_never_leads_to_another_site(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    address = f"/sightings/{sighting.pk}/say/"
    answer = page_as(bob).post(address, {"action": "confirm", "next": "https://elsewhere.example/"})
    assert answer["Location"] == f"/sightings/{sighting.pk}/"
