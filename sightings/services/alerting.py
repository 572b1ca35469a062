"""Sightings meet the watchlists: one alert for each entry and pass, however often the pass is read again.

Called wherever what a sighting says may have changed, in the same transaction, so that no alert is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from sightings.models import Alert, MailState, ReviewState, Sighting, WatchEntry, WatchKey, Watchlist
from sightings.progress import publish_alert
from sightings.querysets import SightingQuerySet
from sightings.queue import enqueue
from sightings.services.events import tell_alert
from sightings.services.likeness import likeness_to
from sightings.watching import Conditions, accepts, keys_for, meanings

MOST_AT_ONCE = 100  # sightings whose keys one statement names


def watch(sightings: SightingQuerySet[Sighting]) -> int:
    """Alert people of those that an entry means, but for those they were alerted of. Returns how many are new."""
    lists = Watchlist.objects.filter(active=True, deleted_at=None)
    fleets = list(lists.order_by().values_list("fleet", flat=True).distinct())
    if not fleets:
        return 0
    found = sightings.current().filter(fleet__in=fleets).exclude(review_state=ReviewState.REJECTED)
    rows = list(found.order_by("pk").select_related("trip"))
    made = 0
    for start in range(0, len(rows), MOST_AT_ONCE):
        made += _watch(rows[start : start + MOST_AT_ONCE])
    return made


def _watch(rows: list[Sighting]) -> int:
    keys = {row.pk: keys_for(row.text) for row in rows if row.text}
    by_key = _entries({row.fleet_id for row in rows}, set().union(*keys.values()))
    conditions: dict[int, Conditions] = {}
    made = 0
    for row in rows:
        candidates = {entry for key in keys.get(row.pk, ()) for entry in by_key.get((row.fleet_id, key), ())}
        for entry in sorted(candidates, key=lambda one: one.pk):
            if not accepts(meanings(entry.pattern, entry.alike, entry.near), row.text):
                continue
            wanted = conditions.setdefault(entry.watchlist_id, entry.watchlist.conditions)
            if _in_force(entry, row) and wanted.met(row.seen_at, row.lat, row.lon, row.trip.vehicle_id):
                made += _alert(entry, row)
    return made


def _entries(fleets: Iterable[int], keys: set[str]) -> dict[tuple[int, str], list[WatchEntry]]:
    """The entries in force by fleet and key."""
    # Without a join, so that the index alone answers, whatever the database knows of the tables' sizes.
    links = list(WatchKey.objects.filter(fleet__in=fleets, key__in=sorted(keys)).values_list("fleet", "key", "entry"))
    wanted = WatchEntry.objects.filter(pk__in={entry for _, _, entry in links}, removed_at=None)
    wanted = wanted.filter(watchlist__active=True, watchlist__deleted_at=None).select_related("watchlist__fleet")
    entries = {entry.pk: entry for entry in wanted.prefetch_related("watchlist__vehicles")}
    found: dict[tuple[int, str], list[WatchEntry]] = defaultdict(list)
    for fleet, key, pk in links:
        if pk in entries:
            found[fleet, key].append(entries[pk])
    return found


def _in_force(entry: WatchEntry, row: Sighting) -> bool:
    """Whether it had not expired when the plate was seen; of a sighting without a time, today counts."""
    zone = entry.watchlist.zone
    return entry.expires_on is None or (row.seen_at or timezone.now()).astimezone(zone).date() <= entry.expires_on


def _alert(entry: WatchEntry, row: Sighting) -> bool:
    """Alert of it, unless people were alerted of this pass before: then that alert hangs on what is seen of it now."""
    before = list(Alert.objects.filter(entry=entry, video=row.video_id).select_related("sighting"))
    if any(alert.sighting_id == row.pk for alert in before):
        return False
    # One whose sighting still stands is of another pass.
    homeless = [one for one in before if one.sighting is None or not one.sighting.current]
    likest = max(homeless, key=lambda one: likeness_to(row, one.seconds, one.box, one.text), default=None)
    if likest is not None and likeness_to(row, likest.seconds, likest.box, likest.text) > 0.0:
        Alert.objects.filter(pk=likest.pk).update(sighting=row)
        return False
    told = bool(settings.EMAIL_URL and entry.watchlist.emails)
    alert, is_new = Alert.objects.get_or_create(
        entry=entry,
        sighting=row,
        defaults={
            "fleet_id": row.fleet_id,
            "watchlist": entry.watchlist,
            "video_id": row.video_id,
            "seconds": row.best_s,
            "box": row.box,
            "text": row.text,
            "seen_at": row.seen_at,
            "mail_state": MailState.WAITING if told else MailState.NONE,
            "mail_due_at": timezone.now() if told else None,
        },
    )
    if is_new:
        publish_alert(alert.fleet_id, alert.pk)
        tell_alert(alert, row)
        if told:
            enqueue("send_alert_mail", queue="light", alert_id=alert.pk)
    return is_new
