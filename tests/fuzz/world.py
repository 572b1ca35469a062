"""Two fleets with everything in them, for the fuzzer: `python -m tests.fuzz.world make` and `… seen`.

The caller is alice, who manages Northwind; Southgate is the fleet of which nothing may show or change.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import django
import h3

django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402

from sightings.models import CoveredCell, Fleet, Role, Sighting, Track, Upload, User  # noqa: E402
from sightings.services.tokens import create_token  # noqa: E402
from tests.factories import make_person, make_run, make_sighting, make_trip, make_vehicle, make_video  # noqa: E402
from tests.fuzz.marks import LAT, LETTERS, LON, OTHERS, OURS  # noqa: E402
from tests.sightings.api.world import build  # noqa: E402


def keyed() -> list[type[models.Model]]:
    """Models of ours whose rows are numbered."""
    found = apps.get_app_config("sightings").get_models()
    return [model for model in found if isinstance(model._meta.pk, models.AutoField)]


def number_from(start: int) -> None:
    """The next row of every table gets a key above `start`."""
    with connection.cursor() as cursor:
        for model in keyed():
            table = model._meta.db_table
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, start])
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, start])


def settle(name: str, letter: str, manager: str, lat: float, lon: float) -> User:
    """A fleet with one row of everything; returns its manager."""
    fleet = Fleet.objects.create(name=name, slug=name.lower(), time_zone="Europe/Bucharest")
    person = make_person(manager, fleet, Role.MANAGER)
    trip = make_trip(fleet, name=f"Drive {letter}", vehicle=make_vehicle(fleet, f"Van {letter}"))
    run = make_run(make_video(trip, original_name=f"{letter}.mp4"))
    build(make_sighting(run, f"{letter}99BNX"), person, letter)
    track = Track.objects.create(video=run.video, source="gpx", points=[[0.0, lat, lon, None, None, None]])
    fine, coarse = (h3.str_to_int(h3.latlng_to_cell(lat, lon, size)) for size in (9, 7))
    CoveredCell.objects.create(fleet=fleet, track=track, h3_r9=fine, h3_r7=coarse, seconds=9.0, plates=1, clear=1)
    return person


def make() -> dict[str, Any]:
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        number_from(OTHERS)
        settle(f"{LETTERS}-Southgate", LETTERS, f"charlie-{LETTERS}", LAT, LON)
        Sighting.objects.update(lat=LAT, lon=LON)
        uploads = [str(key) for key in Upload.objects.values_list("pk", flat=True)]
        number_from(OURS)
        alice = settle("Northwind", "B", "alice", 44.43, 26.1)
        ours = Upload.objects.visible_to(alice).values_list("pk", flat=True)
        number_from(OURS + 1000)  # its key is none that is tried: a token can revoke itself
        token = create_token(user=alice, name="fuzz")[1]
        return {"token": token, "others": uploads, "ours": [str(key) for key in ours], "seen": seen()}


def seen() -> str:
    """A digest of all that the manager of the other fleet sees: it must not change."""
    charlie = User.objects.get(username=f"charlie-{LETTERS}")
    rows = []
    all_models: Iterator[Any] = apps.get_app_config("sightings").get_models()
    for model in all_models:
        if hasattr(model.objects, "visible_to"):
            rows += [model.__name__, *sorted(repr(row) for row in model.objects.visible_to(charlie).values())]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make() if sys.argv[1] == "make" else seen()))
