"""What webhooks are told of, once for each pass, in the transaction of what it tells of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sightings.models import Announced, Delivery, Fleet, ProcessingRun, Sighting, Trip, User, Webhook
from sightings.processing.states import refresh_trip
from sightings.services import aliases, batches, reviews, webhooks
from sightings.services.alerting import watch
from sightings.services.current import make_current
from sightings.services.events import tell, tell_gone
from sightings.services.watchlists import add_entry, create_watchlist
from tests.factories import make_run, make_sighting, make_video

pytestmark = pytest.mark.django_db
ALL = ["sighting.created", "sighting.changed", "alert.created", "trip.read"]


def hook(fleet: Fleet, user: User, **values: Any) -> Webhook:
    given = {"name": "Ours", "url": "https://example.com/plates", "events": ALL, "reveal": True}
    return webhooks.create_webhook(user=user, fleet=fleet, values={**given, **values})[0]


@pytest.fixture
def webhook(northwind: Fleet, alice: User) -> Webhook:
    return hook(northwind, alice)


def seen(run: ProcessingRun, plate: str = "B99BNX", **fields: Any) -> Sighting:
    row = make_sighting(run, plate, **fields)
    tell(Sighting.objects.filter(pk=row.pk))
    return row


def bodies() -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in Delivery.objects.order_by("pk")]


def told() -> list[tuple[str, str, str]]:
    """(event, change, plate) of all deliveries."""
    data = [(body["type"], body["data"]) for body in bodies()]
    return [(kind, one.get("change", ""), one.get("sighting", {}).get("plate", "")) for kind, one in data]


def test_a_sighting_is_announced_once_however_often_it_is_written(webhook: Webhook, run: ProcessingRun) -> None:
    seen(run)
    tell(Sighting.objects.all())
    tell_gone(run.video)
    assert told() == [("sighting.created", "", "B99BNX")]


def test_a_delivery_goes_with_its_transaction(webhook: Webhook, run: ProcessingRun) -> None:
    with transaction.atomic():
        seen(run)
        assert Delivery.objects.exists()
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert not Announced.objects.exists()


def test_peoples_words_are_told_one_by_one(webhook: Webhook, run: ProcessingRun, bob: User) -> None:
    row = seen(run)
    word = reviews.correct_sighting(sighting=row, user=bob, text="B98BNX")
    reviews.confirm_sighting(sighting=row, user=bob)
    rejected = reviews.reject_sighting(sighting=row, user=bob)
    reviews.undo_correction(correction=rejected, user=bob)
    reviews.flag_sighting(sighting=row, user=bob, reason="other")
    assert told()[1:] == [
        ("sighting.changed", "corrected", "B98BNX"),
        ("sighting.changed", "confirmed", "B98BNX"),
        ("sighting.changed", "rejected", "B98BNX"),
        ("sighting.changed", "confirmed", "B98BNX"),
    ]
    assert bodies()[1]["data"]["before"] == {"plate": "B99BNX", "review_state": "unreviewed"}
    assert word.pk
    assert len({row.subject for row in Delivery.objects.all()}) == 1


def test_another_reading_of_a_pass_is_a_change_and_what_it_misses_is_gone_and_comes_back(
    webhook: Webhook, run: ProcessingRun
) -> None:
    seen(run, "B99BNX", at=10.0)
    seen(run, "CJ01ABC", at=40.0)
    anew = make_run(run.video, is_current=False)
    make_sighting(anew, "B98BNX", at=10.4)
    make_sighting(anew, "TM55XYZ", at=70.0)
    make_current(anew)
    tell(Sighting.objects.filter(run=anew))
    tell_gone(run.video)
    assert told()[2:] == [
        ("sighting.changed", "reread", "B98BNX"),
        ("sighting.created", "", "TM55XYZ"),
        ("sighting.changed", "gone", "CJ01ABC"),
    ]
    make_current(run)
    tell(Sighting.objects.filter(run=run))
    tell_gone(run.video)
    assert told()[5:] == [
        ("sighting.changed", "reread", "B99BNX"),
        ("sighting.changed", "back", "CJ01ABC"),
        ("sighting.changed", "gone", "TM55XYZ"),
    ]
    assert len({row.subject for row in Delivery.objects.all()}) == 3


def test_a_row_that_is_replaced_by_its_like_is_the_same_pass(webhook: Webhook, run: ProcessingRun) -> None:
    seen(run, at=10.0).delete()
    seen(run, at=8.0)
    tell_gone(run.video)
    assert told() == [("sighting.created", "", "B99BNX")]


def test_what_cannot_be_read_is_told_once_a_person_has_read_it(webhook: Webhook, run: ProcessingRun, bob: User) -> None:
    row = seen(run, "", plate_raw="???")
    assert told() == []
    reviews.correct_sighting(sighting=row, user=bob, text="B98BNX")
    assert told() == [("sighting.changed", "corrected", "B98BNX")]


def test_a_batch_and_an_alias_that_is_removed_are_told(webhook: Webhook, run: ProcessingRun, bob: User) -> None:
    row, fleet = seen(run), run.video.fleet
    batches.correct_batch(user=bob, fleet=fleet, sightings=[row.pk], text="B98BNX")
    alias = aliases.make_alias(user=bob, fleet=fleet, misread="CJ01ABC", text="CJ02ABC")
    make_sighting(run, "CJ01ABC", at=40.0)
    aliases.apply_aliases(run)
    aliases.remove_alias(alias=alias, user=bob)
    assert told()[1:] == [
        ("sighting.changed", "corrected", "B98BNX"),
        ("sighting.created", "", "CJ02ABC"),
        ("sighting.changed", "reread", "CJ01ABC"),
    ]


def test_an_alert_is_told_to_those_who_wait_for_its_watchlist(
    northwind: Fleet, alice: User, run: ProcessingRun
) -> None:
    lists = [create_watchlist(user=alice, fleet=northwind, values={"name": name}) for name in ("Stolen", "Ours")]
    for one in lists:
        add_entry(watchlist=one, user=alice, pattern="B99*", reason="Since May")
    both = hook(northwind, alice, events=["alert.created"])
    first = hook(northwind, alice, events=["alert.created"], watchlist=lists[0].pk, reveal=False)
    make_sighting(run)
    watch(Sighting.objects.all())
    assert Delivery.objects.filter(webhook=both).count() == 2
    body = Delivery.objects.get(webhook=first).body
    assert json.loads(body)["data"]["alert"]["watchlist_name"] == "Stolen"
    assert "B99" not in body
    assert "Since May" not in body
    assert json.loads(Delivery.objects.filter(webhook=both)[0].body)["data"]["sighting"]["plate"] == "B99BNX"


def test_a_trip_is_told_when_nothing_of_it_is_left_to_read(webhook: Webhook, trip: Trip) -> None:
    run = make_run(make_video(trip), state="reading")
    refresh_trip(trip.pk)
    assert told() == []
    ProcessingRun.objects.filter(pk=run.pk).update(state="done")
    refresh_trip(trip.pk)
    refresh_trip(trip.pk)
    [body] = bodies()
    assert (body["type"], body["data"]["trip"]["id"], body["data"]["trip"]["state"]) == ("trip.read", trip.pk, "done")


@pytest.mark.parametrize(("shape", "where"), [("platerec", "data"), ("openalpr", ""), ("frigate", "")])
def test_other_shapes_tell_of_plates_alone(
    shape: str, where: str, northwind: Fleet, alice: User, run: ProcessingRun
) -> None:
    hook(northwind, alice, shape=shape, events=ALL[:3])
    row = seen(run)
    reviews.correct_sighting(sighting=row, user=alice, text="B98BNX")
    reviews.reject_sighting(sighting=row, user=alice)
    written = bodies()
    assert len(written) == 2
    body = written[0][where] if where else written[0]
    plate = body["plate"] if shape == "frigate" else body["results"][0]["plate"]
    assert plate.upper() == "B99BNX"


def test_what_others_do_not_want_or_may_not_see_is_not_written(
    northwind: Fleet, southgate: Fleet, alice: User, charlie: User, run: ProcessingRun
) -> None:
    hook(southgate, charlie)
    hook(northwind, alice, active=False)
    webhooks.delete_webhook(webhook=hook(northwind, alice), user=alice)
    hook(northwind, alice, events=["trip.read"])
    seen(run)
    assert not Delivery.objects.exists()
    hidden = hook(northwind, alice, reveal=False)
    seen(run, "CJ01ABC", at=40.0)
    assert "CJ01ABC" not in Delivery.objects.get(webhook=hidden).body


def test_two_thousand_sightings_cost_one_query_without_a_webhook_and_few_with_one(
    northwind: Fleet, alice: User, run: ProcessingRun
) -> None:
    rows = [
        Sighting(
            fleet=northwind, trip=run.video.trip, video=run.video, run=run, key=f"k{number}", plate_raw=f"B{number}AB",
            confidence=0.9, dscore=0.9, first_seen_s=number, last_seen_s=number + 1, best_s=number,
        )
        for number in range(2000)
    ]  # fmt: skip
    Sighting.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as without:
        tell(Sighting.objects.filter(run=run))
    assert len(without) == 1
    hook(northwind, alice)
    with CaptureQueriesContext(connection) as queries:
        tell(Sighting.objects.filter(run=run))
    assert Delivery.objects.count() == 2000
    assert len(queries) < 60
