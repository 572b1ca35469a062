"""What the search page says and shows."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from sightings.models import AuditEntry, ProcessingRun, User
from tests.factories import make_sighting

PageAs = Callable[[User], Client]


def test_a_match_says_why_and_shows_its_sightings(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    seen = make_sighting(run, "B99BNX")
    page = str(page_as(alice).get("/search/?q=B%3F9BNX").content, "utf-8")
    assert "any character at 2" in page
    assert "Fits B?9BNX" in page
    assert f'href="/sightings/{seen.pk}/"' in page


def test_what_was_typed_is_never_taken_for_html(page_as: PageAs, alice: User) -> None:
    page = page_as(alice).get("/search/?q=%3Cscript%3Ealert(1)%3C/script%3E").content
    assert b"<script>alert" not in page


def test_no_match_offers_a_wider_question(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    page = str(page_as(alice).get("/search/?q=XYZ777").content, "utf-8")
    assert "No plate matches XYZ777" in page
    assert "?q=XY%2A" in page


def test_a_query_without_a_letter_is_explained(page_as: PageAs, alice: User) -> None:
    assert b"Type at least one letter or digit" in page_as(alice).get("/search/?q=%3F%3F").content


def test_an_empty_box_teaches_how_to_ask(page_as: PageAs, alice: User) -> None:
    assert b"stands for exactly one" in page_as(alice).get("/search/").content


def test_explaining_while_typing_looks_nothing_up(page_as: PageAs, alice: User) -> None:
    answer = page_as(alice).get("/search/explain/?q=B99*").json()
    assert answer == {"explanation": "Plates that begin with B99."}
    assert not AuditEntry.objects.filter(action="plates.searched").exists()


def test_the_doubtful_ones_are_listed_least_certain_first(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    make_sighting(run, "B01SURE", confidence=0.99)
    make_sighting(run, "B02HALF", confidence=0.5)
    make_sighting(run, "B03POOR", confidence=0.2)
    page = str(page_as(alice).get("/search/?show=doubtful").content, "utf-8")
    assert "B01SURE" not in page
    assert page.index("B03POOR") < page.index("B02HALF")
