"""70mai: the text log `GPSData….txt` (first line `$V02`), which covers all recordings of a card.

Seconds since 1970, `A` or `V`, latitude, longitude, course × 100, speed × 100 (m/s), three accelerations, the name of
the video, zeros. The firmware writes its clock 8 hours early, whatever the zone: the name of the video, which carries
the camera's local time, must then differ from it by a zone of this planet. Source: the sample file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from recognition.telemetry.fix import UNIX_EPOCH, Fix, gather, no_fix
from recognition.telemetry.recording import Recording

MAGIC = "$V02"
FIRMWARE_EARLY = timedelta(hours=8)
NAME = re.compile(r"\b(?:NO|EV|PA|LA|TL|SP|MA)20\d{6}-\d{6}-\d{6}[A-Z]?\.MP4", re.IGNORECASE)


def read(recording: Recording) -> list[Fix]:
    if not recording.text.startswith(MAGIC):
        return []
    found = gather(_row, recording.text.splitlines()[1:], recording.notes, "lines")
    if found:
        recording.notes.append("8 hours were added to a clock that this maker's firmware sets early")
    return found


def _row(line: str) -> Iterator[Fix]:
    if not line.strip():
        return
    clock, status, lat, lon, course, speed = line.split(",")[:6]
    time = UNIX_EPOCH + timedelta(seconds=int(clock)) + FIRMWARE_EARLY
    if status != "A":
        yield no_fix(time)
        return
    yield Fix(float(lat), float(lon), time, None, int(speed) / 100, int(course) / 100 % 360)
