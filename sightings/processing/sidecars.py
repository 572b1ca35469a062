"""Side-car positions (GPX, NMEA): found, laid over their videos, whichever of the two arrives first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from recognition.errors import NoPositions, NotNeeded, TelemetryUnreadable
from recognition.telemetry import extract
from recognition.telemetry.filenames import clip_names
from recognition.telemetry.track import Track as Positions
from recognition.types import VideoInfo
from sightings import storage
from sightings.models import TimeSource, Upload, UploadKind, UploadState, Video
from sightings.processing.clock import Start, by_camera, start_of
from sightings.services import tracks
from sightings.services.places import refresh_trip_span, restamp

MOST_LOOKED_AT = 50
IN_PLACE = (UploadState.DONE, UploadState.DUPLICATE)


class NoTimes(TelemetryUnreadable):
    code = "no_times"


def read_positions(path: Path, filename: str) -> Positions:
    """The track of a side-car. Raises TelemetryUnreadable, NoPositions, NoTimes with words for its uploader."""
    try:
        track = extract.read_sidecar(path, name=filename)
    except NotNeeded:
        raise
    except NoPositions as error:
        words = gettext_noop(
            "There are no positions in %(name)s. The video is read all the same, only without a map. "
            "Check that the camera had GPS reception, or upload another track."
        )
        raise NoPositions(words, name=filename) from error
    if track.started_at is None:
        words = gettext_noop(
            "%(name)s has positions but no times, so they cannot be laid over a video. "
            "Export the track with time stamps."
        )
        raise NoTimes(words, name=filename)
    return track


def waiting_for(upload: Upload) -> list[Upload]:
    """Positions that came before this video and may belong to it, the likeliest first.

    Those of another batch must bear its name, and be nobody else's: many cameras call every drive the same.
    """
    found = _together(upload).filter(kind=UploadKind.TELEMETRY, state__in=IN_PLACE).exclude(path="")
    mates = [mate for mate in found[:MOST_LOOKED_AT] if _same_batch(mate, upload) or _own_name(mate, upload)]
    unclaimed = [mate for mate in mates if _same_batch(mate, upload) or mate.video_id is None]
    return sorted(unclaimed, key=lambda mate: (not _same_batch(mate, upload), not _own_name(mate, upload)))


def videos_for(upload: Upload) -> list[Upload]:
    """Uploads of videos that these positions may belong to.

    Those of another batch must bear their name, and have no positions yet.
    """
    found = _together(upload).filter(video__isnull=False, state__in=IN_PLACE).exclude(kind=UploadKind.TELEMETRY)
    mates = found.select_related("video__trip", "video__vehicle")[:MOST_LOOKED_AT]
    bare = set(Video.objects.filter(uploads__in=list(mates), track=None).values_list("pk", flat=True))
    return [mate for mate in mates if _same_batch(mate, upload) or (_own_name(mate, upload) and mate.video_id in bare)]


def known_as(upload: Upload, sha256: str) -> Upload | None:
    """The upload that brought the same positions before, where no video that is here lacks them."""
    before = Upload.objects.filter(
        fleet=upload.fleet_id, sha256=sha256, kind=UploadKind.TELEMETRY, state=UploadState.DONE
    )
    known = before.exclude(pk=upload.pk).order_by("created_at").first()
    bare = Video.objects.filter(uploads__in=videos_for(upload), track=None)
    return None if known is None or bare.exists() else known


def belongs(sidecar: Upload, video: Upload, track: Positions, info: VideoInfo) -> bool:
    """Whether a track lies over a video: by the video's own clock, or by name and batch where that says nothing."""
    clock = by_camera(info, video.filename, video.vehicle)
    if video.video is not None and video.video.time_source == TimeSource.PERSON:
        clock = replace(clock, created_at=video.video.started_at)
    if extract.align(track, clock)[1] == "container":
        return True
    if not _same_batch(sidecar, video):
        return clock.created_at is None
    if _own_name(sidecar, video):
        return True
    if _shape(sidecar.filename) == _shape(video.filename):
        return False  # the same camera named both, and this one for another clip
    others = Upload.objects.filter(fleet=video.fleet_id, batch=video.batch, kind=UploadKind.VIDEO)
    return not others.exclude(pk=video.pk).exclude(state__in=[UploadState.FAILED, UploadState.CANCELLED]).exists()


def attach_late(sidecar: Upload, track: Positions) -> list[Video]:
    """Lay positions over the videos that came before them, and stamp their sightings anew. In a transaction."""
    attached = []
    for mate in videos_for(sidecar):
        video = mate.video
        if video is None or video in attached:
            continue
        info = info_of(video, mate)
        if not belongs(sidecar, mate, track, info):
            continue
        start = start_of(info, filename=mate.filename, vehicle=video.vehicle, track=track, uploaded_at=mate.created_at)
        if lay(video, track, start, sidecar.filename, sidecar):
            restamp(video)
            refresh_trip_span(video.trip)
            attached.append(video)
    return attached


def lay(video: Video, track: Positions, start: Start, name: str, sidecar: Upload | None = None) -> bool:
    """Lay a track over a video, whose start it decides unless a person did; False where they do not meet."""
    if video.time_source != TimeSource.PERSON or video.started_at is None:
        video.started_at, video.time_source, video.time_uncertainty_s = start.at, start.source, start.uncertainty_s
    # Points that know their second in the video were recorded with it: they do not follow a clock of their own.
    own_clock = any(point.seconds is None for point in track.points)
    if not tracks.lay(video, track, name, sidecar if own_clock else None):
        return False
    video.save(update_fields=["started_at", "time_source", "time_uncertainty_s"])
    return True


def info_of(video: Video, upload: Upload) -> VideoInfo:
    """What probing said, from the row; the container's clock is kept in the upload's findings."""
    created = (upload.findings.get("probe") or {}).get("created_at")
    return VideoInfo(
        duration=video.duration_s,
        frame_rate=video.frame_rate,
        width=video.width,
        height=video.height,
        rotation=video.rotation,
        codec=video.codec,
        container="",
        created_at=datetime.fromisoformat(created) if created else None,
    )


def _together(upload: Upload) -> QuerySet[Upload]:
    """Uploads of the fleet that share the batch or the beginning of the name, latest first."""
    alike = Q(filename__istartswith=min(clip_names(upload.filename), key=len))
    if upload.batch:
        alike |= Q(batch=upload.batch)
    return Upload.objects.filter(alike, fleet=upload.fleet_id).exclude(pk=upload.pk).order_by("-created_at")


def _same_batch(a: Upload, b: Upload) -> bool:
    return bool(a.batch) and a.batch == b.batch


def _own_name(a: Upload, b: Upload) -> bool:
    """Whether one bears the other's name: a log is called as its clip, with or without the mark of front or rear."""
    return _stem(a.filename) in clip_names(b.filename) or _stem(b.filename) in clip_names(a.filename)


def _shape(filename: str) -> str:
    """A name without its numbers: those of one camera's clips are alike."""
    return re.sub(r"\d", "0", _stem(filename))


def _stem(filename: str) -> str:
    return PurePosixPath(filename).stem.lower()


def path_of(upload: Upload) -> Path:
    return storage.upload_file(upload.path)
