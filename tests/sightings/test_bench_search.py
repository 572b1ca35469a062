"""The benchmark of searches: which kinds it measures, and what it says of them."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sightings.models import AuditEntry, Fleet, Sighting

pytestmark = pytest.mark.django_db
KINDS = {
    "exact", "prefix", "wildcard", "ending", "one wrong", "two wrong", "look-alikes", "area and week", "histogram",
    "first page", "deep page", "doubtful count",
}  # fmt: skip


def measured(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("bench_search", *words, "--json", stdout=out, stderr=StringIO())
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_every_kind_is_measured_on_a_log_that_is_made_for_it() -> None:
    answer = measured("--sightings=60", "--queries=4")
    assert answer["sightings"] == Sighting.objects.count() == 60
    assert set(answer["kinds"]) == KINDS
    assert set(answer["targets_p95_ms"]) <= KINDS
    for figures in answer["kinds"].values():
        assert set(figures) == {"queries", "p50_ms", "p95_ms", "cpu_p95_ms", "rows"}
        assert figures["queries"] == 4
        assert 0 < figures["p50_ms"] <= figures["p95_ms"]


def test_the_questions_find_something() -> None:
    kinds = measured("--sightings=60", "--queries=4")["kinds"]
    for kind in KINDS - {"one wrong", "doubtful count"}:
        assert kinds[kind]["rows"] > 0, kind


def test_a_log_that_is_there_is_measured_again_not_made_again() -> None:
    measured("--sightings=20", "--queries=1")
    measured("--sightings=20", "--queries=1")
    assert Sighting.objects.count() == 20
    assert AuditEntry.objects.filter(action="fleet.seeded").count() == 1


def test_a_fleet_without_sightings_is_refused(northwind: Fleet) -> None:
    with pytest.raises(CommandError, match="nothing to measure"):
        call_command("bench_search", "--fleet=northwind")
