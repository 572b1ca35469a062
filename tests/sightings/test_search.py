"""Searching the fleet's plates through the database."""

from __future__ import annotations

from typing import Any

import pytest

from sightings import selectors
from sightings.models import Fleet, ProcessingRun, User
from sightings.services.plates import plate_for
from tests.factories import make_sighting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def seen(run: ProcessingRun) -> None:
    for text in ["B99BNX", "899BNX", "B98BNX", "B99BN", "B?9BNX", "CJ01ABC", "B99XYZ"]:
        make_sighting(run, text)


def found(user: User, typed: str) -> list[str]:
    return [match.plate.text for match in selectors.search(user, typed).matches]


def test_a_plate_finds_itself_first_and_then_its_neighbours(dora: User) -> None:
    assert found(dora, "b 99 bnx") == ["B99BNX", "B?9BNX", "899BNX", "B98BNX", "B99BN"]


def test_an_exact_search_finds_no_neighbours(dora: User) -> None:
    assert found(dora, "=B99BNX") == ["B99BNX"]


def test_a_prefix_finds_what_begins_so(dora: User) -> None:
    assert found(dora, "B99*") == ["B99BN", "B99BNX", "B99XYZ"]


def test_a_wildcard_stands_for_one_character(dora: User) -> None:
    assert found(dora, "B?9BNX") == ["B?9BNX", "B99BNX"]
    assert found(dora, "*abc") == ["CJ01ABC"]


def test_look_alikes_alone_may_differ(dora: User) -> None:
    assert found(dora, "~B99BNX") == ["B99BNX", "899BNX"]


def test_two_characters_may_differ_and_nearer_plates_come_first(dora: User, run: ProcessingRun) -> None:
    for text in ["B98BNZ", "XB99BNX7", "B99BX", "CB98BNX", "B77BNZ"]:
        make_sighting(run, text)
    near = ["B99BNX", "899BNX", "B98BNX", "B99BN", "B99BX", "B?9BNX"]
    assert found(dora, "~~B99BNX") == [*near, "B98BNZ", "CB98BNX", "XB99BNX7"]


def test_nothing_of_another_fleet_is_found(charlie: User) -> None:
    assert found(charlie, "B99BNX") == []


def test_a_match_says_how_often_the_plate_was_seen(dora: User, run: ProcessingRun) -> None:
    make_sighting(run, "CJ01ABC", at=30.0, crop="crops/1/1/a.jpg")
    match = selectors.search(dora, "CJ01ABC").matches[0]
    counted: Any = match.plate
    assert counted.sightings_count == 2


def test_a_plate_with_many_matches_is_cut_off_and_says_so(dora: User) -> None:
    result = selectors.search(dora, "B*", limit=2)
    assert (len(result.matches), result.truncated) == (2, True)


def test_the_number_of_queries_does_not_grow_with_the_matches(
    dora: User, northwind: Fleet, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        plate_for(fleet=northwind, text=f"B99BN{number:02d}")
    with django_assert_max_num_queries(3):
        assert len(found(dora, "B99*")) > 30
    with django_assert_max_num_queries(3):
        assert len(found(dora, "B99BNX")) == 5
