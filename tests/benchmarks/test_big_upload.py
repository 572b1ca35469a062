"""2 GiB through the real endpoint: python -m pytest -m benchmark -s tests/benchmarks/test_big_upload.py"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.faults.sending import MIB, send_with_faults

pytestmark = [pytest.mark.benchmark, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

SIZE = 2048 * MIB  # twenty minutes of 1080p at 14 Mbit/s


def test_two_gibibytes_with_three_broken_connections_and_a_killed_server(tmp_path: Path) -> None:
    begun = time.perf_counter()
    report = send_with_faults(tmp_path / "site", SIZE)
    print(f"\n{SIZE // MIB} MiB in {time.perf_counter() - begun:.0f} s, whole: ", end="")
    print(report.arrived_sha256 == report.sent_sha256 and report.offset == SIZE)
    print(f"resumed at {[at // MIB for at in report.resumed_at]} MiB, sent again {[n // MIB for n in report.lost]} MiB")
    print(f"web process: {report.idle_mib} MiB idle, at most {report.peaks_mib} MiB before and after the restart")
    assert report.arrived_sha256 == report.sent_sha256
