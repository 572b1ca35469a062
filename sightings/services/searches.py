"""What people do with searches that they keep: save, rename, look, delete, and take that back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from sightings import filters
from sightings.errors import NameMissing, TooManySearches
from sightings.models import SavedSearch, User
from sightings.services import audit
from sightings.services.roles import home_fleet

MOST = 50  # of one person
VIEWS = ("list", "crops", "map", "time")
KEPT = timedelta(days=1)  # how long a deletion can be undone


@transaction.atomic
def save_search(*, user: User, name: str, words: Mapping[str, str], seen_upto: int) -> SavedSearch:
    """Keep a search. `seen_upto` is the key of the newest sighting that there is.

    Raises BadQuery where the words make no sense, NameMissing, NoFleet, TooManySearches.
    """
    filters.parse(words)
    mine = SavedSearch.objects.deleted_too(user)
    mine.filter(deleted_at__lt=timezone.now() - KEPT).delete()
    if mine.filter(deleted_at=None).count() >= MOST:
        raise TooManySearches
    search = SavedSearch.objects.create(
        fleet=home_fleet(user), user=user, name=_name(name), words=_kept(words), seen_upto=seen_upto
    )
    audit.record(action="search.saved", user=user, fleet=search.fleet, target=search, detail=search.words)
    return search


@transaction.atomic
def rename_search(*, search: SavedSearch, name: str) -> SavedSearch:
    """Raises NameMissing."""
    search.name = _name(name)
    search.save(update_fields=["name"])
    return search


def look_at_search(*, search: SavedSearch, seen_upto: int) -> None:
    """The person has seen what there is up to this sighting; what is written later is new to them."""
    SavedSearch.objects.filter(pk=search.pk).update(seen_upto=seen_upto, looked_at=timezone.now())


@transaction.atomic
def delete_search(*, search: SavedSearch) -> None:
    if SavedSearch.objects.filter(pk=search.pk).let_go():
        audit.record(action="search.deleted", user=search.user, fleet=search.fleet, target=search)


@transaction.atomic
def restore_search(*, search: SavedSearch) -> SavedSearch:
    """Take a deletion back; restoring what is there changes nothing."""
    if SavedSearch.objects.filter(pk=search.pk).bring_back():
        audit.record(action="search.restored", user=search.user, fleet=search.fleet, target=search)
    search.refresh_from_db()
    return search


def _name(typed: str) -> str:
    name = typed.strip()[:120]
    if not name:
        raise NameMissing
    return name


def _kept(words: Mapping[str, str]) -> dict[str, str]:
    """The words that say what is searched for, and how it is shown."""
    kept = {name: words[name] for name in filters.WORDS if words.get(name)}
    return kept | ({"view": words["view"]} if words.get("view") in VIEWS else {})
