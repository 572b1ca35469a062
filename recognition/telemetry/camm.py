"""CAMM, the Camera Motion Metadata of Street View cameras: positions are cases 5 and 6 of the `camm` track.

Two reserved bytes, the case (u16), then little endian: 5 has latitude, longitude, altitude (double); 6 has seconds
since 6 January 1980 (double), fix (0, 2, 3), latitude, longitude (double), altitude, error flat and in height, velocity
east, north and up, error of speed (float). Source: Google, "Camera Motion Metadata Spec".
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from recognition.telemetry.fix import UNIX_EPOCH, Fix, gather, no_fix
from recognition.telemetry.mp4 import Sample
from recognition.telemetry.recording import Recording

PLACE, FULL = struct.Struct("<ddd"), struct.Struct("<didd7f")
GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
LEAP_S = 18  # that UTC is behind GPS time, since 2017
QUALITIES = {2: "2d", 3: "3d"}
STANDING_M_S = 0.5


def read(recording: Recording) -> list[Fix]:
    movie = recording.movie
    samples = (pair for track in (movie.of(b"camm") if movie else ()) for pair in track.contents())
    created = movie.created_at if movie else None
    found = gather(lambda pair: _point(*pair, created), samples, recording.notes, "CAMM samples")
    full = [row for row in found if row.time is not None]
    return full or found  # a camera that writes both cases means the same place


def _point(sample: Sample, content: bytes, created: datetime | None) -> Iterator[Fix]:
    case = int.from_bytes(content[2:4], "little")
    if case == 5:
        lat, lon, altitude = PLACE.unpack_from(content, 4)
        yield Fix(lat, lon, None, sample.seconds, altitude=altitude)
    elif case == 6:
        clock, fix, lat, lon, altitude, error, _, east, north, _, _ = FULL.unpack_from(content, 4)
        time = _moment(clock, created)
        if fix not in QUALITIES:
            yield no_fix(time, sample.seconds)
            return
        speed = math.hypot(east, north)
        course = math.degrees(math.atan2(east, north)) % 360 if speed > STANDING_M_S else None
        accuracy = error if error > 0 else None
        yield Fix(lat, lon, time, sample.seconds, speed, course, accuracy, altitude, QUALITIES[fix])


def _moment(clock: float, created: datetime | None) -> datetime:
    """Some writers count from 1970 against the specification: the container's time tells, where it has one."""
    by_gps = GPS_EPOCH + timedelta(seconds=clock - LEAP_S)
    by_unix = UNIX_EPOCH + timedelta(seconds=clock)
    return by_unix if created and abs(by_unix - created) < abs(by_gps - created) else by_gps
