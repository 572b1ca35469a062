"""What people do with watchlists: make, change, delete, take that back; and with the plates on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from sightings.errors import BadQuery, EntryExists, NameMissing
from sightings.filters import zones
from sightings.models import Fleet, Role, User, Vehicle, WatchEntry, WatchKey, Watchlist
from sightings.progress import publish_alert
from sightings.services import audit
from sightings.services.roles import require_role
from sightings.watching import keys_of, meanings, pattern_of

FIELDS = ("name", "notes", "active", "emails", "from_time", "to_time", "weekdays", "time_zone", "area")
MOST_EMAILS = 20


@transaction.atomic
def create_watchlist(
    *, user: User, fleet: Fleet, values: Mapping[str, Any], entry: Mapping[str, Any] | None = None
) -> Watchlist:
    """With an entry to begin with, or without. Raises NotAllowed, NameMissing, BadQuery."""
    require_role(user, fleet, Role.REVIEWER)
    watchlist = Watchlist(fleet=fleet, user=user)
    _write(watchlist, {"name": "", **values})
    audit.record(action="watchlist.created", user=user, fleet=fleet, target=watchlist)
    if entry:
        add_entry(watchlist=watchlist, user=user, **entry)
    return watchlist


@transaction.atomic
def change_watchlist(*, watchlist: Watchlist, user: User, values: Mapping[str, Any]) -> Watchlist:
    """Set the fields that are given. Raises NotAllowed, NameMissing, BadQuery."""
    require_role(user, watchlist.fleet, Role.REVIEWER)
    _write(watchlist, values)
    detail = {"fields": sorted(values)}
    audit.record(action="watchlist.changed", user=user, fleet=watchlist.fleet, target=watchlist, detail=detail)
    return watchlist


def _write(watchlist: Watchlist, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(watchlist, name, values[name])
    watchlist.name = watchlist.name.strip()[:120]
    if not watchlist.name:
        raise NameMissing
    _check(watchlist)
    watchlist.save()
    if "vehicles" in values:
        watchlist.vehicles.set(Vehicle.objects.filter(fleet=watchlist.fleet_id, pk__in=values["vehicles"]))


def _check(watchlist: Watchlist) -> None:
    if len(watchlist.emails) > MOST_EMAILS:
        raise BadQuery(gettext("Name %(most)s addresses at most.") % {"most": MOST_EMAILS})
    for address in watchlist.emails:
        try:
            validate_email(address)
        except ValidationError as error:
            raise BadQuery(gettext("%(address)s is no e-mail address.") % {"address": address}) from error
    if watchlist.time_zone and watchlist.time_zone not in zones():
        raise BadQuery(gettext("Name a time zone like Europe/Bucharest."))
    watchlist.weekdays = sorted({day for day in watchlist.weekdays if 0 <= day <= 6})


@transaction.atomic
def delete_watchlist(*, watchlist: Watchlist, user: User) -> None:
    """Its alerts go from the inbox with it, and come back with it. Raises NotAllowed."""
    require_role(user, watchlist.fleet, Role.REVIEWER)
    if Watchlist.objects.filter(pk=watchlist.pk).let_go():
        audit.record(action="watchlist.deleted", user=user, fleet=watchlist.fleet, target=watchlist)
        publish_alert(watchlist.fleet_id)


@transaction.atomic
def restore_watchlist(*, watchlist: Watchlist, user: User) -> Watchlist:
    """Take a deletion back; restoring what is there changes nothing. Raises NotAllowed."""
    require_role(user, watchlist.fleet, Role.REVIEWER)
    if Watchlist.objects.filter(pk=watchlist.pk).bring_back():
        audit.record(action="watchlist.restored", user=user, fleet=watchlist.fleet, target=watchlist)
        publish_alert(watchlist.fleet_id)
    watchlist.refresh_from_db()
    return watchlist


@transaction.atomic
def add_entry(
    *,
    watchlist: Watchlist,
    user: User,
    pattern: str,
    alike: bool = False,
    near: bool = False,
    reason: str = "",
    expires_on: date | None = None,
) -> WatchEntry:
    """From now on, alert people of what it accepts. Raises NotAllowed, BadQuery, EntryExists."""
    require_role(user, watchlist.fleet, Role.REVIEWER)
    entry = WatchEntry(watchlist=watchlist)
    _write_entry(entry, pattern, alike, near, reason, expires_on)
    audit.record(action="watchlist.entry_added", user=user, fleet=watchlist.fleet, target=entry)
    return entry


@transaction.atomic
def change_entry(*, entry: WatchEntry, user: User, **values: Any) -> WatchEntry:
    """Set the fields that are given. Raises NotAllowed, BadQuery, EntryExists."""
    require_role(user, entry.watchlist.fleet, Role.REVIEWER)
    names = ("pattern", "alike", "near", "reason", "expires_on")
    _write_entry(entry, **{name: values.get(name, getattr(entry, name)) for name in names})
    audit.record(action="watchlist.entry_changed", user=user, fleet=entry.watchlist.fleet, target=entry)
    return entry


def _write_entry(
    entry: WatchEntry, pattern: str, alike: bool, near: bool, reason: str, expires_on: date | None
) -> None:
    accepted = meanings(pattern, alike, near)
    entry.pattern, entry.alike, entry.near = pattern_of(accepted), alike, near
    entry.reason, entry.expires_on = reason.strip()[:300], expires_on
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        raise EntryExists from error
    entry.keys.all().delete()
    write_keys([entry])


def write_keys(entries: list[WatchEntry]) -> None:
    """The keys by which seen plates find new entries."""
    keys = (
        WatchKey(fleet_id=entry.watchlist.fleet_id, entry=entry, key=key)
        for entry in entries
        for key in sorted(keys_of(meanings(entry.pattern, entry.alike, entry.near)))
    )
    WatchKey.objects.bulk_create(keys, batch_size=1000)


@transaction.atomic
def remove_entry(*, entry: WatchEntry, user: User) -> None:
    """Its alerts stay. Raises NotAllowed."""
    require_role(user, entry.watchlist.fleet, Role.REVIEWER)
    if WatchEntry.objects.filter(pk=entry.pk, removed_at=None).update(removed_at=timezone.now()):
        audit.record(action="watchlist.entry_removed", user=user, fleet=entry.watchlist.fleet, target=entry)


@transaction.atomic
def restore_entry(*, entry: WatchEntry, user: User) -> WatchEntry:
    """Take a removal back. Raises NotAllowed, EntryExists where the plate was added anew meanwhile."""
    require_role(user, entry.watchlist.fleet, Role.REVIEWER)
    try:
        with transaction.atomic():
            changed = WatchEntry.objects.filter(pk=entry.pk).exclude(removed_at=None).update(removed_at=None)
    except IntegrityError as error:
        raise EntryExists from error
    if changed:
        audit.record(action="watchlist.entry_restored", user=user, fleet=entry.watchlist.fleet, target=entry)
    entry.refresh_from_db()
    return entry
