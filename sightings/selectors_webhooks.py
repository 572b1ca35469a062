"""Reads of webhooks and their deliveries. That a person manages the fleet is asked by who calls."""

from __future__ import annotations

from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sightings.models import OPEN_DELIVERIES, Delivery, DeliveryState, EventKind, Webhook
from sightings.selectors import Person

DEAD = Q(state=DeliveryState.DEAD) & ~Q(event=EventKind.PING)  # a test that failed is no dead letter


def webhooks_for(user: Person) -> QuerySet[Webhook]:
    """By name, each with `waiting_count`, `dead_count` and `latest_at`."""
    return _counted(Webhook.objects.visible_to(user))


def deleted_too(user: Person) -> QuerySet[Webhook]:
    """With those whose deletion can be undone."""
    return _counted(Webhook.objects.deleted_too(user))


def _counted(webhooks: QuerySet[Webhook]) -> QuerySet[Webhook]:
    log = Delivery.objects.filter(webhook=OuterRef("pk")).order_by().values("webhook")
    waiting, dead = log.filter(state__in=OPEN_DELIVERIES), log.filter(DEAD)
    return (
        webhooks.select_related("fleet", "watchlist", "user")
        .annotate(
            waiting_count=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n"), IntegerField()), 0),
            dead_count=Coalesce(Subquery(dead.annotate(n=Count("pk")).values("n"), IntegerField()), 0),
            latest_at=Subquery(log.annotate(at=Max("tried_at")).values("at")),
        )
        .order_by("name", "pk")
    )


def deliveries_for(user: Person) -> QuerySet[Delivery]:
    """The log, latest first."""
    deliveries = Delivery.objects.visible_to(user).filter(webhook__deleted_at=None)
    return deliveries.select_related("webhook__fleet").order_by("-pk")


def dead_letters(user: Person) -> QuerySet[Delivery]:
    """What was given up and can be replayed."""
    return deliveries_for(user).filter(DEAD)
