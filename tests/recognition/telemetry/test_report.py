from __future__ import annotations

import json
from pathlib import Path

import pytest

from recognition import cli
from tests.recognition.telemetry import cameras, fixtures

DOC = Path(__file__).parents[3] / "docs" / "telemetry.md"


def test_the_table_in_the_docs_is_what_the_readers_say_today() -> None:
    doc, rows = DOC.read_text(encoding="utf-8"), fixtures.table()
    missing = [row for row in rows if row not in doc]
    assert not missing, "print it anew: python -m tests.recognition.telemetry.fixtures"


def test_the_docs_list_every_pattern_of_names() -> None:
    doc = DOC.read_text(encoding="utf-8")
    assert [row for row in [*fixtures.names(), *fixtures.sides()] if row not in doc] == []


def test_the_command_prints_a_file_and_then_its_points(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "20260301_090000.nmea"
    path.write_bytes(cameras.nmea())
    assert cli.main(["telemetry", str(path)]) == 0
    head, first, *_ = map(json.loads, capsys.readouterr().out.splitlines())
    assert (head["verdict"], head["format"], head["points"]) == ("positions", "nmea", 10)
    assert head["time_source"] == "gps"
    assert first["time"] == "2026-03-01T07:00:00.000Z"
    assert (first["lat"], first["accuracy_m"], first["source"]) == (50.0, 5.0, "nmea")


def test_the_command_prints_a_table_a_file_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(fixtures.FIXTURES["fault_stale_buffer.mp4"])
    assert cli.main(["telemetry", "--format", "table", str(path)]) == 0
    assert "| clip.mp4 | Novatek freeGPS | 12 | 9 | gps |" in capsys.readouterr().out.splitlines()[2]
