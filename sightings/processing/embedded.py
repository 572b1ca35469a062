"""Positions that a camera wrote into its video, used where no side-car lies over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext_noop

from recognition.telemetry import extract
from recognition.telemetry.track import Track as Positions
from recognition.types import VideoInfo
from sightings.models import TimeSource
from sightings.processing.clock import Start

NO_FIX = gettext_noop("The camera's GPS had no reception: the trip has no map. A GPX file uploaded later is added.")


@dataclass(frozen=True, slots=True)
class Inside:
    """What a video says of its own way. `start` is there where its positions bear the satellites' time."""

    track: Positions | None
    start: Start | None
    title: str  # of the format, for people
    had_no_fix: bool


def look_inside(path: Path, info: VideoInfo, filename: str) -> Inside:
    found = extract.read(path, info, name=filename, beside=False)
    start = None
    if found.track is not None and found.start.source == "gps" and found.start.at is not None:
        start = Start(found.start.at, TimeSource.GPS, found.start.uncertainty_s)
    return Inside(found.track, start, found.title, found.verdict == "no fix")


def timed_from(track: Positions, start: datetime) -> Positions:
    """Positions that know their second in the video, with times by the video's start; others as they are."""
    if any(point.seconds is None for point in track.points):
        return track
    points = tuple(replace(point, time=start + timedelta(seconds=point.seconds or 0.0)) for point in track.points)
    return replace(track, points=points)
