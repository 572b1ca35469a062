"""The table of all readers: what it counts, on which pictures, and what it says of readers that are not there."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition.training import benchmark
from recognition.types import Box, Image


class Says:
    """A reader of plates and scenes that always reads the same."""

    parameters, gflops = 1_500_000, math.nan

    def __init__(self, text: str) -> None:
        self.name, self.text = f"says {text}", text

    def read(self, crop: Image) -> str:
        return self.text

    def read_scene(self, image: Image) -> list[tuple[Box, str]]:
        return [(Box(0, 0, image.shape[1], image.shape[0]), self.text)]


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    """Two plates, each a picture of its own."""
    rows = []
    for name, text in (("a.png", "B99BNX"), ("b.png", "CJ01ABC")):
        cv2.imwrite(str(tmp_path / name), np.full((30, 120, 3), 200, np.uint8))
        plate = {"box": [0, 0, 120, 30], "text": text}
        rows.append(json.dumps({"image": name, "width": 120, "height": 30, "complete": True, "plates": [plate]}))
    (tmp_path / "labels.jsonl").write_text("\n".join(rows), "utf-8")
    return tmp_path


def test_a_picture_that_is_one_plate_is_read_as_that_and_counted(crops: Path) -> None:
    pictures = benchmark.read_set(crops, everything=True, limit=None)
    assert pictures.crops
    right, wrong = benchmark.judge_plates(pictures, [Says("B99BNX"), Says("B99BN")])
    assert (right.figures["texts"], right.figures["exact"], wrong.figures["exact"]) == (2, 0.5, 0.0)
    (scene,) = benchmark.judge_scenes(pictures, [Says("CJ01ABC")])
    assert scene.figures["exact"] == 0.5


def test_the_table_has_a_row_a_reader_and_says_why_others_are_not_in_it(crops: Path) -> None:
    pictures = benchmark.read_set(crops, everything=True, limit=1)
    rows = list(benchmark.judge_plates(pictures, [Says("B99BNX")]))
    head, _, row, _, absent = benchmark.lines(rows, {"Tesseract": "tesseract is not installed"})
    cells = dict(zip(head.split("|"), row.split("|"), strict=True))
    assert (cells[" reader "], cells[" texts "], cells[" exact "]) == (" says B99BNX ", " 1 ", " 1.000 ")
    assert (cells[" parameters "], cells[" GFLOPs "]) == (" 1.50 M ", " – ")
    assert absent == "Not run: Tesseract (tesseract is not installed)."


def test_of_a_folder_only_what_is_kept_out_of_training_is_read(crops: Path) -> None:
    kept = benchmark.read_set(crops, everything=False, limit=None).entries
    assert len(kept) < 2


def test_the_command_above_the_table_says_that_not_all_pictures_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "detector_cost", lambda: 1.0)
    parser = argparse.ArgumentParser()
    benchmark.add_arguments(parser)
    text = "\n".join(benchmark.preface(parser.parse_args(["plates", "--limit", "15", "--all"])))
    assert "benchmark plates --all --limit 15\n" in text
    assert "--limit" not in "\n".join(benchmark.preface(parser.parse_args(["plates"])))
