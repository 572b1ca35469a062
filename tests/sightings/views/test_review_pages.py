"""The pages around the review queue: the queue's frame, many at once, aliases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sightings.models import Alias, CorrectionBatch, ProcessingRun, Sighting, User
from sightings.services import aliases
from tests.factories import make_sighting

PageAs = Callable[[User], Client]


@pytest.fixture
def misread(run: ProcessingRun) -> list[Sighting]:
    return [make_sighting(run, "B99BNX", confidence=0.3) for _ in range(3)]


def read(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_filters_of_the_queue_stand_in_its_address(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    page = read(page_as(bob), f"/review/?order=flagged&trip={sighting.trip_id}")
    assert f'<option value="{sighting.trip_id}" selected>' in page
    assert '"flagged": true' in page


def test_who_may_only_look_is_told_who_can_change_that(page_as: PageAs, dora: User, sighting: Sighting) -> None:
    assert "A manager of the fleet can make you a reviewer" in read(page_as(dora), "/review/")
    assert page_as(dora).get("/review/batch/?text=B99BNX").status_code == 403


def test_the_rail_counts_what_is_doubtful(page_as: PageAs, bob: User, misread: list[Sighting]) -> None:
    assert '<span class="count" id="review-count" title="3 doubtful">3</span>' in read(page_as(bob), "/")


def test_a_batch_is_seen_first_then_made_and_undone(page_as: PageAs, bob: User, misread: list[Sighting]) -> None:
    browser = page_as(bob)
    page = read(browser, "/review/batch/?text=b99bnx&to=B99BNZ&alias=1")
    assert "3 sightings read" in page
    assert 'value="B99BNZ"' in page
    chosen = [row.pk for row in misread[:2]]
    form = {"fleet": "northwind", "misread": "B99BNX", "to": "B99BNZ", "sighting": chosen, "alias": "on"}
    done = browser.post("/review/batch/", form, follow=True).content.decode()
    assert "2 sightings corrected to" in done
    assert "An alias was made too" in done
    batch = CorrectionBatch.objects.get()
    undone = browser.post(f"/review/batch/{batch.pk}/undo/", follow=True).content.decode()
    assert "Taken back by bob" in undone
    assert {row.text for row in Sighting.objects.all()} == {"B99BNX"}


def test_a_refused_batch_comes_back_with_what_was_typed(page_as: PageAs, bob: User, misread: list[Sighting]) -> None:
    form = {"fleet": "northwind", "misread": "B99BNX", "to": "B99BNX", "sighting": [row.pk for row in misread]}
    page = page_as(bob).post("/review/batch/", form, follow=True).content.decode()
    assert "None of these sightings can be corrected" in page
    assert "3 sightings read" in page


def test_a_list_of_sightings_is_previewed(page_as: PageAs, bob: User, misread: list[Sighting]) -> None:
    page = read(page_as(bob), f"/review/batch/?sightings={misread[0].pk},{misread[1].pk}")
    assert page.count('name="sighting"') == 2


def test_a_text_that_nothing_reads_says_so(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    assert "No sighting reads X1" in read(page_as(bob), "/review/batch/?text=x1")


def test_strangers_see_neither_batches_nor_aliases(
    page_as: PageAs, bob: User, charlie: User, misread: list[Sighting]
) -> None:
    alias = aliases.make_alias(user=bob, fleet=misread[0].fleet, misread="B99BNX", text="B99BNZ")
    batch = CorrectionBatch.objects.create(fleet=misread[0].fleet, text="B99BNZ", user=bob)
    browser = page_as(charlie)
    assert browser.get(f"/review/batch/{batch.pk}/").status_code == 404
    assert browser.post(f"/review/batch/{batch.pk}/undo/").status_code == 404
    assert browser.post(f"/review/aliases/{alias.pk}/remove/").status_code == 404
    assert "B99BNX" not in read(browser, "/review/aliases/")
    assert 'name="sighting"' not in read(browser, "/review/batch/?text=B99BNX")


def test_an_alias_shows_what_it_did_and_is_removed(
    page_as: PageAs, bob: User, dora: User, run: ProcessingRun, misread: list[Sighting]
) -> None:
    alias = aliases.make_alias(user=bob, fleet=misread[0].fleet, misread="B99BNX", text="B99BNZ")
    aliases.apply_aliases(run)
    assert "3 sightings by it" in read(page_as(dora), "/review/aliases/")
    page = read(page_as(bob), f"/sightings/{misread[0].pk}/")
    assert "By alias" in page
    assert "The machine read" in page
    page_as(dora).post(f"/review/aliases/{alias.pk}/remove/")
    assert Alias.objects.get().removed_at is None
    page_as(bob).post(f"/review/aliases/{alias.pk}/remove/")
    assert {row.text for row in Sighting.objects.all()} == {"B99BNX"}


def test_the_sighting_page_shows_how_the_frames_voted(page_as: PageAs, bob: User, sighting: Sighting) -> None:
    page = read(page_as(bob), f"/sightings/{sighting.pk}/")
    assert "How the frames voted" in page
    assert 'id="votes-data"' in page
