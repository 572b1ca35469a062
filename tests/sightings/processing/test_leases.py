from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from sightings.models import ProcessingRun, Segment, Trip
from sightings.processing import leases, read
from tests.factories import make_run, make_video

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(hours=1)


@pytest.fixture
def segment(trip: Trip) -> Segment:
    run = make_run(make_video(trip), state="queued", progress=0.0)
    return Segment.objects.create(run=run, index=0, start_s=0.0, end_s=60.0)


def test_only_one_worker_gets_a_segment(segment: Segment) -> None:
    assert leases.take_segment(segment.pk, "first")
    assert not leases.take_segment(segment.pk, "second")
    segment.refresh_from_db()
    assert (segment.state, segment.lease_owner, segment.attempts) == ("leased", "first", 1)


def test_a_lease_that_ran_out_goes_to_another_and_the_first_cannot_write_any_more(segment: Segment) -> None:
    leases.take_segment(segment.pk, "first")
    Segment.objects.filter(pk=segment.pk).update(lease_expires_at=timezone.now() - LONG_AGO)
    assert leases.take_segment(segment.pk, "second")
    assert not leases.renew_segment(segment.pk, "first")
    with pytest.raises(leases.LeaseLost):
        read.end(segment, "first", state="done")
    assert leases.renew_segment(segment.pk, "second")


def test_a_segment_is_not_tried_for_ever(segment: Segment, settings: Any) -> None:
    for attempt in range(settings.MAX_ATTEMPTS):
        assert leases.take_segment(segment.pk, f"worker {attempt}")
        Segment.objects.filter(pk=segment.pk).update(state="queued")
    assert not leases.take_segment(segment.pk, "one more")


def test_a_segment_of_a_cancelled_run_is_not_begun(segment: Segment) -> None:
    ProcessingRun.objects.filter(pk=segment.run_id).update(state="cancelled")
    assert not leases.take_segment(segment.pk, "first")


def test_a_heart_notices_that_the_lease_is_gone(settings: Any) -> None:
    settings.LEASE_SECONDS = 0.03
    heart = leases.Heart(lambda: False)
    heart.run()
    with pytest.raises(leases.LeaseLost):
        heart.alive()


def test_a_heart_beats_until_it_is_stopped(settings: Any) -> None:
    settings.LEASE_SECONDS = 0.03
    beats: list[bool] = []

    def renew() -> bool:
        beats.append(True)
        if len(beats) == 3:
            heart.stop()
        return True

    heart = leases.Heart(renew)
    heart.run()
    heart.alive()
    assert len(beats) == 3


def test_a_heart_outlives_a_database_that_is_away_for_a_moment(settings: Any) -> None:
    settings.LEASE_SECONDS = 0.03
    beats: list[bool] = []

    def renew() -> bool:
        beats.append(True)
        if len(beats) < 3:
            raise OperationalError("database table is locked")
        return len(beats) < 5

    heart = leases.Heart(renew)
    heart.run()
    assert len(beats) == 5
    assert heart.lost
