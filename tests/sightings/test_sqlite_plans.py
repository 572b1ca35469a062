"""Which index SQLite takes for the questions that pages ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from sightings import filters, results, selectors
from sightings.models import Sighting, User

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL gathers its own statistics"),
]


def plan(rows: QuerySet[Sighting]) -> str:
    return explained(*rows.query.sql_with_params())


def explained(sql: str, params: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return " ".join(row[3] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("words", "index"),
    [
        ({"q": "=B99BNX"}, "sighting_of_plate"),
        ({"q": "B99BNX"}, "sighting_of_plate"),
        ({"trip": "1"}, "sighting_of_trip"),
        ({"flagged": "true"}, "sighting_flagged"),
        ({"doubtful": "true"}, "sighting_review_queue"),
        ({"from": "2026-05-01", "to": "2026-05-08", "bbox": "26,44,27,45"}, "sighting_by_time"),
    ],
)
def test_a_filter_is_answered_by_its_index(dora: User, sighting: Sighting, words: dict[str, str], index: str) -> None:
    assert index in plan(results.found(dora, filters.parse(words)).order_by())


@pytest.mark.parametrize("words", [{}, {"region": "ro"}, {"area": "26,44;27,44;26,45"}])
def test_what_may_be_the_whole_log_is_read_from_the_index_that_knows_the_places(
    dora: User, sighting: Sighting, words: dict[str, str]
) -> None:
    assert "sighting_by_time" in plan(results.found(dora, filters.parse(words)).order_by())


def test_the_log_in_order_of_time_is_not_sorted(dora: User, sighting: Sighting) -> None:
    latest = selectors.sightings_for(dora).filter(seen_at__isnull=False).order_by("-seen_at", "-pk")
    assert "sighting_by_time" in plan(latest)
    assert "TEMP B-TREE" not in plan(latest)


def test_the_reviewers_queue_is_not_sorted(dora: User, sighting: Sighting) -> None:
    assert "sighting_review_queue" in plan(selectors.review_queue(dora))
    assert "TEMP B-TREE" not in plan(selectors.review_queue(dora))


def test_the_latest_of_the_api_are_not_sorted(dora: User, sighting: Sighting) -> None:
    latest = selectors.sightings_for(dora).order_by("-pk")
    assert "TEMP B-TREE" not in plan(latest)


@pytest.mark.parametrize(
    ("words", "index"), [({}, "sighting_by_time"), ({"doubtful": "true"}, "sighting_review_queue")]
)
def test_a_page_of_the_log_of_several_fleets_follows_the_index_too(
    django_user_model: Any, sighting: Sighting, charlie: User, words: dict[str, str], index: str
) -> None:
    boss, asked = django_user_model.objects.create_user("boss", is_staff=True), list[tuple[str, Any]]()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        results.listed(boss, filters.parse(words), upto=sighting.pk)
        results.overview(boss, filters.parse(words))
    plans = [explained(sql, params) for sql, params in asked if 'FROM "sightings_sighting"' in sql]
    assert len(plans) == 3 - bool(words)  # what has a time, what has none, the choices; doubtful ones are one list
    assert index in plans[0]
    assert index in plans[-1]
    assert not [plan for plan in plans if "PRIMARY KEY (rowid<?)" in plan]
