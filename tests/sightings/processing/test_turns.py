"""Whose turn it is. A worker is free again and again, and takes one segment each time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sightings.models import Fleet, ProcessingRun, Segment, Trip, Upload, User
from sightings.processing import leases, turns
from tests.factories import make_person, make_run, make_trip, make_video

pytestmark = pytest.mark.django_db


def drive(fleet: Fleet, user: User, parts: int, **fields: Any) -> Trip:
    trip = make_trip(fleet, created_by=user, state="waiting", **fields)
    run = make_run(make_video(trip), state="queued", progress=0.0)
    Segment.objects.bulk_create(
        Segment(run=run, index=index, start_s=60.0 * index, end_s=60.0 * index + 60.0) for index in range(parts)
    )
    return trip


def take() -> Segment:
    """One free worker begins to read."""
    pk = turns.next_segment()
    assert pk is not None
    assert leases.take_segment(pk, "worker")
    return Segment.objects.select_related("run__video__trip").get(pk=pk)


def finish(segment: Segment) -> None:
    Segment.objects.filter(pk=segment.pk).update(state="done", lease_owner="", lease_expires_at=None)


def read_one() -> Trip:
    """What a single worker does, one segment after the other."""
    segment = take()
    finish(segment)
    return segment.run.video.trip


def test_a_fleet_that_comes_after_two_hundred_parts_of_another_waits_for_one_at_most(
    northwind: Fleet, southgate: Fleet, alice: User, charlie: User
) -> None:
    drive(northwind, alice, 200)
    running = take()
    late = drive(southgate, charlie, 3)
    finish(running)
    assert read_one() == late


def test_with_two_workers_it_waits_for_one_of_each_at_most(
    northwind: Fleet, southgate: Fleet, alice: User, charlie: User
) -> None:
    drive(northwind, alice, 200)
    first, second = take(), take()
    late = drive(southgate, charlie, 3)
    finish(first)
    third = take()
    assert third.run.video.trip == late
    finish(second)
    assert take().run.video.trip.fleet == northwind


def test_fleets_take_turns(northwind: Fleet, southgate: Fleet, alice: User, charlie: User) -> None:
    drive(northwind, alice, 9)
    drive(southgate, charlie, 9)
    order = [read_one().fleet for _ in range(6)]
    assert order == [northwind, southgate] * 3


def test_a_fleet_that_has_the_field_for_itself_is_read_in_order(northwind: Fleet, alice: User) -> None:
    first, second = drive(northwind, alice, 2), drive(northwind, alice, 2)
    assert [read_one() for _ in range(4)] == [first, first, second, second]
    assert turns.next_segment() is None


def test_people_of_one_fleet_take_turns(northwind: Fleet, alice: User, bob: User) -> None:
    hers, his = drive(northwind, alice, 9), drive(northwind, bob, 2)
    assert [read_one() for _ in range(5)] == [hers, his, hers, his, hers]


def test_a_trip_that_was_put_first_is_read_before_the_others_of_its_fleet_but_not_of_other_fleets(
    northwind: Fleet, southgate: Fleet, alice: User, bob: User, charlie: User
) -> None:
    drive(northwind, alice, 5)
    first = drive(northwind, bob, 2, priority=1)
    theirs = drive(southgate, charlie, 2)
    assert [read_one() for _ in range(4)] == [first, theirs, first, theirs]


def test_a_paused_trip_waits_and_the_others_go_on(northwind: Fleet, alice: User) -> None:
    paused, other = drive(northwind, alice, 2, paused=True), drive(northwind, alice, 1)
    assert read_one() == other
    assert turns.next_segment() is None
    Trip.objects.filter(pk=paused.pk).update(paused=False)
    assert read_one() == paused


def test_a_fleet_whose_reader_died_is_not_held_to_be_served(
    northwind: Fleet, southgate: Fleet, alice: User, charlie: User
) -> None:
    drive(northwind, alice, 3)
    drive(southgate, charlie, 3)
    long_ago = timezone.now() - timedelta(hours=2)
    dead = take()
    Segment.objects.filter(pk=dead.pk).update(started_at=long_ago, lease_expires_at=long_ago)
    assert take() == dead


def test_what_was_tried_too_often_or_belongs_to_a_run_that_is_over_is_nobodys_turn(
    northwind: Fleet, alice: User, settings: Any
) -> None:
    drive(northwind, alice, 1)
    Segment.objects.update(attempts=settings.MAX_ATTEMPTS)
    drive(northwind, alice, 1)
    ProcessingRun.objects.order_by("-pk")[:1].get().delete()
    over = drive(northwind, alice, 1)
    ProcessingRun.objects.filter(video__trip=over).update(state="cancelled")
    assert turns.next_segment() is None


def arrived(fleet: Fleet, user: User, name: str) -> Upload:
    return Upload.objects.create(fleet=fleet, user=user, filename=name, size=9, offset=9, state="received")


def test_files_of_fleets_and_people_are_looked_at_in_turns(
    northwind: Fleet, southgate: Fleet, alice: User, charlie: User
) -> None:
    carol = make_person("carol", northwind)
    for name in ("a1", "a2", "a3"):
        arrived(northwind, alice, name)
    for fleet, user, name in [(southgate, charlie, "s1"), (northwind, carol, "c1"), (southgate, charlie, "s2")]:
        arrived(fleet, user, name)
    seen = []
    while (pk := turns.next_upload()) is not None:
        assert leases.take_upload(pk)
        Upload.objects.filter(pk=pk).update(state="done", updated_at=timezone.now())
        seen.append(Upload.objects.get(pk=pk).filename)
    assert seen == ["a1", "s1", "c1", "s2", "a2", "a3"]
