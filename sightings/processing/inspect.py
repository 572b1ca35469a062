"""A file that has arrived: what is it, is it sound, and where does it belong?"""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from recognition.errors import NotAVideo, NotNeeded, RecognitionError, TelemetryUnreadable, VideoDamaged
from recognition.media import hashing
from sightings import said
from sightings.errors import NotAllowed, PlatelogError
from sightings.models import Fleet, Trip, Upload, UploadKind, UploadState
from sightings.processing import leases, sidecars, turns
from sightings.processing.arrivals import close_upload, gps_findings, receive_video
from sightings.progress import publish_trip, publish_upload
from sightings.services import parts, tracks
from sightings.services.trip_clock import replace_track

log = logging.getLogger(__name__)

OUR_FAULT = gettext_noop("Something went wrong on our side while looking at this file. It was kept: please try again.")
GONE = gettext_noop("The bytes of this file are no longer on the server. Please send it again.")
DEADLY = gettext_noop(
    "Looking at this file stopped the program that did it, %(times)s times. The file was kept for the operator to see."
)
NO_VIDEO_YET = gettext_noop("No video of this drive is here yet; it will be used when one arrives.")


def inspect_next() -> None:
    """Inspect the upload whose turn it is, if there is one. Who loses it to another worker takes the next."""
    while (upload_id := turns.next_upload()) is not None:
        if inspect_upload(upload_id):
            return


def inspect_upload(upload_id: str) -> bool:
    """Take an upload and see it through to done, duplicate or failed; False if it was not waiting."""
    if not leases.take_upload(upload_id):
        return False
    upload = Upload.objects.select_related("fleet", "vehicle", "user", "for_trip__fleet").get(pk=upload_id)
    publish_upload(upload_id)
    if _counted(upload) > settings.MAX_ATTEMPTS:
        _fail(upload, "inspection_died", said.store(DEADLY, times=settings.MAX_ATTEMPTS))
    else:
        with leases.beating(partial(leases.renew_upload, upload_id)):
            _inspect(upload, sidecars.path_of(upload))
    publish_upload(upload_id)
    return True


def _counted(upload: Upload) -> int:
    """Attempts so far, this one included, written down before the file is touched."""
    attempts = int(upload.findings.get("attempts", 0)) + 1
    upload.findings = {"attempts": attempts}
    Upload.objects.filter(pk=upload.pk).update(findings=upload.findings)
    return attempts


def _inspect(upload: Upload, path: Path) -> None:
    """The edge of the worker: every way to fail ends in a row that says so."""
    try:
        _receive(upload, path)
    except FileNotFoundError:
        _fail(upload, "bytes_gone", said.store(GONE))
    except RecognitionError as error:
        # A damaged recording is kept, so that it can be tried again; what is no video at all is not.
        words = said.store_error(error, path.name, upload.filename)
        _fail(upload, error.code, words, keep=isinstance(error, VideoDamaged))
    except PlatelogError as error:
        _fail(upload, error.code, error.detail)
    except Exception:
        log.exception("inspecting upload %s failed", upload.pk)
        _fail(upload, "internal", said.store(OUR_FAULT))
    else:
        drop_bytes(upload)


def _receive(upload: Upload, path: Path) -> None:
    if upload.for_trip is not None:
        _replace_track(upload, upload.for_trip, path)
        return
    if upload.kind == UploadKind.TELEMETRY:
        _receive_positions(upload, path)
        return
    try:
        receive_video(upload, path)
    except NotAVideo:
        if upload.kind == UploadKind.VIDEO:
            raise
        try:  # a name that says nothing: it may be a track all the same
            _receive_positions(upload, path)
        except TelemetryUnreadable as error:
            words = gettext_noop("%(name)s is neither a video nor a GPS track that can be read.")
            raise NotAVideo(words, name=upload.filename) from error


def _receive_positions(upload: Upload, path: Path) -> None:
    """Keep a side-car and lay it over the videos that are here already; those to come will find it."""
    try:
        track = sidecars.read_positions(path, upload.filename)
    except NotNeeded as error:
        findings = {**upload.findings, "notes": [said.store_error(error, path.name, upload.filename)]}
        close_upload(upload, UploadState.DONE, kind=UploadKind.OTHER, findings=findings)
        return
    sha256 = hashing.sha256_file(path)
    with transaction.atomic():
        Fleet.objects.select_for_update(no_key=True).get(pk=upload.fleet_id)
        findings = {**upload.findings, "gps": gps_findings(track, upload.filename)}
        if (known := sidecars.known_as(upload, sha256)) is not None:
            same = {"kind": UploadKind.TELEMETRY, "sha256": sha256, "video": known.video, "trip": known.trip}
            close_upload(upload, UploadState.DUPLICATE, findings={**findings, "duplicate_of": known.filename}, **same)
            return
        tracks.keep(upload, track)
        attached = sidecars.attach_late(upload, track)
        if attached:
            findings["attached_to"] = [video.original_name for video in attached]
        else:
            findings["notes"] = [said.store(NO_VIDEO_YET)]
        first = attached[0] if attached else None
        closed = close_upload(
            upload,
            UploadState.DONE,
            kind=UploadKind.TELEMETRY,
            sha256=sha256,
            findings=findings,
            video=first,
            trip=first.trip if first else None,
        )
        if not closed:
            transaction.set_rollback(True)
            return
        for mate in Upload.objects.filter(video__in=attached, kind=UploadKind.VIDEO):
            Upload.objects.filter(pk=mate.pk).update(findings={**mate.findings, "gps": findings["gps"]})
            publish_upload(str(mate.pk))
        for trip_id in {video.trip_id for video in attached}:
            publish_trip(trip_id)


@transaction.atomic
def _replace_track(upload: Upload, trip: Trip, path: Path) -> None:
    """Lay positions over the trip that a person sent them for."""
    track = sidecars.read_positions(path, upload.filename)
    if upload.user is None:
        raise NotAllowed
    tracks.keep(upload, track)
    edit = replace_track(trip=trip, user=upload.user, sidecar=upload, positions=track)
    findings = {**upload.findings, "gps": gps_findings(track, upload.filename), "edit": edit.pk}
    video = trip.videos.first()
    if not close_upload(upload, UploadState.DONE, findings=findings, video=video, trip=trip):
        transaction.set_rollback(True)


def _fail(upload: Upload, code: str, message: str, *, keep: bool = True) -> None:
    closed = close_upload(upload, UploadState.FAILED, error_code=code, error=message)
    if closed and not keep:
        drop_bytes(upload)


def drop_bytes(upload: Upload) -> None:
    """Drop what an upload no longer needs; positions stay, for the videos of the drive that are still to come."""
    row = Upload.objects.get(pk=upload.pk)
    needed = row.kind == UploadKind.TELEMETRY and row.state in sidecars.IN_PLACE
    unfinished = row.state in (UploadState.RECEIVED, UploadState.INSPECTING)
    if row.path and not needed and not unfinished:
        parts.remove(row.path)
        Upload.objects.filter(pk=row.pk).update(path="")
