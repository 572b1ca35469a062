"""Deliveries meet a real receiver that fails, hangs, redirects and recovers: none is lost, and the order holds."""

from __future__ import annotations

import base64
import hmac
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from sightings.models import Delivery, Fleet, ProcessingRun, Sighting, User, Webhook
from sightings.outgoing import Answer
from sightings.processing import sweep
from sightings.services import sending, webhooks
from sightings.services.events import tell
from tests.factories import make_sighting
from tests.receiver import Got, Receiver, Reply, is_signed

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.WEBHOOK_WAITS = [0.0] * 8
    settings.WEBHOOK_PAUSE_SECONDS = 0.0
    settings.WEBHOOK_SECONDS = 0.3
    settings.WEBHOOK_ALLOW_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def webhook(northwind: Fleet, alice: User, receiver: Receiver) -> Webhook:
    return made(northwind, alice, receiver.url)


def made(fleet: Fleet, user: User, url: str, **values: Any) -> Webhook:
    wanted = ["sighting.created", "sighting.changed"]
    return webhooks.create_webhook(
        user=user, fleet=fleet, values={"name": "Ours", "url": url, "events": wanted, "reveal": True, **values}
    )[0]


def seen(run: ProcessingRun, *plates: str) -> None:
    for number, plate in enumerate(plates):
        make_sighting(run, plate, at=number * 7.0)
    tell(Sighting.objects.all())


def states(webhook: Webhook) -> set[str]:
    return set(Delivery.objects.filter(webhook=webhook).values_list("state", flat=True))


def test_what_is_sent_is_signed_and_says_what_was_seen(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, alice: User
) -> None:
    secret = webhooks.rotate_secret(webhook=webhook, user=alice, overlap_h=0)
    seen(run, "B99BNX")
    sending.send_due()
    got = receiver.got[0]
    assert is_signed(got, secret)
    assert not is_signed(Got(got.headers, got.body + b" ", got.target), secret)
    assert (got.said["type"], got.plate, got.target) == ("sighting.created", "B99BNX", "/plates?key=1")
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.status, row.answer) == ("delivered", 1, 200, "heard   <b>you</b>")


def test_the_lines_in_the_docs_check_the_signature(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, alice: User
) -> None:
    lines = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf8"), re.DOTALL)[0]
    secret = webhooks.rotate_secret(webhook=webhook, user=alice)
    seen(run, "B99BNX")
    sending.send_due()
    got = receiver.got[0]
    known = {"base64": base64, "hmac": hmac, "time": time, "SECRET": secret, "headers": got.headers, "body": got.body}
    exec(lines, known)
    with pytest.raises(AssertionError):
        exec(lines, known | {"body": got.body + b" "})


def test_while_secrets_overlap_either_checks(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, alice: User
) -> None:
    old, new = (webhooks.rotate_secret(webhook=webhook, user=alice) for _ in range(2))
    seen(run, "B99BNX")
    sending.send_due()
    assert is_signed(receiver.got[0], old)
    assert is_signed(receiver.got[0], new)
    Webhook.objects.update(old_until=timezone.now())
    Delivery.objects.update(state="waiting", due_at=timezone.now())
    sending.send_due()
    assert not is_signed(receiver.got[1], old)
    assert is_signed(receiver.got[1], new)


def test_a_receiver_that_fails_hangs_and_recovers_misses_nothing_and_keeps_the_order(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun
) -> None:
    replies: Iterator[Reply] = iter([500, 200, 0.6, 503, 200, 404, 0.6, 200, 429])
    receiver.behavior = lambda _: next(replies, 200)
    seen(run, *("B11AAA", "B22BBB") * 6)
    sending.send_due()
    keys = list(Delivery.objects.order_by("pk").values_list("event_id", flat=True))
    accepted = [got.id for got in receiver.accepted]
    assert sorted(accepted) == sorted(keys)  # each once: no worker died
    for plate in ("B11AAA", "B22BBB"):
        ours = list(Delivery.objects.filter(plate=plate).order_by("pk").values_list("event_id", flat=True))
        assert [key for key in accepted if key in ours] == ours
    assert len(receiver.got) == len(keys) + 6
    assert states(webhook) == {"delivered"}


def test_a_later_delivery_of_a_plate_waits_for_the_earlier_and_other_plates_do_not(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, settings: Any
) -> None:
    settings.WEBHOOK_WAITS = [60.0]
    receiver.behavior = lambda got: 500 if got.plate == "B11AAA" else 200
    seen(run, "B11AAA", "B22BBB", "B11AAA", "B22BBB")
    sending.send_due()
    assert [got.plate for got in receiver.got].count("B11AAA") == 1
    assert [got.plate for got in receiver.accepted] == ["B22BBB", "B22BBB"]


def test_what_fails_every_time_becomes_a_dead_letter_that_can_be_replayed(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, alice: User
) -> None:
    receiver.behavior = lambda _: 500
    seen(run, "B99BNX", "B98BNX")
    sending.send_due()
    assert states(webhook) == {"dead"}
    assert [row.attempts for row in Delivery.objects.all()] == [9, 9]
    assert Delivery.objects.filter(failure="status", status=500).count() == 2
    receiver.behavior = lambda _: 200
    assert webhooks.replay_dead(webhook=webhook, user=alice) == 2
    sending.send_due()
    assert states(webhook) == {"delivered"}
    assert {got.id for got in receiver.accepted} == {row.event_id for row in Delivery.objects.all()}


def test_a_hanging_target_does_not_hold_up_another(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, northwind: Fleet, alice: User, settings: Any
) -> None:
    settings.WEBHOOK_WAITS, settings.WEBHOOK_SECONDS = [60.0], 1.5
    slow = Receiver(lambda _: 3.0)
    made(northwind, alice, slow.url)
    seen(run, *(f"B{number}XYZ" for number in range(10, 50)))
    moments: list[float] = []
    receiver.behavior = lambda _: moments.append(timezone.now().timestamp()) or 200  # type: ignore[func-returns-value]
    begun = timezone.now().timestamp()
    sending.send_due()
    slow.close()
    assert len(receiver.accepted) == 40
    assert max(moments) - begun < 1.4  # before the first of the slow one had timed out
    assert receiver.most_at_once <= sending.OF_ONE_TARGET


def test_after_failures_in_a_row_a_target_rests_then_one_delivery_tries_it(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, settings: Any
) -> None:
    settings.WEBHOOK_PAUSE_SECONDS = 60.0
    receiver.behavior = lambda _: 500
    seen(run, *(f"B{number}XYZ" for number in range(10, 30)))
    sending.send_due()
    webhook.refresh_from_db()
    assert (len(receiver.got), webhook.failures) == (sending.OPENS_AFTER, sending.OPENS_AFTER)
    assert webhook.open_until is not None
    Webhook.objects.update(open_until=timezone.now())
    sending.send_due()
    assert len(receiver.got) == sending.OPENS_AFTER + 1  # half open: one, and it failed
    receiver.behavior = lambda _: 200
    Webhook.objects.update(open_until=timezone.now())
    sending.send_due()
    assert len(receiver.accepted) == 20
    assert Webhook.objects.filter(failures=0, open_until=None).exists()


def test_a_worker_killed_while_sending_has_its_delivery_sent_again_with_the_same_id(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun
) -> None:
    seen(run, "B99BNX")
    [taken] = sending.take(16)
    sending._post(taken)  # and here it dies: nothing is written down
    sending.send_due()
    assert len(receiver.got) == 1  # it may still be alive
    Delivery.objects.update(due_at=timezone.now())
    sending.send_due()
    assert [got.id for got in receiver.got] == [taken.event_id] * 2
    assert states(webhook) == {"delivered"}


def test_of_two_senders_of_one_delivery_a_late_failure_does_not_undo_success(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun
) -> None:
    seen(run, "B99BNX")
    [slow] = sending.take(16)
    Delivery.objects.update(due_at=timezone.now())
    sending.send_due()
    sending.record(slow, Answer("timeout"))
    assert states(webhook) == {"delivered"}


def test_a_redirect_to_a_private_address_is_not_followed(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, settings: Any
) -> None:
    settings.WEBHOOK_WAITS = [60.0]
    inside = Receiver()
    receiver.behavior = lambda _: (302, {"Location": inside.url})
    seen(run, "B99BNX")
    sending.send_due()
    inside.close()
    assert inside.got == []
    row = Delivery.objects.get()
    assert (row.state, row.failure, row.status) == ("waiting", "redirect", 302)


def test_a_receiver_may_say_when_to_come_again(webhook: Webhook, receiver: Receiver, run: ProcessingRun) -> None:
    receiver.behavior = lambda _: (429, {"Retry-After": "120"})
    seen(run, "B99BNX")
    sending.send_due()
    due_at = Delivery.objects.get().due_at
    assert due_at is not None
    assert due_at > timezone.now() + timedelta(seconds=100)


def test_a_test_is_sent_at_once_also_to_one_that_is_off_and_is_no_dead_letter(
    webhook: Webhook, receiver: Receiver, alice: User
) -> None:
    webhooks.change_webhook(webhook=webhook, user=alice, values={"active": False})
    assert webhooks.send_test(webhook=webhook, user=alice).state == "delivered"
    assert receiver.got[0].said["type"] == "ping"
    receiver.behavior = lambda _: 500
    failed = webhooks.send_test(webhook=webhook, user=alice)
    assert (failed.state, failed.status, failed.attempts) == ("dead", 500, 1)
    webhook.refresh_from_db()
    assert webhook.failures == 0
    assert webhooks.replay_dead(webhook=webhook, user=alice) == 0


def test_what_is_off_or_deleted_waits_and_goes_on(
    webhook: Webhook, receiver: Receiver, run: ProcessingRun, alice: User
) -> None:
    seen(run, "B99BNX")
    webhooks.delete_webhook(webhook=webhook, user=alice)
    sending.send_due()
    assert receiver.got == []
    webhooks.restore_webhook(webhook=webhook, user=alice)
    sending.send_due()
    assert len(receiver.accepted) == 1


def test_the_sweep_wakes_drops_what_was_delivered_long_ago_and_keeps_the_dead(
    webhook: Webhook, run: ProcessingRun, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(sweep, "send", lambda name, *_: sent.append(name) or True)  # type: ignore[func-returns-value]
    monkeypatch.setattr(sweep, "waiting", lambda queue: 0)
    seen(run, "B99BNX", "B98BNX", "B97BNX")
    first, second, third = Delivery.objects.order_by("pk")
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=40))
    Delivery.objects.filter(pk=first.pk).update(state="delivered")
    Delivery.objects.filter(pk=second.pk).update(state="dead")
    sweep.sweep_deliveries()
    assert sent == ["send_deliveries"]
    assert set(Delivery.objects.all()) == {second, third}
    Webhook.objects.update(open_until=timezone.now() + timedelta(hours=1))
    Delivery.objects.update(due_at=timezone.now() - timedelta(days=4))
    sweep.sweep_deliveries()
    assert states(webhook) == {"dead"}


def test_a_worker_that_is_woken_sends_in_a_thread_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def send_due() -> int:
        rounds.append(1)
        if len(rounds) == 1:
            sending.wake()  # while one is at it
        return 0

    monkeypatch.setattr(sending, "send_due", send_due)
    monkeypatch.setattr(sending, "connections", type("None", (), {"close_all": staticmethod(lambda: None)}))
    sending.wake()
    until = timezone.now() + timedelta(seconds=5)
    while (sending._running or len(rounds) < 2) and timezone.now() < until:
        pass
    assert len(rounds) == 2
