"""Where positions come from, and how their clock lies against the video's."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from recognition.errors import NoPositions, TelemetryUnreadable
from recognition.telemetry import gpx, nmea
from recognition.telemetry.track import Track, clean
from recognition.types import TimeSource, VideoInfo

HEAD_BYTES = 65536
SAME_LENGTH_S = 5.0  # a track as long as its video, within this, was recorded with it
CONTAINER_UNCERTAINTY_S = 2.0  # cameras write whole seconds, and open the file a moment before the first frame
GPS_UNCERTAINTY_S = 1.0  # one point a second
LOOSE_UNCERTAINTY_S = 30.0  # a track of another length may have begun before or after the video


def read_sidecar(path: Path | str) -> Track:
    """The cleaned track of a GPX file or an NMEA log, told apart by content.

    Raises TelemetryUnreadable for anything else, NoPositions where not one usable position is left.
    """
    path = Path(path)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if b"<gpx" in head:
        track = Track(tuple(gpx.read(path)), "gpx")
    elif nmea.SENTENCE.search(head.decode("ascii", errors="replace")):
        track = Track(tuple(nmea.read(path)), "nmea")
    else:
        raise TelemetryUnreadable(f"{path.name} is neither a GPX file nor an NMEA log. Export the track as GPX.")
    cleaned = clean(track)
    if not cleaned.points:
        raise NoPositions(f"{path.name} has points, but none of them is on the globe. The trip can be read without it.")
    return cleaned


def align(track: Track | None, info: VideoInfo) -> tuple[datetime | None, TimeSource, float]:
    """When the first frame was recorded: (UTC or None, what says so, uncertainty in seconds).

    A container's creation time may be the start or the end of the recording: the reading that lies inside the track
    is taken. Where neither does (the camera's clock is wrong, or says nothing), the track's first point is the start.
    """
    created, length = info.created_at, timedelta(seconds=info.duration)
    began = track.started_at if track else None
    ended = track.ended_at if track else None
    if began is None or ended is None:
        # Nothing to compare with: start or end of the recording stays open.
        return created, "container" if created else "upload", info.duration + CONTAINER_UNCERTAINTY_S
    if created is not None:
        starts = [created, created - length]
        shares = [_overlap(start, start + length, began, ended) for start in starts]
        if max(shares) >= length.total_seconds() / 2 and max(shares) > 0:
            nearer = abs((starts[1] - began).total_seconds()) < abs((starts[0] - began).total_seconds())
            clear = abs(shares[0] - shares[1]) > CONTAINER_UNCERTAINTY_S
            second = shares[1] > shares[0] if clear else nearer and _same_length(track, info)
            sure = clear or _same_length(track, info)
            return starts[second], "container", CONTAINER_UNCERTAINTY_S + (0.0 if sure else info.duration)
    return began, "gps", GPS_UNCERTAINTY_S if _same_length(track, info) else LOOSE_UNCERTAINTY_S


def _overlap(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> float:
    return max(0.0, (min(end, other_end) - max(start, other_start)).total_seconds())


def _same_length(track: Track | None, info: VideoInfo) -> bool:
    if track is None or track.started_at is None or track.ended_at is None:
        return False
    return abs((track.ended_at - track.started_at).total_seconds() - info.duration) <= SAME_LENGTH_S
