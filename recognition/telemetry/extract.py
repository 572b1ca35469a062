"""Where positions come from, how they were cleaned, and how their clock lies against the video's."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from recognition.errors import NoPositions, NotNeeded, TelemetryUnreadable, gettext_noop
from recognition.telemetry import blackvue, transport
from recognition.telemetry.cleaning import clean
from recognition.telemetry.clock import Start, align, start_of
from recognition.telemetry.evidence import Evidence
from recognition.telemetry.filenames import clip_names, read_name
from recognition.telemetry.fix import MALFORMED, Fix
from recognition.telemetry.recording import Recording
from recognition.telemetry.registry import LAST_RESORT, READERS, Reader
from recognition.telemetry.track import ANCHORED, Step, Track
from recognition.types import VideoInfo

__all__ = ["Telemetry", "align", "read", "read_sidecar"]

Verdict = Literal["positions", "no fix", "no GPS found", "unreadable"]
SIDECARS = (".gpx", ".nmea", ".gps", ".srt", ".txt")  # beside a video and bearing its name, the surest first


@dataclass(frozen=True, slots=True)
class Telemetry:
    """All that one file says of where and when. `rows` counts what its reader found, before cleaning."""

    verdict: Verdict
    format: str  # the reader's name; empty where none found a row
    title: str
    rows: int
    track: Track | None  # with at least one point
    start: Start
    evidence: Evidence
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


def read(path: Path | str, info: VideoInfo | None = None, *, name: str = "", beside: bool = True) -> Telemetry:
    """The positions in a file, else in the files beside it that bear its name. Bad bytes give fewer points and a note.

    Raises nothing but OSError, for a file that cannot be opened. `info` saves reading duration and clock again;
    `name` is what the camera called it, where that is not the path's.
    """
    path = Path(path)
    found = _read_one(path, info, name or path.name)
    if found.track is not None or not beside:
        return found
    for other in files_beside(path):
        more = _read_one(other, found.evidence, other.name)
        if more.track is not None:
            return replace(more, notes=(*found.notes, *more.notes, f"positions from {other.name}"))
    return found


def read_sidecar(path: Path | str, *, name: str = "") -> Track:
    """The cleaned track of a file beside a video: GPX, NMEA, BlackVue, 70mai, DJI subtitles, told apart by content.

    Raises TelemetryUnreadable for anything else, NoPositions where not one usable position is left, NotNeeded for a
    log of another sensor. `name` is what the camera called it.
    """
    path = Path(path)
    with _opened(path, name) as recording:
        reader, rows = _rows(recording, [reader for reader in READERS if reader.beside], strict=True)
        shock = blackvue.is_shock_log(recording)
    if shock:
        words = gettext_noop("%(name)s is a log of the shock sensor, which holds no positions. Its .gps file has them.")
        raise NotNeeded(words, name=path.name)
    if reader is None:
        words = gettext_noop("%(name)s is neither a GPX file nor a log that is known. Export the track as GPX.")
        raise TelemetryUnreadable(words, name=path.name)
    track = Track(tuple(rows), reader.name)
    if all(row.quality == "none" for row in rows):
        words = gettext_noop("%(name)s is a log whose receiver never had a fix. The trip can be read without it.")
        raise NoPositions(words, name=path.name)
    cleaned = clean(track, Evidence(own_clock=reader.own_clock))
    if not cleaned.points:
        words = gettext_noop("%(name)s has points, but none of them is on the globe. The trip can be read without it.")
        raise NoPositions(words, name=path.name)
    return cleaned


def _read_one(path: Path, known: VideoInfo | Evidence | None, name: str) -> Telemetry:
    with _opened(path, name) as recording:
        reader, rows = _rows(recording, [*READERS, LAST_RESORT])
        evidence = replace(_evidence(recording, known, name), own_clock=reader.own_clock if reader else False)
        notes = tuple(recording.notes)
        strange = not (recording.is_known or blackvue.is_shock_log(recording))
    if reader is None:
        verdict: Verdict = "unreadable" if strange else "no GPS found"
        return Telemetry(verdict, "", "", 0, None, start_of(None, evidence), evidence, (), notes)
    track = clean(Track(tuple(rows), reader.name), evidence)
    start = start_of(track, evidence)
    track = _anchored(track, start)
    return Telemetry(
        "positions" if track.points else "no fix",
        reader.name,
        reader.title,
        len(rows),
        track if track.points else None,
        start,
        evidence,
        track.steps,
        notes,
    )


def _rows(recording: Recording, readers: Sequence[Reader], *, strict: bool = False) -> tuple[Reader | None, list[Fix]]:
    """The rows of the first reader that finds any."""
    for reader in readers:
        try:
            rows = reader.read(recording)
        except MALFORMED as error:
            recording.notes.append(f"{reader.title}: bytes that make no sense ({type(error).__name__})")
            continue
        except TelemetryUnreadable as error:
            if strict:
                raise
            recording.notes.append(str(error))
            continue
        if rows:
            return reader, rows
    return None, []


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Recording]:
    with path.open("rb") as stream:
        if not stream.seek(0, 2):
            yield Recording(path, b"", name)
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield Recording(path, data, name)


def _evidence(recording: Recording, known: VideoInfo | Evidence | None, name: str) -> Evidence:
    """From the video that it belongs to or the probe, where there is one, else from the file."""
    if isinstance(known, Evidence):
        return known
    named = read_name(name)
    at = named.at if named else None
    if known is not None:
        return Evidence(known.duration, known.created_at, at)
    movie = recording.movie
    length = movie.duration if movie else transport.duration(recording.data)
    return Evidence(length, movie.created_at if movie else None, at)


def _anchored(track: Track, start: Start) -> Track:
    """Positions that know only their second in the video take their times from its start."""
    unknown = any(point.seconds is None for point in track.points)
    if start.at is None or track.started_at is not None or unknown or not track.points:
        return track
    timed = tuple(replace(point, time=start.at + timedelta(seconds=point.seconds or 0.0)) for point in track.points)
    step = Step(ANCHORED, len(timed), f"the start by {start.source.replace('_', ' ')}")
    return clean(Track(timed, track.source, track.removed, (*track.steps, step)))


def files_beside(path: Path) -> list[Path]:
    """Files with the video's name, or that without front or rear, and a log's ending, whatever their case."""
    try:
        called = clip_names(path.name)
        inside = [other for other in path.parent.iterdir() if other.stem.lower() in called and other != path]
    except OSError:
        return []
    ranked = [(SIDECARS.index(other.suffix.lower()), other) for other in inside if other.suffix.lower() in SIDECARS]
    return [other for _, other in sorted(ranked)]
