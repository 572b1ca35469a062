"""BlackVue: NMEA lines that begin with the camera's clock, `[1784358211371]$GPRMC,…`, in a `.gps` file beside the video
or in a box `gps ` inside its `free` box; `.3gf` beside it holds the shock sensor alone.

The clock counts milliseconds since 1970 in the camera's own zone; from the first line on it gives the second in the
video. A row of `.3gf` is milliseconds (u32) and three accelerations (i16), big endian. Source: the sample files.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import replace

from recognition.media.boxes import boxes_in
from recognition.telemetry import nmea
from recognition.telemetry.fix import Fix
from recognition.telemetry.recording import Recording

LINE = re.compile(r"\[(\d{12,14})\]\$G[A-Z](RMC|GGA),(\d{6})")
MOST_TEXT = 16 << 20
SHOCK = struct.Struct(">Ihhh")
LONGEST_MS = 3_600_000  # of one recording
UNUSED = 0xFFFFFFFF


def read(recording: Recording) -> list[Fix]:
    if is_shock_log(recording):
        recording.notes.append("a shock sensor's log (.3gf), which holds no positions")
        return []
    text = "\n".join(_texts(recording))
    return list(_rows(text)) if LINE.search(text) else []


def is_shock_log(recording: Recording) -> bool:
    """Rows whose milliseconds go up, in a file called so."""
    if not (recording.name or recording.path.name).lower().endswith(".3gf"):
        return False
    whole = recording.head[: min(len(recording.head), 500) // SHOCK.size * SHOCK.size]
    times = [row[0] for row in SHOCK.iter_unpack(whole) if row[0] != UNUSED]
    return len(times) > 2 and times == sorted(times) and 0 < times[-1] < LONGEST_MS


def _texts(recording: Recording) -> Iterator[str]:
    if not recording.is_mp4:
        yield recording.text
        return
    for outer in boxes_in(recording.data):
        if outer.kind in (b"free", b"skip"):
            for box in boxes_in(recording.data, outer.content, outer.end):
                if box.kind == b"gps ":
                    content = recording.data[box.content : min(box.end, outer.end, box.content + MOST_TEXT)]
                    yield content.decode("ascii", errors="replace")


def _rows(text: str) -> Iterator[Fix]:
    """Rows with the second at which the camera wrote them: of RMC, since GGA comes a second ahead of its own line."""
    stamps = [(match[2], match[3], int(match[1])) for match in LINE.finditer(text)]
    first = min((clock for _, _, clock in stamps), default=0)
    clocks = {moment: clock for kind, moment, clock in stamps if kind == "GGA"}
    clocks |= {moment: clock for kind, moment, clock in stamps if kind == "RMC"}
    for row in nmea.rows(text):
        clock = clocks.get(f"{row.time:%H%M%S}") if row.time else None
        yield row if clock is None else replace(row, seconds=(clock - first) / 1000)
