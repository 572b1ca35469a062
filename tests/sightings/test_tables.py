"""Texts in tables are no formulas, and can be read back."""

from __future__ import annotations

import itertools

import pytest

from sightings.tables import as_meant, harmless


@pytest.mark.parametrize("text", ["", "it's", "B99BNX", "Van 1/front", "2026-05-01T12:00:00+03:00", "a-b", "1 = 1"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "marked"),
    [("=1+1", "'=1+1"), (" -2", " '-2"), ("＝1", "'＝1"), ("a;@b", "a;'@b"), ("a\n=b;+c", "a\n'=b;'+c"), ("'x", "''x")],
)
def test_a_formula_gets_a_mark_where_it_begins(text: str, marked: str) -> None:
    assert harmless(text) == marked


def test_every_text_is_read_back_as_it_was() -> None:
    for letters in itertools.product("=-',;\t\n\" a", repeat=4):
        text = "".join(letters)
        assert as_meant(harmless(text)) == text
