"""Following the log passes nothing over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from sightings.models import ProcessingRun, Sighting
from sightings.selectors_feed import Horizon, written_since
from tests.factories import make_sighting


@pytest.mark.django_db
def test_the_log_is_whole_up_to_the_newest_key_where_nobody_writes(run: ProcessingRun) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("the test's own transaction is one that writes")
    assert Horizon().look() == 0
    row = make_sighting(run)
    assert Horizon().look() == row.pk
    assert written_since(Sighting.objects.all(), 0, row.pk, most=9) == [row]


@contextmanager
def elsewhere(run: ProcessingRun) -> Iterator[threading.Event]:
    """A sighting written by another connection, whose transaction ends when the event is set."""
    written, end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            make_sighting(run, "B10AAA")
            written.set()
            end.wait(20)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(20)
    yield end
    end.set()
    writer.join()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_committed_after_one_with_a_higher_key_is_not_passed_over(run: ProcessingRun) -> None:
    horizon = Horizon()
    begun = horizon.look()
    assert begun is not None
    with elsewhere(run) as end:
        make_sighting(run, "B11AAA", at=30.0)  # has the higher key, and is there first
        assert horizon.look() == begun
        assert horizon.look() == begun
        end.set()
    upto = horizon.look()
    assert upto is not None
    assert [row.text for row in written_since(Sighting.objects.all(), begun, upto, most=9)] == ["B10AAA", "B11AAA"]
