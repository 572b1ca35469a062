"""python manage.py watch FOLDER: what is dropped there comes in by itself."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from sightings.management.whose import fleet_named, user_named, vehicle_named
from sightings.services.drop_folder import DropFolder

LOOK_EVERY_S = 2.0


class Command(BaseCommand):
    help = "Bring in videos and tracks that are dropped into a folder, as if they had been uploaded, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="default: WATCH_FOLDER")
        parser.add_argument("--fleet", metavar="SLUG", help="default: WATCH_FLEET, else the first fleet")
        parser.add_argument("--vehicle", metavar="NAME", help="the car (default: WATCH_VEHICLE); added if it is new")
        parser.add_argument("--user", metavar="NAME", help="on whose behalf; default: a manager of the fleet")
        parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: ./data, or DATA_DIR)")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or (Path(settings.WATCH_FOLDER) if settings.WATCH_FOLDER else None)
        if folder is None:
            raise CommandError("Name a folder, or set WATCH_FOLDER.")
        fleet = fleet_named(options["fleet"] or settings.WATCH_FLEET)
        user = user_named(options["user"], fleet)
        vehicle = vehicle_named(options["vehicle"] or settings.WATCH_VEHICLE, fleet)
        watched = DropFolder(folder, fleet=fleet, user=user, vehicle=vehicle, say=self.stderr.write)
        while True:
            watched.look(time.monotonic())
            time.sleep(LOOK_EVERY_S)
            close_old_connections()
