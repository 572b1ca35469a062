"""python manage.py seed_demo: a made-up log to look at and to measure with."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from sightings.models import Fleet


class Command(BaseCommand):
    help = "Fill a fleet with made-up drives and sightings. The same seed and day give the same log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--trips", type=int, default=200)
        parser.add_argument("--sightings", type=int, default=100_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--until", type=date.fromisoformat, help="the day before which the last drive was (today)")
        parser.add_argument("--fleet", default="demo", metavar="SLUG", help="made if it is new (default: demo)")
        parser.add_argument("--add", action="store_true", help="write although the fleet already holds trips")
        parser.add_argument("--crops", type=int, default=500, help="of how many plates a picture is drawn")
        parser.add_argument("--without-reads", action="store_true", help="leave out the reads of single frames")
        parser.add_argument("--password", default="", help="of demo-manager, demo-reviewer and demo-viewer")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["trips"] < 1 or options["sightings"] < 0 or options["seed"] < 0 or options["crops"] < 0:
            raise CommandError("Ask for at least one trip, and for no number below zero.")
        try:
            from sightings.demo.seed import Wanted, seed_fleet  # the generator is no part of what the site needs
        except ImportError as error:
            raise CommandError(f"Drawing plates needs the worker's packages ({error.name} is missing).") from error
        names = ("trips", "sightings", "seed", "crops", "password")
        wanted = Wanted(
            **{name: options[name] for name in names},
            until=options["until"] or date.today(),
            with_reads=not options["without_reads"],
        )
        call_command("migrate", interactive=False, verbosity=0)  # it may be the first thing that is run
        began = time.monotonic()
        writer = seed_fleet(_fleet(options["fleet"], options["add"]), wanted, self.stderr.write)
        _let_the_database_look()
        took = time.monotonic() - began
        share = writer.with_crop / max(1, wanted.sightings)
        counts = f"{wanted.trips} trips, {wanted.sightings} sightings, {share:.0%} with a crop"
        self.stdout.write(f"{counts}, in {took:.1f} s.")


def _fleet(slug: str, add: bool) -> Fleet:
    fleet, _ = Fleet.objects.get_or_create(slug=slug, defaults={"name": "Demo", "time_zone": "Europe/Bucharest"})
    if fleet.trips.exists() and not add:
        raise CommandError(f"The fleet {slug} already holds trips. Name another with --fleet, or mix them with --add.")
    return fleet


def _let_the_database_look() -> None:
    """Statistics for the planner; PostgreSQL would gather them by itself a minute later."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
