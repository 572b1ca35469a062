"""A large upload over a bad line: every byte arrives once, and the web process holds none of it in memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sightings.services.parts import CHECKPOINT_BYTES
from tests.faults.sending import MIB, send_with_faults

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]

SIZE = 64 * MIB
ROOM_MIB = 40  # what the process may take beside what it took before: less than the file, and than its largest part


def test_an_upload_with_three_broken_connections_and_a_killed_server_arrives_whole(tmp_path: Path) -> None:
    report = send_with_faults(tmp_path / "site", SIZE)
    assert report.arrived_sha256 == report.sent_sha256
    assert (report.state, report.offset) == ("received", SIZE)
    assert report.resumed_at == sorted(report.resumed_at)
    assert report.resumed_at[0] > 0
    assert max(report.lost) <= 2 * CHECKPOINT_BYTES
    assert max(report.peaks_mib) - report.idle_mib < ROOM_MIB
