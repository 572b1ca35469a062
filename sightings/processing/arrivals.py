"""A video that has arrived: checked, kept, and entered into the log as part of a trip, with the work it asks for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from recognition import images
from recognition.errors import TelemetryUnreadable
from recognition.media import frames, hashing, probe, rendition, segments, times
from recognition.telemetry.evidence import was_reset
from recognition.telemetry.filenames import camera_of, read_name
from recognition.telemetry.track import Track as Positions
from recognition.types import VideoInfo
from sightings import said, storage
from sightings.models import (
    Camera,
    Fleet,
    ProcessingRun,
    Segment,
    TimeSource,
    Trip,
    Upload,
    UploadState,
    Video,
)
from sightings.processing import drives, files, sidecars
from sightings.processing.clock import Start, start_of
from sightings.processing.drives import Clip
from sightings.processing.embedded import NO_FIX, Inside, look_inside, timed_from
from sightings.processing.states import refresh_trip
from sightings.progress import publish_trip, publish_upload
from sightings.queue import enqueue
from sightings.services import renditions
from sightings.services.current import make_current
from sightings.services.places import refresh_trip_span
from sightings.services.trip_clock import move_clock

POSTER_WIDTH = 640  # pixels
NO_GPS = gettext_noop("No GPS found: the trip has no map. A GPX file uploaded later is added.")
ENDS_EARLY = gettext_noop(
    "%(name)s ends too early: its last %(seconds)s s are missing. What is there is read. If the file on the camera's "
    "card is longer, copy it again and upload it."
)
ENDS_SOMEWHERE = gettext_noop(
    "%(name)s ends too early: its end is missing. What is there is read. If the file on the camera's card is longer, "
    "copy it again and upload it."
)
CLOCK_NOT_SET = gettext_noop(
    "The camera's clock was not set when it recorded %(name)s: the file says %(day)s. The time of the upload stands "
    "in. Shift the trip to the time when it was driven."
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found out about the file before anything is written."""

    sha256: str
    info: VideoInfo
    cuts: list[tuple[float, float]]
    inside: Inside
    file: str
    poster: str


def receive_video(upload: Upload, path: Path) -> None:
    """Enter an uploaded video. Raises NotAVideo, VideoDamaged; whatever else fails may be tried again."""
    sha256 = hashing.sha256_file(path)
    if link_duplicate(upload, sha256):
        return
    looked = _look(upload, path, sha256)
    try:
        _enter(upload, looked)
    except IntegrityError:
        # The same bytes were entered by another worker meanwhile.
        if not link_duplicate(upload, sha256):
            raise


@transaction.atomic
def link_duplicate(upload: Upload, sha256: str) -> bool:
    """Link an upload to the video that has the same content, where the fleet has one."""
    known = Video.objects.filter(fleet=upload.fleet_id, sha256=sha256).select_related("trip").first()
    if known is None:
        return False
    findings = {**upload.findings, "duplicate_of": known.original_name}
    return close_upload(upload, UploadState.DUPLICATE, sha256=sha256, video=known, trip=known.trip, findings=findings)


def close_upload(upload: Upload, state: UploadState, **fields: Any) -> bool:
    """End an inspection, once; False where another worker or a person was first."""
    here = Upload.objects.filter(pk=upload.pk, state=UploadState.INSPECTING)
    return here.update(state=state, updated_at=timezone.now(), **fields) == 1


def _look(upload: Upload, path: Path, sha256: str) -> Looked:
    """Probe, cut, and put file and poster in place; the names are by content, so that a second try writes the same."""
    info = probe.probe(path)
    cuts = segments.plan(path, settings.SEGMENT_SECONDS)
    video = Video(fleet_id=upload.fleet_id, sha256=sha256)
    names = storage.video_name(video, upload.filename), storage.poster_name(video, ".jpg")
    looked = Looked(sha256, info, cuts, look_inside(path, info, upload.filename), *names)
    files.put(looked.poster, _poster(path, info))
    files.put(storage.times_name(video), json.dumps(asdict(times.frame_times(path))).encode())
    files.keep(path, looked.file)
    return looked


def _poster(path: Path, info: VideoInfo) -> bytes:
    image = frames.frame_at(path, min(1.0, info.duration / 3)).image
    height, width = image.shape[:2]
    if width > POSTER_WIDTH:
        image = images.resize(image, POSTER_WIDTH, max(1, round(height * POSTER_WIDTH / width)))
    return images.encode_jpeg(image, 82)


@transaction.atomic
def _enter(upload: Upload, looked: Looked) -> None:
    """Trip, video, run and segments, all or nothing; the reading starts after commit."""
    # A video and its positions may be inspected at once: whoever comes second here sees what the first has written.
    Fleet.objects.select_for_update(no_key=True).get(pk=upload.fleet_id)
    sidecar, positions = _positions_for(upload, looked.info)
    inside = looked.inside
    start = (inside.start if sidecar is None else None) or start_of(
        looked.info,
        filename=upload.filename,
        vehicle=upload.vehicle,
        track=positions,
        uploaded_at=upload.created_at,
    )
    start = drives.by_mates(start, upload.filename, upload)
    if sidecar is None and inside.track is not None:
        positions = inside.track if inside.start is not None else timed_from(inside.track, start.at)
    camera = camera_of(upload.filename) or Camera.FRONT
    clip = drives.clip_of(start, looked.info.duration, camera, positions)
    trip, moved_s = _trip_for(upload, clip, start)
    video = _video(upload, looked, trip, start, camera)
    name = sidecar.filename if sidecar is not None else inside.title
    laid = positions is not None and sidecars.lay(video, positions, start, name, sidecar)
    if moved_s:
        move_clock(video, moved_s)
    refresh_trip_span(trip)
    findings = {**upload.findings, **_findings(looked, video, start, positions if laid else None, name)}
    if not close_upload(upload, UploadState.DONE, sha256=looked.sha256, video=video, trip=trip, findings=findings):
        transaction.set_rollback(True)
        return
    if laid and sidecar is not None:
        # It waits no longer, and there was something new in it.
        told = {key: value for key, value in sidecar.findings.items() if key not in ("notes", "duplicate_of")}
        told["attached_to"] = [*told.get("attached_to", []), video.original_name]
        Upload.objects.filter(pk=sidecar.pk).update(findings=told, video=video, trip=trip, state=UploadState.DONE)
        publish_upload(str(sidecar.pk))
    start_reading(video, looked.cuts)
    if not rendition.plays_everywhere(looked.info):
        renditions.ask(video)
    if start.source == TimeSource.GPS:
        drives.redate_mates(upload)


def start_reading(video: Video, cuts: list[tuple[float, float]]) -> ProcessingRun:
    """Open a run over the whole video, with one message a segment. In a transaction."""
    run = ProcessingRun.objects.create(video=video)
    make_current(run)
    Segment.objects.bulk_create(
        Segment(run=run, index=index, start_s=start, end_s=end) for index, (start, end) in enumerate(cuts)
    )
    for _ in cuts:
        enqueue("read_next", queue="read")
    refresh_trip(video.trip_id)  # a trip that was done has work again
    publish_trip(video.trip_id)
    return run


def _positions_for(upload: Upload, info: VideoInfo) -> tuple[Upload | None, Positions | None]:
    for mate in sidecars.waiting_for(upload):
        try:
            track = sidecars.read_positions(sidecars.path_of(mate), mate.filename)
        except (TelemetryUnreadable, FileNotFoundError):
            continue  # its own upload says what is wrong with it
        if sidecars.belongs(mate, upload, track, info):
            return mate, track
    return None, None


def _trip_for(upload: Upload, clip: Clip, start: Start) -> tuple[Trip, float]:
    """The trip of the clips that were dropped together and follow each other, or a new one.

    Beside it, by how many seconds a person has moved the clock that this clip has in common with that trip.
    """
    mates = drives.mates_of(upload)
    joined = None if start.source == TimeSource.UPLOAD else drives.trip_for(upload, clip, mates, start.source)
    if joined is not None:
        moved = mates.filter(trip=joined, clock_source=start.source).first()
        return joined, moved.clock_shift_s if moved else 0.0
    name = PurePosixPath(upload.filename).stem.replace("_", " ").strip() or "Trip"
    trip = Trip.objects.create(
        fleet_id=upload.fleet_id, vehicle=upload.vehicle, name=name[:200], created_by=upload.user
    )
    return trip, 0.0


def _video(upload: Upload, looked: Looked, trip: Trip, start: Start, camera: str) -> Video:
    info = looked.info
    return Video.objects.create(
        fleet_id=upload.fleet_id,
        trip=trip,
        vehicle=upload.vehicle,
        sha256=looked.sha256,
        size=upload.size,
        file=looked.file,
        original_name=upload.filename,
        camera=camera,
        warnings=_warnings(upload.filename, info, start),
        duration_s=info.duration,
        frame_rate=info.frame_rate,
        width=info.width,
        height=info.height,
        rotation=info.rotation,
        codec=info.codec,
        started_at=start.at,
        time_source=start.source,
        time_uncertainty_s=start.uncertainty_s,
        poster=looked.poster,
    )


def _warnings(filename: str, info: VideoInfo, start: Start) -> list[dict[str, str]]:
    """What a person should know of a video that was entered all the same."""
    found = list[dict[str, str]]()
    if info.truncated:
        words = ENDS_EARLY if info.missing >= 1 else ENDS_SOMEWHERE
        message = said.store(words, name=filename, seconds=f"{info.missing:.0f}")
        found.append({"code": "cut_off", "message": message})
    named = read_name(filename)
    told = [moment for moment in (info.created_at, named.at if named else None) if moment is not None]
    if start.source == TimeSource.UPLOAD and told and all(map(was_reset, told)):
        message = said.store(CLOCK_NOT_SET, name=filename, day=f"{told[0]:%Y-%m-%d}")
        found.append({"code": "clock_not_set", "message": message})
    return found


def _findings(looked: Looked, video: Video, start: Start, track: Positions | None, name: str) -> dict[str, Any]:
    """What the upload page shows of the inspection."""
    probed = asdict(looked.info)
    probed["created_at"] = looked.info.created_at.isoformat() if looked.info.created_at else None
    return {
        "probe": probed,
        "segments": len(looked.cuts),
        "start": {
            "at": start.at.isoformat(), "source": start.source.value, "uncertainty_s": round(start.uncertainty_s, 1)
        },
        "gps": gps_findings(track, name, NO_FIX if looked.inside.had_no_fix else NO_GPS),
        "notes": [warning["message"] for warning in video.warnings],
    }  # fmt: skip


def gps_findings(track: Positions | None, name: str, otherwise: str = NO_GPS) -> dict[str, Any]:
    """`found`, and then how many points from which source, or else the words that say what that means."""
    if track is None:
        return {"found": False, "message": said.store(otherwise)}
    return {"found": True, "points": len(track.points), "source": track.source, "name": name}
