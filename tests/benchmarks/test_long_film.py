"""What memory an hour of film takes. Run: python -m pytest -m benchmark -s tests/benchmarks/test_long_film.py

Half a minute of the drawn drive at 720 lines, its packets repeated for an hour: some 25 minutes on two cores.
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
import pytest

from recognition import pipeline
from recognition.errors import WeightsRefused
from recognition.training.synth import drive
from recognition.types import PlateTrack, Progress

pytestmark = [pytest.mark.benchmark, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

SECONDS, FPS, HOUR_S = 30.0, 30.0, 3600.0
SETTLED_S = 300.0  # by then every network has run and every buffer has its size


def test_the_memory_of_an_hour(tmp_path: Path) -> None:
    try:
        reader = pipeline.load_reader("cpu")
    except WeightsRefused as error:
        pytest.skip(str(error))
    resident: dict[float, float] = {}
    plates = 0
    for event in pipeline.read_video(an_hour(tmp_path), reader):
        if isinstance(event, Progress):
            resident[event.seconds] = memory_mib()
        plates += isinstance(event, PlateTrack)
    settled = [mib for seconds, mib in resident.items() if seconds >= SETTLED_S]
    print(f"\n{max(resident) / 60:.0f} minutes, {plates} plates; MiB after")
    for minute in range(5, 60, 10):
        print(f"{minute} min {next(mib for at, mib in resident.items() if at >= 60 * minute):.0f},", end=" ")
    print(f"at most {max(resident.values()):.0f}, at the end {settled[-1]:.0f}")
    assert max(resident) > HOUR_S - SECONDS
    assert max(settled) < 1.1 * settled[0]


def memory_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def an_hour(folder: Path) -> Path:
    part = drive.draw_drive(folder, seconds=SECONDS, fps=FPS).video
    path = folder / "hour.mp4"
    with av.open(str(part)) as source, av.open(str(path), "w") as target:
        kind = source.streams.video[0]
        stream = target.add_stream_from_template(kind)
        packets = [one for one in source.demux(kind) if one.pts is not None and one.dts is not None]
        assert kind.time_base
        for turn in range(round(HOUR_S / SECONDS)):
            later = turn * round(SECONDS / kind.time_base)
            for one in packets:
                packet = av.Packet(bytes(one))
                packet.pts, packet.dts = (one.pts or 0) + later, (one.dts or 0) + later
                packet.is_keyframe = one.is_keyframe
                packet.time_base, packet.stream = kind.time_base, stream
                target.mux(packet)
    return path
