from __future__ import annotations

import os
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from recognition.telemetry import extract
from tests.recognition import fuzz
from tests.recognition.telemetry import cameras
from tests.recognition.telemetry.cameras import novatek_block
from tests.recognition.telemetry.containers import in_boxes, lines, mp4
from tests.recognition.telemetry.fixtures import FIXTURES


def test_broken_recordings_give_less_and_never_crash_hang_or_swell() -> None:
    outcome = fuzz.run(300, seed=3)
    assert outcome.faults == []
    assert outcome.counts["positions: positions"] > 50  # most faults hit bytes that matter to nobody
    assert outcome.counts["video: read"] > 10


def test_a_process_that_dies_over_a_file_is_a_fault_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "_work", dying)
    outcome = fuzz.run(5)
    assert outcome.faults == ["case 2 of seed 1: the process died (7)"]
    assert outcome.counts["read"] == 4


def dying(said: Connection, first: int, count: int, seed: int, extra: Path) -> None:
    for number in range(first, count):
        if number == 2:
            os._exit(7)
        said.send((number, "x", ["read"], "", 0.0, 1))


@pytest.mark.parametrize("name", FIXTURES)
def test_a_recording_cut_off_anywhere_is_read_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for part in range(1, 20):
        path.write_bytes(FIXTURES[name][: len(FIXTURES[name]) * part // 20])
        assert extract.read(path).verdict in ("positions", "no fix", "no GPS found", "unreadable")


def test_one_bad_block_costs_its_row_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    samples = [cameras.camm_sample(6, row) for row in range(10)]
    samples[4] = samples[4][:20]
    path.write_bytes(mp4(b"meta", b"camm", samples))
    found = extract.read(path)
    assert found.rows == 9
    assert found.notes == ("1 CAMM samples could not be read",)


def test_a_block_of_noise_between_good_ones_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    noise = b"freeGPS " + bytes(range(256))
    path.write_bytes(in_boxes([novatek_block(0), noise, novatek_block(2)]))
    assert extract.read(path).rows == 2


def test_tables_that_claim_millions_of_samples_are_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    content = lines([b"x" * 100])
    at = content.index(b"stsz") + 8
    path.write_bytes(content[:at] + b"\0\0\0\1\xff\xff\xff\xff" + content[at + 8 :])
    assert extract.read(path).verdict == "no GPS found"


def test_a_file_that_is_not_there_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        extract.read(tmp_path / "none.mp4")
