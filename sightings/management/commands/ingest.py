"""python manage.py ingest VIDEO_OR_FOLDER…: the way of an upload, without a browser."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recognition.telemetry.extract import files_beside
from sightings import said
from sightings.errors import PlatelogError
from sightings.management.whose import fleet_named, user_named, vehicle_named
from sightings.models import Fleet, Trip, Upload, UploadKind, UploadState, User, Vehicle, Video
from sightings.processing import inline
from sightings.processing.rows import sighting_rows
from sightings.queue import a_worker_answers
from sightings.services import uploads
from sightings.services.drop_folder import files_below

LOOK_EVERY_S = 0.5
UNDER_WAY = (UploadState.RECEIVING, UploadState.RECEIVED, UploadState.INSPECTING)


class Command(BaseCommand):
    help = "Bring videos in as if they had been uploaded, with the GPS tracks that lie beside them under their names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", type=Path, nargs="+", metavar="VIDEO_OR_FOLDER")
        parser.add_argument("--gpx", type=Path, metavar="FILE", help="positions: a GPX file or an NMEA log")
        parser.add_argument("--vehicle", metavar="NAME", help="the car; it is added to the fleet if it is new")
        parser.add_argument("--fleet", metavar="SLUG", help="default: the first fleet")
        parser.add_argument("--user", metavar="NAME", help="on whose behalf; default: a manager of the fleet")
        parser.add_argument("--wait", action="store_true", help="wait, and print the trip's sightings as JSON lines")
        parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
        parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: ./data, or DATA_DIR)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.quiet = options["quiet"]
        fleet = fleet_named(options["fleet"])
        user = user_named(options["user"], fleet)
        try:
            ids = self._bring_in(options, fleet, user)
        except PlatelogError as error:
            raise CommandError(error.detail) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        if options["wait"]:
            self._wait(ids)

    def _bring_in(self, options: dict[str, Any], fleet: Fleet, user: User) -> list[str]:
        """The positions first, so that they are there when the video is looked at."""
        vehicle, batch = vehicle_named(options["vehicle"], fleet), f"ingest-{uuid.uuid4().hex[:12]}"
        wanted = [options["gpx"]] if options["gpx"] else []
        for path in options["paths"]:
            wanted += _files(path, alone=not options["gpx"])
        paths = sorted(dict.fromkeys(wanted), key=lambda path: uploads.kind_of(path.name) != UploadKind.TELEMETRY)
        if not paths:
            raise CommandError("There is no video in this folder.")
        return [self._upload(path, user, fleet, batch, vehicle) for path in paths]

    def _upload(self, path: Path, user: User, fleet: Fleet, batch: str, vehicle: Vehicle | None) -> str:
        with path.open("rb") as stream:
            upload = uploads.create_upload(
                user=user, fleet=fleet, filename=path.name, size=path.stat().st_size, batch=batch, vehicle=vehicle
            )
            uploads.append_chunk(upload=upload, offset=0, stream=stream)
        self._say(f"{path.name} is in.")
        return str(upload.pk)

    def _wait(self, ids: list[str]) -> None:
        if not a_worker_answers():
            self._say("No worker answers: the work is done here, in this process.")
            inline.process(ids)
        while Upload.objects.filter(pk__in=ids, state__in=UNDER_WAY).exists():
            time.sleep(LOOK_EVERY_S)
        self._report(Upload.objects.filter(pk__in=ids, state=UploadState.FAILED))
        brought = Upload.objects.filter(pk__in=ids).exclude(kind=UploadKind.TELEMETRY)
        videos = Video.objects.filter(uploads__in=brought).distinct().order_by("started_at", "pk")
        trips = [self._wait_for(trip) for trip in Trip.objects.filter(videos__in=videos).distinct().order_by("pk")]
        for video in videos:
            for row in sighting_rows(video):
                self.stdout.write(json.dumps(row, ensure_ascii=False))
        for trip in trips:
            if trip.state != "done":
                raise CommandError(f"The trip ended as: {trip.get_state_display()}.")
        if missing := list(brought.filter(video=None).values_list("filename", flat=True)):
            raise CommandError(f"{', '.join(missing)}: not taken in.")

    def _wait_for(self, trip: Trip) -> Trip:
        told = -1
        while trip.state in ("waiting", "reading"):
            time.sleep(LOOK_EVERY_S)
            trip.refresh_from_db()
            runs = [run for video in trip.videos.all() for run in video.runs.all()[:1]]
            percent = round(100 * min((run.progress for run in runs), default=0.0))
            if percent // 10 != told // 10:
                told = percent
                self._say(f"{percent} % read")
        return trip

    def _report(self, failed: Any) -> None:
        for upload in failed:
            self.stderr.write(f"{upload.filename}: {said.say(upload.error)} ({upload.error_code})")

    def _say(self, words: str) -> None:
        if not self.quiet:
            self.stderr.write(words)


def _files(path: Path, *, alone: bool) -> list[Path]:
    """A folder's videos and tracks; or a file, with the tracks beside it where it is all that was named."""
    if path.is_dir():
        return sorted(found.path for found in files_below(path, _stop))
    return [path, *(files_beside(path) if alone else [])]


def _stop(error: OSError) -> None:
    raise error
