from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from recognition.telemetry import extract
from tests.recognition.telemetry.containers import START, mp4

SAID = [
    {
        "SourceFile": "clip.mp4",
        "Doc1:GPSLatitude": 50.0,
        "Doc1:GPSLongitude": 30.0,
        "Doc1:GPSSpeed": 36,
        "Doc1:GPSDateTime": "2026:03:01 07:00:00Z",
        "Doc1:SampleTime": 0,
        "Doc2:GPSLatitude": 50.0,
        "Doc2:GPSLongitude": 30.00014,
        "Doc2:GPSDateTime": "2026:03:01 07:00:01Z",
        "Doc2:SampleTime": 1,
    }
]


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A program of that name which does as the script says; a clip that no reader knows."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "exiftool"
    program.write_text(f"#!{sys.executable}\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(mp4(b"vide", b"hev1", [b"x" * 50] * 3))
    return clip


def test_what_no_reader_knows_is_asked_of_exiftool_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = install(tmp_path, monkeypatch, f"print({json.dumps(SAID)!r})")
    found = extract.read(clip)
    assert (found.format, found.rows, found.start.at) == ("exiftool", 2, START)
    assert found.track is not None
    assert found.track.points[0].speed == pytest.approx(10)


@pytest.mark.parametrize("script", ["print('noise')", "raise SystemExit(1)", "print('[]')", "print('[1]')"])
def test_an_exiftool_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    assert extract.read(install(tmp_path, monkeypatch, script)).verdict == "no GPS found"


def test_without_it_nothing_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = install(tmp_path, monkeypatch, "")
    monkeypatch.setenv("PATH", "")
    assert extract.read(clip).notes == ()
