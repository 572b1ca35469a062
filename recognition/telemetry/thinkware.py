"""Thinkware dashcams: `gsensori,…;GPRMC,…;CAR,…` in each line of a subtitle track, the sentence without its `$`.

A line without a sentence is one without a fix. Source: ExifTool's documentation of the format; the sample file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognition.telemetry import nmea
from recognition.telemetry.fix import Fix, gather, no_fix
from recognition.telemetry.recording import Recording

BARE = re.compile(r"(?<!\$)\b(?=G[A-Z]RMC,)")
MAGIC = (b"gsensor", b"CAR,")


def read(recording: Recording) -> list[Fix]:
    lines = ((second, text) for second, text in recording.texts if any(magic in text for magic in MAGIC))
    return gather(_row, lines, recording.notes, "subtitle lines")


def _row(line: tuple[float, bytes]) -> Iterator[Fix]:
    second, text = line
    found = nmea.rows(BARE.sub("$", text.decode("ascii", errors="replace").replace("\0", "\n")))
    yield from nmea.at_second(found, second) if found else [no_fix(None, second)]
