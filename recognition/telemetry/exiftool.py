"""The last resort: ExifTool, an external program that knows more cameras, where it is installed.

Source of its options: https://exiftool.org/exiftool_pod.html (-ee embedded rows, -n plain numbers, -G3 a group a row).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from recognition.telemetry.fix import KMH_M_S, Fix, gather
from recognition.telemetry.recording import Recording

PROGRAM = "exiftool"
LONGEST_S = 60
TAGS = ("GPSLatitude", "GPSLongitude", "GPSDateTime", "GPSSpeed", "GPSTrack", "GPSAltitude", "SampleTime")


def read(recording: Recording) -> list[Fix]:
    """Empty where it is not installed, or says nothing within a minute."""
    program = shutil.which(PROGRAM)
    if program is None or not (recording.is_mp4 or recording.private):
        return []
    asked = [program, "-ee", "-n", "-json", "-G3", *(f"-{tag}" for tag in TAGS), "--", str(recording.path.absolute())]
    try:
        said = subprocess.run(asked, capture_output=True, timeout=LONGEST_S, check=False, stdin=subprocess.DEVNULL)
        tags = dict(json.loads(said.stdout or b"[{}]")[0])
    except (OSError, subprocess.SubprocessError, ValueError, TypeError, LookupError) as error:
        recording.notes.append(f"ExifTool could not read it ({type(error).__name__})")
        return []
    named = [(*key.partition(":")[::2], value) for key, value in tags.items() if ":" in key]
    rows = [{name: value for _, name, value in group} for _, group in groupby(named, key=lambda item: item[0])]
    return gather(_row, rows, recording.notes, "rows of ExifTool")


def _row(tags: dict[str, object]) -> Iterator[Fix]:
    if "GPSLatitude" not in tags or "GPSLongitude" not in tags:
        return
    speed, course, altitude, second = (
        _number(tags.get(name)) for name in ("GPSSpeed", "GPSTrack", "GPSAltitude", "SampleTime")
    )
    lat, lon = float(str(tags["GPSLatitude"])), float(str(tags["GPSLongitude"]))
    time = _moment(str(tags.get("GPSDateTime", "")))
    yield Fix(lat, lon, time, second, None if speed is None else speed * KMH_M_S, course, None, altitude)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _moment(text: str) -> datetime | None:
    """`2026:03:01 07:00:00.5Z`"""
    try:
        time = datetime.fromisoformat(text.replace(":", "-", 2))
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
