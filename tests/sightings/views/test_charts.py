"""Bars on a line of time."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from sightings.views.charts import MOST_BARS, bars

FIRST = date(2026, 1, 31)


@pytest.mark.parametrize(("days", "unit"), [(1, "day"), (60, "day"), (100, "week"), (500, "month"), (4000, "year")])
def test_bars_are_few_touch_each_other_and_count_everything(days: int, unit: str) -> None:
    counted = [(FIRST + timedelta(days=index), 1 + index % 3) for index in range(days)]
    named, drawn = bars(counted)
    assert named == unit
    assert len(drawn) <= MOST_BARS
    assert all(a.end == b.start for a, b in pairwise(drawn))
    assert drawn[0].start <= FIRST
    assert drawn[-1].last >= counted[-1][0]
    assert sum(bar.count for bar in drawn) == sum(count for _, count in counted)
    assert max(bar.share for bar in drawn) == 100.0


def test_days_between_are_bars_of_nothing() -> None:
    _, drawn = bars([(FIRST, 2), (FIRST + timedelta(days=3), 1)])
    assert [bar.count for bar in drawn] == [2, 0, 0, 1]


def test_nothing_has_no_bars() -> None:
    assert bars([]) == ("day", [])
