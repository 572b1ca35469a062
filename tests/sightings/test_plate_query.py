"""The language of the search box."""

from __future__ import annotations

import pytest

from sightings import plate_query
from sightings.errors import BadQuery


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("b-99 bnx", "near", "B99BNX"),
        ("=b99bnx", "exact", "B99BNX"),
        ("b99*", "prefix", "B99"),
        ("b?9-bnx", "wildcard", "B?9BNX"),
        ("*bnx", "wildcard", "*BNX"),
        ("b**nx*", "wildcard", "B*NX*"),
        ("ab1", "exact", "AB1"),
        ("~b99bnx", "alike", "B99BNX"),
        ("~~b99bnx", "far", "B99BNX"),
        ("~~b99", "exact", "B99"),
    ],
)
def test_what_is_typed_is_understood(typed: str, kind: str, text: str) -> None:
    query = plate_query.parse(typed)
    assert (query.kind, query.text) == (kind, text)


@pytest.mark.parametrize("typed", ["", "  ", "*", "?-*", "-", "A" * 40])
def test_a_query_that_says_nothing_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(BadQuery):
        plate_query.parse(typed)


def test_the_explanation_names_the_places() -> None:
    assert plate_query.parse("B?9BNX").explanation == "B?9BNX: any character at 2."
    assert plate_query.parse("B99*").explanation == "Plates that begin with B99."
    assert "differs from it in one character" in plate_query.parse("B99BNX").explanation


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ("B99BNX", "exactly this plate"),
        ("899BNX", "8 instead of B at 1, which look alike"),
        ("C99BNX", "C instead of B at 1"),
        ("B?9BNX", "character 2 could not be read"),
        ("B99BNXX", "X at 7 is extra"),
        ("B99NX", "B at 4 is missing"),
    ],
)
def test_each_match_says_why(found: str, why: str) -> None:
    query = plate_query.parse("B99BNX")
    assert plate_query.matches(query, found)
    assert plate_query.why(query, found) == why


@pytest.mark.parametrize("other", ["B98BNY", "99BXN", "B9BNX?"])
def test_two_wrong_characters_are_no_match(other: str) -> None:
    assert not plate_query.matches(plate_query.parse("B99BNX"), other)


def test_what_is_nearer_comes_first() -> None:
    query = plate_query.parse("B99BNX")
    found = sorted(["C99BNX", "899BNX", "B?9BNX", "B99BNX"], key=lambda text: plate_query.rank(query, text))
    assert found == ["B99BNX", "B?9BNX", "899BNX", "C99BNX"]


def test_texts_that_look_like_too_many_others_are_refused_with_a_way_out() -> None:
    with pytest.raises(BadQuery, match="Write \\?"):
        plate_query.parse("~0OD0QO00")
