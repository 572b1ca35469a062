"""What the search page says and shows."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sightings.models import AuditEntry, ProcessingRun, User
from tests.factories import NOON, make_sighting

PageAs = Callable[[User], Client]


def test_a_match_says_why_and_shows_its_sightings(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    seen = make_sighting(run, "B99BNX")
    page = str(page_as(alice).get("/search/?q=B%3F9BNX").content, "utf-8")
    assert "any character at 2" in page
    assert "fits B?9BNX" in page
    assert f'href="/sightings/{seen.pk}/"' in page


def test_what_was_typed_is_never_taken_for_html(page_as: PageAs, alice: User) -> None:
    page = page_as(alice).get("/search/?q=%3Cscript%3Ealert(1)%3C/script%3E").content
    assert b"<script>alert" not in page


def test_no_match_offers_a_wider_question(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    page = str(page_as(alice).get("/search/?q=XYZ777").content, "utf-8")
    assert "Nothing matches XYZ777" in page
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
    page = str(page_as(alice).get("/search/?show=doubtful", follow=True).content, "utf-8")
    assert "B01SURE" not in page
    assert page.index("B03POOR") < page.index("B02HALF")


def test_filters_stand_beside_the_results_and_can_be_taken_away(
    page_as: PageAs, alice: User, run: ProcessingRun
) -> None:
    make_sighting(run, "B99BNX", region="ro")
    make_sighting(run, "CJ01ABC", region="hu")
    page = str(page_as(alice).get("/search/?region=ro&from=2026-01-01").content, "utf-8")
    assert "B99BNX" in page
    assert "CJ01ABC" not in page
    assert 'aria-label="Remove the filter RO"' in page
    assert "?from=2026-01-01&amp;view=list" in page


def test_a_filter_may_be_given_several_times(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    """As a form without a script sends its boxes."""
    for text, region in (("B99BNX", "ro"), ("CJ01ABC", "hu"), ("VS01ABC", "sk")):
        make_sighting(run, text, region=region)
    page = str(page_as(alice).get("/search/?region=ro&region=hu").content, "utf-8")
    assert "2 sightings" in page
    assert "VS01ABC" not in page


def test_bars_over_time_are_links_with_a_table_behind(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    make_sighting(run, seen_at=datetime(2026, 5, 1, 22, 30, tzinfo=UTC))
    page = str(page_as(alice).get("/search/?view=time").content, "utf-8")
    assert "from=2026-05-02&amp;to=2026-05-03" in page  # the day in Bucharest
    assert '<th scope="col">Sightings</th>' in page


def test_characters_other_than_those_asked_for_are_marked(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    make_sighting(run, "899BNX")
    page = str(page_as(alice).get("/search/?q=B99BNX").content, "utf-8")
    assert '<b class="other">8</b><b>9</b>' in page
    assert "8 instead of B at 1, which look alike" in page


@pytest.mark.parametrize("address", ["?q=B99*", "?region=ro", "?area=26,44;27,44;26,45", "?view=crops", "?q=/B.*/"])
def test_every_search_is_written_down(page_as: PageAs, alice: User, run: ProcessingRun, address: str) -> None:
    make_sighting(run, region="ro")
    page_as(alice).get(f"/search/{address}")
    entry = AuditEntry.objects.get(action="plates.searched")
    assert entry.user == alice
    assert entry.detail["via"] == "page"


@pytest.mark.parametrize("view", ["list", "crops", "map", "time"])
def test_the_number_of_queries_does_not_grow_with_the_results(
    page_as: PageAs, alice: User, run: ProcessingRun, view: str
) -> None:
    browser, counts = page_as(alice), []
    for numbers in (range(3), range(3, 40)):
        for number in numbers:
            make_sighting(run, f"B{number:02d}ABC", at=float(number))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/search/?q=B*&view={view}").status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 40


@pytest.mark.parametrize("address", ["/search/?area=1", "/search/?trip=x", "/map/?bbox=1"])
def test_an_address_that_makes_no_sense_says_so(page_as: PageAs, alice: User, address: str) -> None:
    answer = page_as(alice).get(address)
    assert answer.status_code == 400
    assert b"cannot be" in answer.content


def test_more_is_shown_from_where_the_first_page_ended(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    for number in range(55):
        make_sighting(run, f"B{number:02d}ABC", at=float(number), seen_at=NOON + timedelta(minutes=number))
    browser = page_as(alice)
    first = str(browser.get("/search/?view=list").content, "utf-8")
    link = html.unescape(re.findall(r'id="more" href="([^"]+)"', first)[0])
    make_sighting(run, "NEW123", at=99.0, seen_at=NOON + timedelta(days=1))
    rest = str(browser.get(f"/search/{link}").content, "utf-8")
    assert [f"B{number:02d}ABC" in rest for number in (5, 4, 0)] == [False, True, True]
    assert "NEW123" not in rest
    assert 'id="more"' not in rest


def test_the_map_page_opens_for_every_member(page_as: PageAs, dora: User) -> None:
    page = str(page_as(dora).get("/map/?region=ro").content, "utf-8")
    assert '{"region": "ro"}' in page


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_what_was_found_can_be_downloaded_as_it_was_filtered(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    """A day is a day of the fleet's zone on the page, and so it must be in the file."""
    make_sighting(run, "B99BNX", seen_at=datetime(2026, 5, 1, 21, 30, tzinfo=UTC))  # 00:30 on 2 May in Bucharest
    make_sighting(run, "B99XYZ", seen_at=NOON, at=30.0)
    person = page_as(alice)
    page = str(person.get("/search/?q=B99*&from=2026-05-02").content, "utf-8")
    links = [html.unescape(link) for link in re.findall(r'href="(/api/v1/sightings/[^"]*)" download', page)]
    assert [re.search(r"format=(\w+)", link)[1] for link in links] == [  # type: ignore[index]
        "csv", "jsonl", "geojson", "kml", "gpx",
    ]  # fmt: skip
    for link in links:
        answer = person.get(link)
        assert answer.status_code == 200, answer.content
        text = b"".join(answer).decode()
        assert "B99BNX" in text
        assert "B99XYZ" not in text


def test_where_nothing_was_found_no_download_is_offered(page_as: PageAs, alice: User) -> None:
    assert "download-menu" not in page_as(alice).get("/search/?q=XYZ777").content.decode()
