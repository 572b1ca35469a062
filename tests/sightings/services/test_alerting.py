"""A seen plate meets the watchlists: what is accepted, under which conditions, and once for each pass."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sightings.models import Alert, Fleet, ProcessingRun, Sighting, User, WatchEntry, Watchlist
from sightings.services.alerting import watch
from sightings.services.alerts import acknowledge_alert
from sightings.services.current import make_current
from sightings.services.reviews import correct_sighting, reject_sighting, undo_correction
from sightings.services.watchlist_csv import read_in
from sightings.services.watchlists import add_entry, change_watchlist, create_watchlist, delete_watchlist, remove_entry
from tests.factories import make_run, make_sighting

pytestmark = pytest.mark.django_db


@pytest.fixture
def watchlist(northwind: Fleet, bob: User) -> Watchlist:
    return create_watchlist(user=bob, fleet=northwind, values={"name": "Stolen"})


def seen(run: ProcessingRun, plate: str, **fields: Any) -> Sighting:
    row = make_sighting(run, plate, **fields)
    watch(Sighting.objects.filter(pk=row.pk))
    return row


@pytest.mark.parametrize(
    ("pattern", "options", "plate", "alerted"),
    [
        ("b 99-bnx", {}, "B99BNX", True),
        ("B99BNX", {}, "899BNX", False),
        ("B99BNX", {"alike": True}, "899BNX", True),
        ("B99BNX", {"alike": True}, "B98BNX", False),
        ("B99BNX", {"near": True}, "B98BNX", True),
        ("B99BNX", {"near": True}, "B9BNX", True),
        ("B99BNX", {"near": True}, "B99?NX", True),
        ("B99BNX", {"near": True}, "B98BNY", False),
        ("ABC", {"alike": True}, "AB?C", False),
        ("B99*", {}, "B99BNX", True),
        ("B99*", {}, "B98BNX", False),
        ("B?9*NX", {}, "B99BNX", True),
        ("*BNX", {}, "B99BNX", True),
        ("B?9", {}, "B99BNX", False),
    ],
)
def test_an_entry_alerts_of_what_it_accepts_alone(
    pattern: str, options: Any, plate: str, alerted: bool, watchlist: Watchlist, bob: User, run: ProcessingRun
) -> None:
    add_entry(watchlist=watchlist, user=bob, pattern=pattern, **options)
    seen(run, plate)
    assert Alert.objects.exists() == alerted


@pytest.mark.parametrize(
    ("conditions", "alerted"),
    [
        ({"from_time": time(14), "to_time": time(16)}, True),  # 12:00 UTC is 15:00 in Bucharest
        ({"from_time": time(11), "to_time": time(13)}, False),
        ({"from_time": time(11), "to_time": time(13), "time_zone": "UTC"}, True),
        ({"from_time": time(22), "to_time": time(15, 30)}, True),
        ({"weekdays": [4]}, True),  # a Friday
        ({"weekdays": [5, 6]}, False),
        ({"weekdays": [3], "from_time": time(22), "to_time": time(16)}, True),  # the night that began on Thursday
        ({"area": [[26.0, 44.0], [27.0, 44.0], [27.0, 45.0], [26.0, 45.0]]}, True),
        ({"area": [[27.0, 44.0], [28.0, 44.0], [28.0, 45.0]]}, False),
        ({"active": False}, False),
    ],
)
def test_conditions_narrow_a_watchlist(
    conditions: dict[str, Any], alerted: bool, watchlist: Watchlist, bob: User, run: ProcessingRun
) -> None:
    change_watchlist(watchlist=watchlist, user=bob, values=conditions)
    add_entry(watchlist=watchlist, user=bob, pattern="B99BNX")
    seen(run, "B99BNX")
    assert Alert.objects.exists() == alerted


def test_only_the_vehicles_that_are_named_count(watchlist: Watchlist, bob: User, run: ProcessingRun) -> None:
    vehicle = run.video.trip.vehicle
    assert vehicle
    other = vehicle.fleet.vehicles.create(name="Van 2")
    add_entry(watchlist=watchlist, user=bob, pattern="B99BNX")
    change_watchlist(watchlist=watchlist, user=bob, values={"vehicles": [other.pk]})
    seen(run, "B99BNX", at=1.0)
    assert not Alert.objects.exists()
    change_watchlist(watchlist=watchlist, user=bob, values={"vehicles": [vehicle.pk]})
    seen(run, "B99BNX", at=40.0)
    assert Alert.objects.count() == 1


def test_what_expired_was_removed_or_belongs_to_another_fleet_alerts_nobody(
    watchlist: Watchlist, bob: User, charlie: User, southgate: Fleet, run: ProcessingRun
) -> None:
    add_entry(watchlist=watchlist, user=bob, pattern="B99BNX", expires_on=date(2026, 4, 30))
    remove_entry(entry=add_entry(watchlist=watchlist, user=bob, pattern="B99*"), user=bob)
    theirs = create_watchlist(user=charlie, fleet=southgate, values={"name": "Ours"})
    add_entry(watchlist=theirs, user=charlie, pattern="B99BNX")
    seen(run, "B99BNX")
    assert not Alert.objects.exists()


def test_a_deleted_watchlist_is_silent(watchlist: Watchlist, bob: User, run: ProcessingRun) -> None:
    add_entry(watchlist=watchlist, user=bob, pattern="B99BNX")
    delete_watchlist(watchlist=watchlist, user=bob)
    seen(run, "B99BNX")
    assert not Alert.objects.exists()


def test_two_passes_are_two_alerts_and_one_pass_is_one(watchlist: Watchlist, bob: User, run: ProcessingRun) -> None:
    add_entry(watchlist=watchlist, user=bob, pattern="B99BNX")
    first = seen(run, "B99BNX", at=10.0)
    watch(Sighting.objects.filter(pk=first.pk))
    assert Alert.objects.count() == 1
    seen(run, "B99BNX", at=12.0)  # at the same time, elsewhere in the picture
    assert Alert.objects.count() == 2


def test_another_reading_of_the_pass_keeps_its_one_alert(watchlist: Watchlist, bob: User, run: ProcessingRun) -> None:
    entry = add_entry(watchlist=watchlist, user=bob, pattern="B99BNX", near=True)
    seen(run, "B99BNX", at=10.0)
    alert = acknowledge_alert(alert=Alert.objects.get(), user=bob, note="Ours")
    anew = make_run(run.video, is_current=False)
    row = make_sighting(anew, "B98BNX", at=10.4)
    elsewhere = make_sighting(anew, "B99BNX", at=40.0)
    make_current(anew)
    watch(Sighting.objects.filter(run=anew))
    alert.refresh_from_db()
    assert (alert.sighting, alert.state, alert.note, alert.entry) == (row, "acknowledged", "Ours", entry)
    assert Alert.objects.exclude(pk=alert.pk).get().sighting == elsewhere


def test_a_correction_alerts_and_a_rejected_sighting_does_not(
    watchlist: Watchlist, bob: User, run: ProcessingRun
) -> None:
    add_entry(watchlist=watchlist, user=bob, pattern="CJ01ABC")
    row = make_sighting(run, "CJ01ABD")
    rejected = reject_sighting(sighting=row, user=bob)
    assert not Alert.objects.exists()
    undo_correction(correction=rejected, user=bob)
    row.refresh_from_db()
    correct_sighting(sighting=row, user=bob, text="CJ01ABC")
    assert Alert.objects.get().text == "CJ01ABC"


def test_ten_thousand_entries_cost_no_more_queries_than_one(
    watchlist: Watchlist, bob: User, run: ProcessingRun
) -> None:
    add_entry(watchlist=watchlist, user=bob, pattern="ZZ1")
    rows = [make_sighting(run, f"B{number}XYZ").pk for number in range(10, 15)]
    with CaptureQueriesContext(connection) as few:
        watch(Sighting.objects.filter(pk__in=rows))
    read_in(watchlist=watchlist, user=bob, text="plate\n" + "\n".join(f"AB{n:05d}C" for n in range(10_000)))
    assert WatchEntry.objects.count() == 10_001
    with CaptureQueriesContext(connection) as many:
        watch(Sighting.objects.filter(pk__in=rows))
    assert len(many) == len(few)
