"""Plates come into being with their search keys, and go when nothing hangs on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Max, Min, OuterRef, Subquery
from django.utils.translation import gettext

from recognition.plates import deletion_keys, normalize
from sightings.errors import PlateUnusable, VersionClash
from sightings.models import Fleet, Plate, PlateKey, Role, Sighting, User
from sightings.services import audit
from sightings.services.roles import require_role

LONGEST = 16
UNREADABLE = "?"
MOST_AT_ONCE = 500  # rows that one statement names


def text_of(text: str) -> str:
    """Normal form of a plate's text; `?` stays where a character cannot be read. Raises PlateUnusable."""
    clean = UNREADABLE.join(normalize(part) for part in text.split(UNREADABLE))
    if not clean.strip(UNREADABLE) or len(clean) > LONGEST:
        raise PlateUnusable
    return clean


@transaction.atomic
def plate_for(*, fleet: Fleet, text: str, region: str = "") -> Plate:
    """The fleet's plate of this text, made with its search keys if it is new. Raises PlateUnusable."""
    clean = text_of(text)
    plate, is_new = Plate.objects.get_or_create(fleet=fleet, text=clean, defaults={"region": region})
    if is_new:
        keys = sorted(deletion_keys(clean))
        PlateKey.objects.bulk_create(PlateKey(plate=plate, fleet=fleet, key=key) for key in keys)
    return plate


@transaction.atomic
def make_plates(*, fleet: Fleet, texts: Mapping[str, str]) -> None:
    """Make the fleet's plates of many texts (text -> region), in normal form, with their keys, where they are missing.

    What no character of could be read has none.
    """
    wanted = sorted(text for text in texts if text.strip(UNREADABLE))
    for start in range(0, len(wanted), MOST_AT_ONCE):
        few = wanted[start : start + MOST_AT_ONCE]
        known = set(Plate.objects.filter(fleet=fleet, text__in=few).values_list("text", flat=True))
        new = [text for text in few if text not in known]
        # Another may make the same at this moment: then that one is taken.
        Plate.objects.bulk_create(
            (Plate(fleet=fleet, text=text, region=texts[text]) for text in new), ignore_conflicts=True
        )
        made = Plate.objects.filter(fleet=fleet, text__in=new).values_list("pk", "text")
        keys = (PlateKey(plate_id=pk, fleet=fleet, key=key) for pk, text in made for key in sorted(deletion_keys(text)))
        PlateKey.objects.bulk_create(keys, ignore_conflicts=True)


def tidy_plate(plate: Plate | None) -> None:
    """Bring a plate's span up to date; drop it if nothing was seen of it and nobody wrote anything on it."""
    if plate is not None:
        tidy_plates([plate.pk])


@transaction.atomic
def tidy_plates(plates: Iterable[int]) -> None:
    """The same for many, by their keys."""
    wanted = sorted(plates)
    refresh_spans(wanted)
    for start in range(0, len(wanted), MOST_AT_ONCE):
        few = wanted[start : start + MOST_AT_ONCE]
        # One statement, so that notes written this very moment are seen by it.
        Plate.objects.filter(pk__in=few, sightings__isnull=True, notes="", tags=[]).delete()


def refresh_spans(plates: Iterable[int]) -> None:
    """Bring the spans of many plates up to date, by their keys, after the times of their sightings changed."""
    seen = Sighting.objects.current().filter(plate=OuterRef("pk")).order_by().values("plate")
    first, last = seen.annotate(at=Min("seen_at")).values("at"), seen.annotate(at=Max("seen_at")).values("at")
    wanted = sorted(plates)
    for start in range(0, len(wanted), MOST_AT_ONCE):
        few = Plate.objects.filter(pk__in=wanted[start : start + MOST_AT_ONCE])
        few.update(first_seen=Subquery(first), last_seen=Subquery(last))


def stamp_of(plate: Plate) -> str:
    """Changes whenever the notes or tags do, so that two people cannot overwrite each other unseen."""
    return hashlib.sha256(json.dumps([plate.notes, plate.tags]).encode()).hexdigest()[:16]


@transaction.atomic
def annotate_plate(
    *, plate: Plate, user: User, notes: str | None = None, tags: list[str] | None = None, seen: str | None = None
) -> Plate:
    """Write what people know about a plate; None leaves a field as it is. `seen` is the stamp of what they saw.

    Raises NotAllowed, VersionClash.
    """
    require_role(user, plate.fleet, Role.REVIEWER)
    plate = Plate.objects.select_for_update(of=("self",)).select_related("fleet").get(pk=plate.pk)
    if seen is not None and seen != stamp_of(plate):
        raise VersionClash(gettext("Someone else wrote about this plate meanwhile. Read it, then add yours."))
    if notes is not None:
        plate.notes = notes
    if tags is not None:
        plate.tags = sorted({tag.strip() for tag in tags if tag.strip()})
    plate.save(update_fields=["notes", "tags"])
    audit.record(action="plate.annotated", user=user, fleet=plate.fleet, target=plate)
    return plate
