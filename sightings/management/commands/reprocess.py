"""python manage.py reprocess: read trips again with another model, beside what people see."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sightings import selectors_reprocess
from sightings.errors import PlatelogError
from sightings.management.whose import fleet_named, user_named
from sightings.models import Fleet, Reprocess, Trip
from sightings.processing import inline
from sightings.progress import ACTIVE_TRIPS
from sightings.queue import a_worker_answers
from sightings.services.reprocess import choices, start_reprocess
from sightings.services.reprocess_accept import accept_reprocess

LOOK_EVERY_S = 0.5


class Command(BaseCommand):
    help = "Read trips again with another model. What people see stays until someone accepts the new reading."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--trip", type=int, action="append", metavar="ID", help="may be said more than once")
        which.add_argument("--all", action="store_true", help="every trip of the fleet that was read")
        parser.add_argument("--vehicle", metavar="NAME", help="with --all: only trips of this car")
        known = ", ".join(value for value, _ in choices() if value)
        parser.add_argument("--networks", default="", metavar="MODEL", help=f"default: as new trips; else {known}")
        parser.add_argument("--fleet", metavar="SLUG", help="default: the first fleet")
        parser.add_argument("--user", metavar="NAME", help="on whose behalf; default: a manager of the fleet")
        parser.add_argument("--wait", action="store_true", help="wait, and print what it would change as JSON")
        parser.add_argument("--accept", action="store_true", help="wait, and accept all of it but for people's words")

    def handle(self, *args: Any, **options: Any) -> None:
        fleet = fleet_named(options["fleet"])
        user = user_named(options["user"], fleet)
        try:
            job = start_reprocess(trips=self._trips(options, fleet), user=user, networks=options["networks"])
            self.stderr.write(f"Reading {job.runs.count()} videos again: /reprocess/{job.pk}/")
            if options["wait"] or options["accept"]:
                self._wait(job)
            if options["accept"]:
                accept_reprocess(job=job, user=user)
                self.stderr.write("Accepted.")
        except PlatelogError as error:
            raise CommandError(error.detail) from error

    def _trips(self, options: dict[str, Any], fleet: Fleet) -> list[Trip]:
        trips = Trip.objects.filter(fleet=fleet, merged_into=None).select_related("fleet").order_by("pk")
        if options["trip"]:
            return list(trips.filter(pk__in=options["trip"]))
        return list(trips.filter(vehicle__name=options["vehicle"]) if options["vehicle"] else trips)

    def _wait(self, job: Reprocess) -> None:
        if not a_worker_answers():
            self.stderr.write("No worker answers: the work is done here, in this process.")
            inline.read_runs(job.runs.all())
        job.refresh_from_db()
        while job.state in ACTIVE_TRIPS:
            time.sleep(LOOK_EVERY_S)
            job.refresh_from_db()
        self.stdout.write(json.dumps(asdict(selectors_reprocess.summary(job))))
        if job.state == "unread":
            raise CommandError("Nothing was read to its end.")
