"""Charts as pages draw them: bars on a line of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import gettext, gettext_noop

MOST_BARS = 62
Step = tuple[str, Callable[[date], date], Callable[[date], date]]  # a unit, where one begins, and where the next does


@dataclass(frozen=True, slots=True)
class Bar:
    """What was counted from `start` up to, not including, `end`; `share` is its height in hundredths of the highest."""

    start: date
    end: date
    count: int
    share: float
    left: float  # hundredths of the whole width
    width: float

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)


def bars(days: Sequence[tuple[date, int]]) -> tuple[str, list[Bar]]:
    """Days put together into so few bars that each can be hit, with those between that are empty; and their unit."""
    if not days:
        return gettext("day"), []
    first, last = days[0][0], days[-1][0]
    unit, edges = next(found for step in UNITS if (found := _edges(step, first, last)))
    counts = [sum(count for day, count in days if start <= day < end) for start, end in pairwise(edges)]
    most, width = max(counts), 100.0 / len(counts)
    return gettext(unit), [
        Bar(start, end, count, round(100.0 * count / most, 2), round(index * width, 3), round(width, 3))
        for index, ((start, end), count) in enumerate(zip(pairwise(edges), counts, strict=True))
    ]


def _edges(step: Step, first: date, last: date) -> tuple[str, list[date]] | None:
    """Where bars begin and end; None where they would be too many, unless there is no longer unit."""
    unit, begin, following = step
    edges = [begin(first)]
    while edges[-1] <= last:
        if len(edges) > MOST_BARS and unit != UNITS[-1][0]:
            return None
        edges.append(following(edges[-1]))
    return unit, edges


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


UNITS: tuple[Step, ...] = (
    (gettext_noop("day"), lambda day: day, lambda day: day + timedelta(days=1)),
    (gettext_noop("week"), lambda day: day - timedelta(days=day.weekday()), lambda day: day + timedelta(days=7)),
    (gettext_noop("month"), lambda day: day.replace(day=1), _next_month),
    (
        gettext_noop("year"),
        lambda day: day.replace(month=1, day=1),
        lambda day: day.replace(year=day.year + 1, month=1, day=1),
    ),
)
