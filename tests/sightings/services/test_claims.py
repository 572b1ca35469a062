"""Who is given what to review, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from sightings.errors import NotAllowed
from sightings.models import AuditEntry, Fleet, ProcessingRun, ReviewClaim, Role, Sighting, User
from sightings.selectors_review import ReviewQueue, left_in
from sightings.services import claims, reviews
from sightings.services.current import make_current
from tests.factories import make_person, make_run, make_sighting, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db
ALL = ReviewQueue()


@pytest.fixture
def doubtful(run: ProcessingRun) -> list[Sighting]:
    """Four, the least certain first; among them one that is sure but flagged."""
    rows = [make_sighting(run, f"B0{n}AAA", confidence=0.1 + n / 10) for n in range(3)]
    return [*rows, make_sighting(run, "B09AAA", confidence=0.99, flagged=True)]


def given(user: User, count: int = 10, queue: ReviewQueue = ALL, **more: list[int]) -> list[int]:
    return claims.claim_next(user=user, queue=queue, count=count, **more).new


def keys(rows: list[Sighting]) -> list[int]:
    return [row.pk for row in rows]


def test_the_least_certain_come_first_and_what_is_sure_does_not_come(
    bob: User, run: ProcessingRun, doubtful: list[Sighting]
) -> None:
    make_sighting(run, "B10AAA", confidence=0.99)
    assert given(bob) == keys(doubtful)


def test_two_reviewers_are_never_given_the_same(alice: User, bob: User, doubtful: list[Sighting]) -> None:
    assert given(alice, 2) == keys(doubtful[:2])
    assert given(bob) == keys(doubtful[2:])
    assert given(bob, held=keys(doubtful[2:])) == []


def test_a_claim_that_ran_out_is_given_to_another(alice: User, bob: User, doubtful: list[Sighting]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        given(alice)
        clock.shift(claims.LEASE - timedelta(seconds=1))
        assert given(bob) == []
        clock.shift(2)
        assert given(bob) == keys(doubtful)
        assert claims.claim_next(user=alice, queue=ALL, count=0, held=keys(doubtful)).lost == keys(doubtful)


def test_asking_renews_the_claims_that_are_held(alice: User, bob: User, doubtful: list[Sighting]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        held = given(alice)
        clock.shift(claims.LEASE - timedelta(seconds=1))
        assert claims.claim_next(user=alice, queue=ALL, count=0, held=held).lost == []
        clock.shift(10)
        assert given(bob) == []


def test_what_is_released_is_free_at_once(alice: User, bob: User, doubtful: list[Sighting]) -> None:
    given(alice)
    assert claims.release(user=alice, sightings=keys(doubtful[:1])) == 1
    assert given(bob) == keys(doubtful[:1])
    assert claims.release(user=alice) == 3


def test_nobody_releases_what_another_holds(alice: User, bob: User, doubtful: list[Sighting]) -> None:
    given(alice)
    assert claims.release(user=bob, sightings=keys(doubtful)) == 0


def test_what_was_skipped_does_not_come_again(bob: User, doubtful: list[Sighting]) -> None:
    assert given(bob, skipped=keys(doubtful[:1])) == keys(doubtful[1:])


def test_after_a_reload_a_reviewer_gets_back_their_own(bob: User, doubtful: list[Sighting]) -> None:
    assert given(bob) == given(bob)


def test_a_word_ends_the_claim(bob: User, doubtful: list[Sighting]) -> None:
    given(bob)
    reviews.confirm_sighting(sighting=doubtful[0], user=bob)
    assert not ReviewClaim.objects.filter(sighting=doubtful[0]).exists()


def test_the_queue_is_narrowed_to_flags_trips_and_vehicles(
    bob: User, northwind: Fleet, doubtful: list[Sighting]
) -> None:
    van = make_vehicle(northwind, "Van 2")
    other = make_sighting(make_run(make_video(make_trip(northwind, vehicle=van))), "B50AAA", confidence=0.05)
    assert given(bob, queue=ReviewQueue(flagged=True)) == keys(doubtful[3:])
    assert given(bob, queue=ReviewQueue(vehicle=van.pk)) == [other.pk]
    assert given(bob, queue=ReviewQueue(trip=doubtful[0].trip_id)) == keys(doubtful)
    assert left_in(bob, ALL, [northwind.pk]) == 5


def test_a_reading_that_no_longer_counts_is_not_reviewed(
    bob: User, run: ProcessingRun, doubtful: list[Sighting]
) -> None:
    make_current(ProcessingRun.objects.create(video=run.video))
    assert given(bob) == []


def test_who_may_not_review_is_given_nothing(dora: User, doubtful: list[Sighting]) -> None:
    with pytest.raises(NotAllowed):
        given(dora)


def test_a_reviewer_of_one_fleet_who_only_looks_at_another_gets_their_own_alone(
    southgate: Fleet, doubtful: list[Sighting]
) -> None:
    eve = make_person("eve", southgate, Role.REVIEWER)
    eve.memberships.create(fleet=doubtful[0].fleet, role=Role.VIEWER)
    assert given(eve) == []
    assert claims.claim(user=eve, sightings=keys(doubtful)) == set()


def test_every_sighting_that_is_handed_out_is_written_down(bob: User, doubtful: list[Sighting]) -> None:
    given(bob, 2)
    seen = AuditEntry.objects.filter(action="sighting.viewed", user=bob).values_list("target_id", flat=True)
    assert set(seen) == {str(row.pk) for row in doubtful[:2]}
