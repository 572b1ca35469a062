"""A recording of every known camera, and of every known fault: the rows of the table in docs/telemetry.md.

`python -m tests.recognition.telemetry.fixtures` prints that table.
"""

from __future__ import annotations

import struct
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recognition.telemetry import report
from recognition.telemetry.filenames import PATTERNS, SIDES, Sides
from tests.recognition.telemetry import cameras
from tests.recognition.telemetry.cameras import (
    novatek_block,
    record,
    vantrue_block,
    vantrue_s1_block,
    viofo_block,
)
from tests.recognition.telemetry.containers import START, in_boxes, listed, mp4, transport, with_arrival_times

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "telemetry"


def cold_start() -> bytes:
    """The clock runs in UTC until the first fix, then in the camera's zone."""
    local = START + timedelta(hours=2)
    return in_boxes(
        [viofo_block(row, b"V00") for row in range(4)] + [viofo_block(row, start=local) for row in range(4, 12)]
    )


def local_clock() -> bytes:
    """Rows in the camera's zone (+2 h), the container in UTC."""
    return listed([novatek_block(row, start=START + timedelta(hours=2)) for row in range(10)])


def stale_buffer() -> bytes:
    """Three rows of a drive an hour ago stand first."""
    return listed(
        [novatek_block(row, start=START - timedelta(hours=1)) for row in range(3)]
        + [novatek_block(r) for r in range(3, 12)]
    )


def reset_clock() -> bytes:
    """A camera whose clock began anew in 2015, with a container that knows better."""
    return listed([novatek_block(row, start=datetime(2015, 1, 1, tzinfo=UTC)) for row in range(10)])


def never_fixed() -> bytes:
    return listed([novatek_block(row, b"V\0\0") for row in range(10)])


def cut_off() -> bytes:
    """The camera lost power before it wrote its index."""
    whole = listed([novatek_block(row) for row in range(10)])
    return whole[: whole.index(b"moov") - 4]


def elsewhere(row: int) -> bytes:
    """A row of the right second, a hundred kilometers away."""
    far = 5000
    return novatek_block(far, start=START + timedelta(seconds=row - far))


def spike() -> bytes:
    return listed([elsewhere(row) if row == 5 else novatek_block(row) for row in range(10)])


def jump() -> bytes:
    """The receiver finds itself elsewhere, and stays there for the shorter part."""
    return listed([elsewhere(row) if row >= 7 else novatek_block(row) for row in range(12)])


def off_globe() -> bytes:
    """Two rows that say (0, 0) and call it a fix."""
    place = struct.pack("<ff", cameras.dddmm(cameras.LAT), cameras.dddmm(cameras.lon(0)))
    nowhere = [novatek_block(0, start=START + timedelta(seconds=row)).replace(place, bytes(8)) for row in range(2)]
    return listed([*nowhere, *(novatek_block(row) for row in range(2, 10))])


FIXTURES: dict[str, bytes] = {
    "gpx.gpx": cameras.gpx(),
    "nmea.nmea": cameras.nmea(),
    "blackvue.gps": cameras.blackvue_text(),
    "blackvue_embedded.mp4": cameras.blackvue_mp4(),
    "70mai.txt": cameras.seventymai(),
    "dji.srt": cameras.dji_srt(),
    "dji_old.srt": cameras.dji_old_srt(),
    "dji_track.mp4": cameras.dji_track(),
    "gopro_gps5.mp4": cameras.gopro(cameras.gps5_sample),
    "gopro_gps9.mp4": cameras.gopro(cameras.gps9_sample),
    "camm5.mp4": cameras.camm(5),
    "camm6.mp4": cameras.camm(6),
    "garmin.mp4": cameras.garmin(),
    "thinkware.mp4": cameras.thinkware(),
    "novatek.mp4": listed([novatek_block(row) for row in range(10)]),
    "novatek.TS": transport([record(row) for row in range(10)]),
    "novatek.m2ts": with_arrival_times(transport([record(row) for row in range(10)])),
    "novatek_prefixed.TS": transport([bytes(164) + record(row) for row in range(10)]),
    "viofo.mp4": in_boxes([viofo_block(row) for row in range(10)]),
    "vantrue.mp4": in_boxes([vantrue_block(row) for row in range(10)]),
    "vantrue_s1.mp4": in_boxes([vantrue_s1_block(row) for row in range(10)]),
    "ligo.TS": transport([cameras.ligo(row) for row in range(10)]),
    "tesla.mp4": cameras.tesla(),
    "no_gps.mp4": mp4(b"vide", b"avc1", [bytes(100)] * 10),
    "fault_cold_start.mp4": cold_start(),
    "fault_local_clock.mp4": local_clock(),
    "fault_stale_buffer.mp4": stale_buffer(),
    "fault_reset_clock.mp4": reset_clock(),
    "fault_spike.mp4": spike(),
    "fault_jump.mp4": jump(),
    "fault_off_globe.mp4": off_globe(),
    "fault_never_fixed.mp4": never_fixed(),
    "fault_cut_off.mp4": cut_off(),
    "fault_noise.mp4": bytes(range(256)) * 4,
}


def table() -> list[str]:
    """The lines of the table in docs/telemetry.md: the recordings in ../shared where they are, then those built."""
    with tempfile.TemporaryDirectory() as name:
        for fixture, content in FIXTURES.items():
            (Path(name) / fixture).write_bytes(content)
        built = list(report.table([Path(name) / fixture for fixture in FIXTURES], beside=False))
    real = list(report.table(sorted(SHARED.iterdir()), beside=False))[2:] if SHARED.is_dir() else []
    return [*built[:2], *real, *built[2:]]


def names() -> list[str]:
    """The lines of the table of file names."""
    rows = (f"| {pattern.vendor} | `{pattern.example}` |" for pattern in PATTERNS)
    return ["| vendor | name |", "| --- | --- |", *rows]


def sides() -> list[str]:
    """The lines of the table of front and rear."""
    rows = [[side.vendor, *(_names_of(side, camera) for camera in ("front", "rear", "other"))] for side in SIDES]
    head = ["vendor", "front", "rear", "other"]
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _names_of(side: Sides, camera: str) -> str:
    return ", ".join(f"`{name}`" for name, which in side.examples if which == camera) or "–"


if __name__ == "__main__":
    sys.stdout.write("\n".join([*table(), "", *names(), "", *sides()]) + "\n")
