"""Regular expressions over plates: they mean what Python's mean, and cannot hang."""

from __future__ import annotations

import random
import re

import pytest

from sightings import plate_query, plate_regex
from sightings.errors import BadQuery
from sightings.plate_regex import Pattern

LETTERS = "AB1"


def fits(pattern: str, text: str) -> bool:
    return Pattern(plate_regex.tidy(pattern)).fits(text)


def drawn(rng: random.Random, depth: int) -> str:
    """A pattern made up at random."""
    kind = rng.randrange(6) if depth else rng.randrange(2)
    inner = [drawn(rng, depth - 1) for _ in range(2)] if depth else []
    mark = rng.choice(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}"])
    simple = [rng.choice(LETTERS), rng.choice([".", "[AB]", "[^A]", "\\d", "[A-B]"])]
    return [*simple, "".join(inner), f"({'|'.join(inner)})", f"({''.join(inner[:1])}){mark}", *inner[:1]][kind]


def test_it_finds_what_pythons_own_finds() -> None:
    rng = random.Random(7)
    for _ in range(600):
        typed = drawn(rng, 3)
        for _ in range(10):
            text = "".join(rng.choice(LETTERS) for _ in range(rng.randrange(7)))
            assert fits(typed, text) == bool(re.fullmatch(typed, text)), (typed, text)


@pytest.mark.parametrize("typed", ["b 99 [a-c]nx", "^B99[ABC]NX$", "B9{2}.NX", "B\\d+(BNX|ANX)"])
def test_case_spaces_and_the_marks_of_the_ends_do_not_matter(typed: str) -> None:
    assert fits(typed, "B99BNX")
    assert not fits(typed, "CB99BNX")


def test_a_pattern_that_would_hang_others_looks_at_each_character_once() -> None:
    pattern = Pattern("(A|A)*(A*)*(A|AA)+B")
    steps = 0
    real = pattern._step

    def counted(here: frozenset[int], char: str) -> frozenset[int]:
        nonlocal steps
        steps += 1
        return real(here, char)

    pattern._step = counted  # type: ignore[method-assign]
    assert not pattern.fits("A" * 200)
    assert steps <= 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("(B99", r"a \( without its \)"),
        ("B99)", r"a \) without its \("),
        ("[B99", "choice of characters"),
        ("B99{20}", "16 times"),
        ("B99{x}", "how often"),
        ("((B{16}){16}){16}", "repeats too much"),
        ("B%", "cannot have a %"),
        ("B" * 101, "1 to 100"),
    ],
)
def test_what_makes_no_sense_is_refused_in_plain_words(typed: str, words: str) -> None:
    with pytest.raises(BadQuery, match=words):
        plate_query.parse(f"/{typed}/")


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [("B99.*", "B99"), ("B99*", "B9"), ("B99?X", "B9"), ("B9{2}", "B"), ("(B)99", ""), ("B99|C", ""), ("B99", "B99")],
)
def test_what_it_begins_with_narrows_the_plates_to_look_at(pattern: str, prefix: str) -> None:
    assert plate_regex.prefix_of(pattern) == prefix
