"""Deliveries on their way: taken, sent, written down; again where that failed; kept where it failed for good.

At least once: who takes a delivery holds it for a while. A worker that dies meanwhile has not written down how it went,
and it is sent again with the same event id. In order: of one plate, or of one thing, a delivery waits while an earlier
one of the same webhook is unfinished.

Receivers may take their time, the queue of light work may not: the task only wakes a thread of the worker, which speaks
to the database, and lets a few others wait for answers.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

from django.conf import settings
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from sightings.models import OPEN_DELIVERIES, Delivery, DeliveryState, EventKind, Webhook
from sightings.outgoing import Allowed, Answer, Limits, post
from sightings.services.signing import headers_for

log = logging.getLogger(__name__)

AT_ONCE = 16  # deliveries that one worker has under way
OF_ONE_TARGET = 4  # of them; one alone while its latest failed
OPENS_AFTER = 5  # failures in a row
LONGEST_PAUSE_S = 3600.0
LOOKUP_S = 30  # that looking up a name may take on top of all limits
NEXT_LOOK_S = 0.5  # for what became due while others are under way
LONGEST_DUE = timedelta(days=3)  # that was due for so long, and its target is down

_lock = threading.Lock()
_running = _asked_again = False


def wake() -> None:
    """Send what is due, in a thread of this process; if one is at it, it looks again before it ends."""
    global _running, _asked_again
    with _lock:
        if _running:
            _asked_again = True
            return
        _running = True
    threading.Thread(target=_run, name="deliveries", daemon=True).start()


def _run() -> None:
    global _running, _asked_again
    again = True
    try:
        while again:
            send_due()
            with _lock:
                again, _asked_again = _asked_again, False
                _running = again
    except BaseException:
        with _lock:
            _running = False
        raise
    finally:
        connections.close_all()  # this thread's own


def send_due() -> int:
    """Until nothing is due that may be sent now. Returns how many attempts that took."""
    under_way: dict[Future[Answer], Delivery] = {}
    attempts = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="delivery") as pool:
        while True:
            for delivery in take(AT_ONCE - len(under_way)):
                under_way[pool.submit(_post, delivery)] = delivery
                attempts += 1
            if not under_way:
                return attempts
            for future in wait(under_way, NEXT_LOOK_S, FIRST_COMPLETED).done:
                record(under_way.pop(future), future.result())


def send_now(delivery: Delivery) -> Delivery:
    """Send one that this process holds from the start, such as a test."""
    record(delivery, _post(delivery))
    delivery.refresh_from_db()
    return delivery


def held_until() -> timedelta:
    """How long who takes a delivery may need at most; no sign of life in between is needed."""
    return timedelta(seconds=settings.WEBHOOK_CONNECT_SECONDS + settings.WEBHOOK_SECONDS + LOOKUP_S)


def due() -> QuerySet[Delivery]:
    """What is to be sent now, with what the dead were sending."""
    return Delivery.objects.filter(state__in=OPEN_DELIVERIES, due_at__lte=timezone.now())


def take(most: int) -> list[Delivery]:
    """Deliveries that are this process's now, each the first of its plate and its subject."""
    if most <= 0:
        return []
    webhooks = list(Webhook.objects.live().filter(Exists(due().filter(webhook=OuterRef("pk")))))
    random.shuffle(webhooks)  # so that none comes first for ever
    taken: list[Delivery] = []
    for webhook in webhooks:
        taken += _take_of(webhook, most - len(taken))
    return taken


def _take_of(webhook: Webhook, most: int) -> list[Delivery]:
    now = timezone.now()
    flying = Delivery.objects.filter(webhook=webhook, state=DeliveryState.SENDING, due_at__gt=now).count()
    room = min(most, (1 if webhook.failures else OF_ONE_TARGET) - flying)
    if room <= 0 or (webhook.open_until is not None and webhook.open_until > now):
        return []
    first = list(_first_in_order(webhook)[: 1 if webhook.open_until else room])
    if first and webhook.open_until is not None:
        # Half open: one delivery tries it, of whichever worker is first.
        half_open = Webhook.objects.filter(pk=webhook.pk, open_until=webhook.open_until)
        if half_open.update(open_until=now + held_until()) != 1:
            return []
    return [delivery for delivery in first if _hold(delivery)]


def _first_in_order(webhook: Webhook) -> QuerySet[Delivery]:
    earlier = Delivery.objects.filter(webhook=OuterRef("webhook"), pk__lt=OuterRef("pk"), state__in=OPEN_DELIVERIES)
    same_plate = earlier.filter(plate=OuterRef("plate")).exclude(plate="")
    ready = due().filter(~Exists(same_plate), ~Exists(earlier.filter(subject=OuterRef("subject"))), webhook=webhook)
    return ready.select_related("webhook").order_by("pk")


def _hold(delivery: Delivery) -> bool:
    """True where nobody else was quicker; what was in its way is finished for good, so the order need not be asked."""
    seen = Q(pk=delivery.pk, state=delivery.state, attempts=delivery.attempts, due_at=delivery.due_at)
    until, now = timezone.now() + held_until(), timezone.now()
    held = Delivery.objects.filter(seen).update(
        state=DeliveryState.SENDING, attempts=F("attempts") + 1, due_at=until, tried_at=now
    )
    delivery.attempts += 1
    return held == 1


def _post(delivery: Delivery) -> Answer:
    """Asks no database: it runs in threads."""
    webhook, body = delivery.webhook, delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Platelog-Webhook/1",
        "webhook-event": delivery.event,
        **headers_for(delivery.event_id, int(time.time()), body, webhook.salts_at(timezone.now())),
    }
    limits = Limits(settings.WEBHOOK_CONNECT_SECONDS, settings.WEBHOOK_SECONDS)
    hosts, networks = settings.WEBHOOK_ALLOW_PRIVATE_HOSTS, settings.WEBHOOK_ALLOW_PRIVATE_NETWORKS
    return post(webhook.url, body, headers, limits, Allowed(frozenset(hosts), tuple(networks)))


def record(delivery: Delivery, answer: Answer) -> None:
    """Write down how an attempt went, and when the next one is due. A test has one attempt, and counts for nothing."""
    told = {"status": answer.status, "answer": answer.text, "seconds": answer.seconds, "failure": answer.why}
    ours = Delivery.objects.filter(pk=delivery.pk)
    if not answer.why:
        # Also where it was taken for dead meanwhile: it has arrived.
        ours.update(state=DeliveryState.DELIVERED, due_at=None, **told)
        failed = Webhook.objects.filter(pk=delivery.webhook_id).exclude(failures=0, open_until=None)
        failed.update(failures=0, open_until=None)
        return
    ours = ours.filter(state=DeliveryState.SENDING, attempts=delivery.attempts)
    test = delivery.event == EventKind.PING
    if test or delivery.attempts > len(settings.WEBHOOK_WAITS):
        ours.update(state=DeliveryState.DEAD, due_at=None, **told)
    else:
        wait_s = max(settings.WEBHOOK_WAITS[delivery.attempts - 1] * random.uniform(0.8, 1.2), answer.wait_s)
        ours.update(state=DeliveryState.WAITING, due_at=timezone.now() + timedelta(seconds=wait_s), **told)
    if not test:
        _count_failure(delivery.webhook_id)


def _count_failure(webhook_id: int) -> None:
    """After some in a row the target is left alone for a while, longer each time."""
    Webhook.objects.filter(pk=webhook_id).update(failures=F("failures") + 1)
    failures = Webhook.objects.values_list("failures", flat=True).get(pk=webhook_id)
    if failures < OPENS_AFTER:
        return
    pause_s = min(settings.WEBHOOK_PAUSE_SECONDS * 2 ** min(failures - OPENS_AFTER, 20), LONGEST_PAUSE_S)
    Webhook.objects.filter(pk=webhook_id).update(open_until=timezone.now() + timedelta(seconds=pause_s))
    if failures == OPENS_AFTER:
        log.warning("webhook %s has failed %s times in a row and rests", webhook_id, failures)


def give_up_on_the_lost() -> int:
    """Deliveries that are due for days because their target is down and they were not tried; they can be replayed."""
    old = timezone.now() - LONGEST_DUE
    down = Webhook.objects.exclude(open_until=None).values("pk")
    lost = Delivery.objects.filter(webhook__in=down, state=DeliveryState.WAITING, due_at__lt=old)
    return lost.update(state=DeliveryState.DEAD, due_at=None)


def drop_old(most: int) -> int:
    """What was delivered long ago; nothing else is ever dropped."""
    old = timezone.now() - timedelta(days=settings.WEBHOOK_KEEP_DAYS)
    keys = Delivery.objects.filter(state=DeliveryState.DELIVERED, created_at__lt=old).order_by("created_at")
    return Delivery.objects.filter(pk__in=list(keys.values_list("pk", flat=True)[:most])).delete()[0]
