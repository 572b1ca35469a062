"""When a recording began: from its positions, its container, its name, in this order, and how far that may be off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from recognition.telemetry.evidence import (
    QUARTER_S,
    WIDEST_ZONE_H,
    ZONE_TOLERANCE_S,
    Evidence,
    offsets,
    whole_quarters,
)
from recognition.telemetry.fix import UNIX_EPOCH
from recognition.telemetry.track import Track
from recognition.types import TimeSource, VideoInfo

SAME_LENGTH_S = 5.0  # a track as long as its video, within this, was recorded with it
CONTAINER_UNCERTAINTY_S = 2.0  # cameras write whole seconds, and open the file a moment before the first frame
GPS_UNCERTAINTY_S = 1.0  # one point a second
LOOSE_UNCERTAINTY_S = 30.0  # a track of another length may have begun before or after the video
SAME_MOMENT_S = 4.0  # a name and a container's time are given within this of each other


@dataclass(frozen=True, slots=True)
class Start:
    """The moment of second 0 in UTC, what says so, its uncertainty in seconds, and how it was decided."""

    at: datetime | None
    source: TimeSource
    uncertainty_s: float
    why: str


def start_of(track: Track | None, evidence: Evidence) -> Start:
    """The best that a file itself says. Where nothing does, `at` is None and the source is `upload`."""
    length = evidence.duration
    track = None if track is None or track.is_anchored else track
    zone = ""
    if evidence.own_clock and track and not any(step.name.startswith("zone") for step in track.steps):
        zone = "; that is the camera's clock, whose zone nothing confirms"
    began, ended = (track.started_at, track.ended_at) if track else (None, None)
    measured = _measured(track)
    if measured is not None:
        at, uncertainty = measured
        return Start(at, "gps", uncertainty, f"positions bear time and second; {_which(at, evidence)}{zone}")
    if began is not None and ended is not None:
        at, source, uncertainty = _against(began, ended, evidence)
        why = "the container's time within the track" if source == "container" else "the track's first point"
        return Start(at, source, uncertainty, why + zone)
    if evidence.created is not None:
        which, at = _by_name(evidence)
        if which:
            return Start(
                at, "container", SAME_MOMENT_S, f"the file's name says that the container's time is the {which}"
            )
        return Start(at, "container", length + CONTAINER_UNCERTAINTY_S, "nothing tells if it is the start or the end")
    if evidence.named is not None:
        return Start(evidence.named, "file_name", WIDEST_ZONE_H * 3600, "the camera's zone is not known")
    return Start(None, "upload", length + CONTAINER_UNCERTAINTY_S, "nothing in the file bears a time")


def align(track: Track | None, info: VideoInfo) -> tuple[datetime | None, TimeSource, float]:
    """When the first frame was recorded: (UTC or None, what says so, uncertainty in seconds).

    Positions that bear both a time and their second in the video decide. A container's creation time may be the start
    or the end of the recording: the reading that lies inside the track is taken. Where neither does (the camera's clock
    is wrong, or says nothing), the track's first point is the start.
    """
    start = start_of(track, Evidence(info.duration, info.created_at))
    return start.at, start.source, start.uncertainty_s


def _measured(track: Track | None) -> tuple[datetime, float] | None:
    """(start, uncertainty) from points with both a time and a second."""
    found = offsets(track.points) if track else []
    if not found:
        return None
    middle = median(found)
    spread = median(abs(offset - middle) for offset in found)
    return UNIX_EPOCH + timedelta(seconds=middle), max(GPS_UNCERTAINTY_S, 3 * spread)


def _against(began: datetime, ended: datetime, evidence: Evidence) -> tuple[datetime, TimeSource, float]:
    """A track that bears times alone, against the container's."""
    length = timedelta(seconds=evidence.duration)
    off = abs((ended - began).total_seconds() - evidence.duration)
    same_length = evidence.duration > 0 and off <= SAME_LENGTH_S
    starts = [at for _, at in evidence.candidates]
    shares = [_overlap(start, start + length, began, ended) for start in starts]
    if shares and max(shares) >= evidence.duration / 2 and max(shares) > 0:
        nearer = abs((starts[1] - began).total_seconds()) < abs((starts[0] - began).total_seconds())
        clear = abs(shares[0] - shares[1]) > CONTAINER_UNCERTAINTY_S
        second = shares[1] > shares[0] if clear else nearer and same_length
        doubt = 0.0 if clear or same_length else evidence.duration
        return starts[second], "container", CONTAINER_UNCERTAINTY_S + doubt
    return began, "gps", GPS_UNCERTAINTY_S if same_length else LOOSE_UNCERTAINTY_S


def _overlap(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> float:
    return max(0.0, (min(end, other_end) - max(start, other_start)).total_seconds())


def _by_name(evidence: Evidence) -> tuple[str, datetime]:
    """Whether the container's time is the start or the end: ("start" or "end" or "", the start).

    The name is in the camera's zone, the container may be: only what is left of whole quarters of an hour counts.
    """
    assert evidence.created is not None
    near = []
    for which, at in evidence.candidates:
        if evidence.named is not None and whole_quarters(evidence.named - at, SAME_MOMENT_S) is not None:
            near.append((which, at))
    return near[0] if len(near) == 1 or (near and not _long(evidence)) else ("", evidence.created)


def _long(evidence: Evidence) -> bool:
    """Whether start and end can be told apart at all."""
    return evidence.duration % QUARTER_S > SAME_MOMENT_S


def _which(start: datetime, evidence: Evidence) -> str:
    for which, at in evidence.candidates:
        apart = whole_quarters(
            at - start, ZONE_TOLERANCE_S if evidence.duration > 2 * ZONE_TOLERANCE_S else SAME_MOMENT_S
        )
        if apart is not None:
            zone = f", {apart:+g} h off" if apart else ""
            return f"the container's time is the {which} of the recording{zone}"
    return (
        "the container's time is neither its start nor its end" if evidence.created else "the container bears no time"
    )
