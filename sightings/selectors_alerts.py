"""Reads of watchlists and alerts, and what a watchlist would have found in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from sightings.errors import BadQuery
from sightings.models import Alert, AlertState, Fleet, Sighting, WatchEntry, Watchlist
from sightings.plate_query import PlateQuery
from sightings.selectors import Person, plates_meant, sightings_for
from sightings.watching import Conditions, meanings

MOST_TRIED = 500  # entries in a dry run
MOST_EXAMINED = 20_000  # sightings in a dry run
LATEST = 8


@dataclass(frozen=True, slots=True)
class DryRun:
    """What alerts there would have been: how many, and the latest."""

    count: int
    capped: bool  # only the latest sightings of these plates were looked at
    latest: list[Sighting]


def watchlists_for(user: Person) -> QuerySet[Watchlist]:
    """By name, each with `entry_count`, `open_count` and `latest_at`."""
    entries = WatchEntry.objects.filter(watchlist=OuterRef("pk"), removed_at=None).order_by().values("watchlist")
    alerts = Alert.objects.filter(watchlist=OuterRef("pk")).order_by().values("watchlist")
    counted, opened = entries.annotate(n=Count("pk")), alerts.filter(state=AlertState.OPEN).annotate(n=Count("pk"))
    lists = Watchlist.objects.visible_to(user).select_related("fleet", "user").prefetch_related("vehicles")
    return lists.annotate(
        entry_count=Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0),
        open_count=Coalesce(Subquery(opened.values("n"), output_field=IntegerField()), 0),
        latest_at=Subquery(alerts.annotate(at=Max("created_at")).values("at")),
    ).order_by("name", "pk")


def entries_for(user: Person) -> QuerySet[WatchEntry]:
    """What is on the watchlists, removed entries left out."""
    return removed_too(user).filter(removed_at=None)


def removed_too(user: Person) -> QuerySet[WatchEntry]:
    """With those whose removal can be undone."""
    entries = WatchEntry.objects.visible_to(user).filter(watchlist__deleted_at=None)
    return entries.select_related("watchlist__fleet").order_by("pattern", "pk")


def alerts_for(user: Person) -> QuerySet[Alert]:
    """The inbox, latest first."""
    alerts = Alert.objects.visible_to(user).filter(watchlist__deleted_at=None)
    return alerts.select_related(
        "fleet", "watchlist", "entry", "video__trip__vehicle", "sighting", "acknowledged_by"
    ).order_by("-pk")


def open_alerts(user: Person) -> int:
    alerts = Alert.objects.visible_to(user).filter(state=AlertState.OPEN)
    return alerts.filter(watchlist__deleted_at=None).count()


def watched(user: Person, sightings: QuerySet[Any, Any] | Sequence[Sighting]) -> set[int]:
    """Those of some sightings, by key, that a watchlist told of."""
    alerts = Alert.objects.visible_to(user).filter(watchlist__deleted_at=None, sighting__in=sightings)
    return set(alerts.values_list("sighting", flat=True))


def dry_run(user: Person, fleet: Fleet, accepted: Sequence[Sequence[PlateQuery]], conditions: Conditions) -> DryRun:
    """What these entries would have found in the fleet's log. Raises BadQuery where they are too many."""
    if len(accepted) > MOST_TRIED:
        raise BadQuery(gettext("A dry run tries %(most)s plates at most.") % {"most": MOST_TRIED})
    plates = set[int]()
    for query in (query for queries in accepted for query in queries):
        found = plates_meant(user, query)
        plates |= set(found if isinstance(found, list) else found.values_list("pk", flat=True))
    seen = Sighting.objects.visible_to(user).current().filter(fleet=fleet, plate__in=plates)
    rows = seen.newest_first().values_list("pk", "seen_at", "lat", "lon", "trip__vehicle")[: MOST_EXAMINED + 1]
    examined = list(rows)
    met = [pk for pk, at, lat, lon, vehicle in examined[:MOST_EXAMINED] if conditions.met(at, lat, lon, vehicle)]
    latest = sightings_for(user).filter(pk__in=met[:LATEST]).newest_first()
    return DryRun(len(met), len(examined) > MOST_EXAMINED, list(latest))


def dry_run_of(user: Person, watchlist: Watchlist, conditions: Conditions) -> DryRun:
    """The same for all that is on a watchlist."""
    entries = entries_for(user).filter(watchlist=watchlist)[: MOST_TRIED + 1]
    accepted = [meanings(entry.pattern, entry.alike, entry.near) for entry in entries]
    return dry_run(user, watchlist.fleet, accepted, conditions)
