"""The fuzzer on a small scale, and the check that is our own."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import fuzz
from tests.fuzz.marks import leaked


@pytest.mark.fuzz
def test_a_few_requests_of_every_kind_break_nothing() -> None:
    """Some 500 cases; `python -m tests.fuzz` makes as many as you like."""
    assert fuzz("sqlite", 5, ["--seed", "1"], phases="fuzzing") == 0


def test_what_is_another_fleets_is_seen_unless_the_caller_said_it() -> None:
    answer = '{"id": 881000004, "plate": "ZQSG99BNX", "score": 0.881000004, "gps": [-33.8812, 151.2]}'
    assert leaked(answer, "/sightings/") == {"881000004", "zqsg99bnx", "-33.8812"}
    assert leaked(answer, "/sightings/881000004/?plate=ZQSG99BNX&bbox=-33.8812") == set()
    assert leaked('{"id": "1d-2"}', "", ("1d-2",)) == {"1d-2"}
