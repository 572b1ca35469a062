"""When a video began, what says so, and how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from recognition.telemetry import extract
from recognition.telemetry.evidence import was_reset
from recognition.telemetry.filenames import read_name
from recognition.telemetry.track import Track
from recognition.types import VideoInfo
from sightings.models import TimeSource, Vehicle
from sightings.zones import zone_or_utc

FILE_NAME_UNCERTAINTY_S = 2.0  # names carry whole seconds, and are given a moment before the first frame
UPLOAD_UNCERTAINTY_S = 86_400.0  # a drive is brought in some time after it happened; nobody knows when
SAME_MOMENT_S = 4.0


@dataclass(frozen=True, slots=True)
class Start:
    """The moment of the first frame, in UTC."""

    at: datetime
    source: TimeSource
    uncertainty_s: float


def start_of(
    info: VideoInfo, *, filename: str, vehicle: Vehicle | None, track: Track | None, uploaded_at: datetime
) -> Start:
    """The best that is known: GPS, the container's clock, the file's name, else when it was brought in."""
    named = from_name(filename, vehicle)
    at, source, uncertainty = extract.align(track, by_camera(info, filename, vehicle))
    if source == "gps" and info.created_at is not None:
        # The camera may write UTC although its zone was set: believed where the track agrees with it.
        plain = extract.align(track, info)
        at, source, uncertainty = plain if plain[1] == "container" else (at, source, uncertainty)
    if at is None:
        return Start(uploaded_at - timedelta(seconds=info.duration), TimeSource.UPLOAD, UPLOAD_UNCERTAINTY_S)
    if source == "container" and info.created_at is None:
        return Start(at, TimeSource.FILE_NAME, FILE_NAME_UNCERTAINTY_S)
    if source == "container" and track is None and named is not None:
        return _settled(at, named, info.duration, uncertainty)
    return Start(at, TimeSource(source), uncertainty)


def by_camera(info: VideoInfo, filename: str, vehicle: Vehicle | None) -> VideoInfo:
    """The video with its camera's clock in UTC: the container's, else the one in the file's name."""
    created = None if info.created_at is None or was_reset(info.created_at) else info.created_at
    return replace(info, created_at=_as_set(created, vehicle) or from_name(filename, vehicle))


def _settled(at: datetime, named: datetime, duration: float, uncertainty: float) -> Start:
    """A container's time is the start of some cameras' recordings and the end of others': the name tells which."""
    for start in (at, at - timedelta(seconds=duration)):
        if abs((start - named).total_seconds()) <= SAME_MOMENT_S:
            return Start(start, TimeSource.CONTAINER, SAME_MOMENT_S)
    return Start(at, TimeSource.CONTAINER, uncertainty)


def from_name(filename: str, vehicle: Vehicle | None) -> datetime | None:
    """The time in a file's name, which cameras write by their own clock."""
    named = read_name(filename)
    return _as_set(named.at, vehicle) if named else None


def _as_set(clock: datetime | None, vehicle: Vehicle | None) -> datetime | None:
    """What the camera's clock means in UTC, given the vehicle's time zone and the offset a person has set."""
    if clock is None or vehicle is None:
        return clock
    there = clock.replace(tzinfo=zone_or_utc(vehicle.time_zone)) + timedelta(seconds=vehicle.clock_offset_s)
    return there.astimezone(UTC)
