"""python manage.py bench_search: how long each kind of search takes on the configured database."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from sightings.demo.bench import TARGETS_MS, Bench, Figures
from sightings.models import Fleet, Plate, Sighting

PER_TRIP = 500


class Command(BaseCommand):
    help = "Measure searches on a made-up fleet of N sightings, which is made first if it is not there yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sightings", type=int, default=100_000)
        parser.add_argument("--fleet", metavar="SLUG", help="measure on this fleet as it is")
        parser.add_argument("--queries", type=int, default=200, help="of each kind")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sightings"] < 1 or options["queries"] < 1:
            raise CommandError("Ask for at least one sighting and one query.")
        fleet = self._fleet(options["fleet"], options["sightings"], options["seed"])
        member = fleet.members.filter(user__is_active=True, user__is_staff=False).select_related("user").first()
        if member is None or not fleet.sightings.filter(plate__isnull=False, lat__isnull=False).exists():
            raise CommandError(
                f"{fleet.slug} has no members or no sightings with a place: there is nothing to measure."
            )
        kinds = dict(Bench(fleet, member.user, options["queries"], options["seed"]).run())
        if options["json"]:
            self.stdout.write(json.dumps(_report(fleet, kinds)))
        else:
            self._table(kinds)

    def _fleet(self, slug: str | None, sightings: int, seed: int) -> Fleet:
        if slug is None:
            slug = f"bench-{sightings}"
            if not Fleet.objects.filter(slug=slug).exists():
                words = ["--fleet", slug, "--sightings", str(sightings), "--seed", str(seed), "--without-reads"]
                trips = str(max(1, sightings // PER_TRIP))
                call_command("seed_demo", *words, "--trips", trips, stdout=self.stderr, stderr=self.stderr)
        fleet = Fleet.objects.filter(slug=slug).first()
        if fleet is None:
            raise CommandError(f"There is no fleet {slug}.")
        return fleet

    def _table(self, kinds: dict[str, Figures]) -> None:
        self.stdout.write(f"{'kind':<16}{'p50 ms':>9}{'p95 ms':>9}{'p95 CPU':>9}{'target':>8}{'rows':>8}")
        for kind, it in kinds.items():
            target = TARGETS_MS.get(kind, "")
            self.stdout.write(
                f"{kind:<16}{it.p50_ms:>9.2f}{it.p95_ms:>9.2f}{it.cpu_p95_ms:>9.2f}{target:>8}{it.rows:>8.1f}"
            )


def _report(fleet: Fleet, kinds: dict[str, Figures]) -> dict[str, Any]:
    return {
        "database": connection.vendor,
        "sightings": Sighting.objects.filter(fleet=fleet).count(),
        "plates": Plate.objects.filter(fleet=fleet).count(),
        "targets_p95_ms": TARGETS_MS,
        "kinds": {kind: figures.as_dict() for kind, figures in kinds.items()},
    }
