"""DJI's subtitles, in an `.srt` file beside the video or in a text track inside of it, one cue a picture or a second.

`[latitude: 37.9715] [longitude: 23.7267] [rel_alt: 50.0 abs_alt: 120.5]` (some firmware writes `longtitude`), or older
`GPS (23.7267, 37.9715, 18)`: longitude first, the third number counts satellites. `2024-05-01 09:15:30.050` is local
time. Source: DJI's subtitle files as its users describe them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognition.telemetry.fix import Fix, gather, no_fix, utc
from recognition.telemetry.recording import Recording

MOST_CUE = 4096
NUMBER = r"([-+]?\d+(?:\.\d+)?)"
LAT = re.compile(rf"\[latitude\s*:\s*{NUMBER}\]", re.IGNORECASE)
LON = re.compile(rf"\[longt?itude\s*:\s*{NUMBER}\]", re.IGNORECASE)
OLD = re.compile(rf"GPS\s*\(\s*{NUMBER}\s*,\s*{NUMBER}\s*,\s*[^)]{{0,20}}\)")
HEIGHT = re.compile(rf"(?:abs_alt|altitude)\s*:\s*{NUMBER}", re.IGNORECASE)
SPEED = re.compile(rf"\bH\.S\s+{NUMBER}\s*m/s")
CLOCK = re.compile(r"(\d{4})[-.](\d\d)[-.](\d\d) (\d\d):(\d\d):(\d\d(?:[,.]\d{1,3})?)")

Cue = tuple[float, str]


def read(recording: Recording) -> list[Fix]:
    return gather(_row, _cues(recording), recording.notes, "subtitle cues")


def _cues(recording: Recording) -> Iterator[Cue]:
    for second, text in recording.texts:
        yield second, text.decode("utf-8", errors="replace")
    if "-->" not in recording.text[:4096]:
        return
    for block in re.split(r"\n\s*\n", recording.text.replace("\r\n", "\n")):
        head, arrow, rest = block.partition("-->")
        stamp = re.search(r"(\d+):(\d\d):(\d\d)[,.](\d{3})\s*$", head)
        if arrow and stamp:
            hours, minutes, seconds, thousandths = map(int, stamp.groups())
            yield hours * 3600 + minutes * 60 + seconds + thousandths / 1000, rest[:MOST_CUE]


def _row(cue: Cue) -> Iterator[Fix]:
    second, text = cue
    lat, lon, old = LAT.search(text), LON.search(text), OLD.search(text)
    if (lat is None or lon is None) and old is None:
        return
    north, east = (float(lat[1]), float(lon[1])) if lat and lon else (float(old[2]), float(old[1])) if old else (0, 0)
    clock = CLOCK.search(text)
    time = None
    if clock is not None:
        year, month, day, hour, minute = map(int, clock.groups()[:5])
        time = utc(year, month, day, hour, minute, float(clock[6].replace(",", ".")))
    if north == east == 0:  # before the first fix
        yield no_fix(time, second)
        return
    height, speed = HEIGHT.search(text), SPEED.search(text)
    yield Fix(
        north,
        east,
        time,
        second,
        float(speed[1]) if speed else None,
        altitude=float(height[1]) if height else None,
    )
