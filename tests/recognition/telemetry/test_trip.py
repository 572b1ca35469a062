"""Reading a trip finds the positions that lie in the video, with no side-car named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recognition import cli, pipeline
from recognition.pipeline import Reader
from tests.recognition.telemetry import cameras
from tests.recognition.telemetry.containers import box
from tests.recognition.videos import BlockDetector, BlockRecognizer, street, write_video


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three seconds of one plate."""
    monkeypatch.setattr(pipeline, "load_reader", lambda device: Reader(BlockDetector(), BlockRecognizer()))
    pictures = [street({"B99BNX": (100 + 4 * i, 200, 18)}) for i in range(30)]
    return write_video(tmp_path / "drive.mp4", pictures, [i / 10 for i in range(30)])


def test_positions_in_the_video_itself_are_taken(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with drive.open("ab") as stream:
        stream.write(b"".join(box(b"free", cameras.viofo_block(row)) for row in range(3)))
    assert cli.main(["trip", str(drive)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows
    assert {row["gps"]["source"] for row in rows} == {"viofo"}
    assert rows[0]["gps"]["lat"] == pytest.approx(50.0)


def test_a_log_that_bears_the_videos_name_is_taken(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drive.with_suffix(".nmea").write_bytes(cameras.nmea(4))
    assert cli.main(["trip", str(drive)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["gps"]["source"] for row in rows} == {"nmea"}
