"""Crops without a transcription are learned from only where the reading is sure, and never where held out."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition.networks.recognizer import Recognizer
from recognition.training import calibration, datasets_crops, unlabelled
from recognition.training.calibration import Trial
from recognition.training.datasets_crops import CropSet


def crops(count: int) -> CropSet:
    images = np.zeros((count, 64, 192, 3), np.uint8)
    return CropSet("unlabelled", images, [""] * count, np.full(count, -1), 0.08, np.ones(count, np.bool_))


def test_boxes_without_text_are_loaded_and_transcribed_or_tiny_ones_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "cars_web"
    folder.mkdir()
    cv2.imwrite(str(folder / "a.png"), np.full((100, 200, 3), 90, np.uint8))
    plates = [
        {"box": [10, 10, 90, 30], "text": ""},
        {"box": [10, 50, 90, 70], "corners": [[10, 52], [88, 50], [90, 68], [12, 70]], "text": ""},
        {"box": [100, 50, 190, 70], "text": "B10ABC"},
        {"box": [100, 10, 130, 15], "text": ""},
    ]
    (folder / "labels.jsonl").write_text(json.dumps({"image": "a.png", "plates": plates}) + "\n")
    assert len(unlabelled.load(tmp_path)) == 2


def test_only_sure_readings_of_plates_that_are_not_held_out_become_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = next(text for text in ("B10ABC", "B11ABC", "B12ABC") if not datasets_crops.held_out(text))
    hashed = next(f"B{n}XYZ" for n in range(10, 100) if datasets_crops.held_out(f"B{n}XYZ"))
    found = [(kept, 0.99), ("CJ10DEF", 0.5), (hashed, 0.99), ("TM99ZZZ", 0.99)]
    judged = [Trial("unlabelled", "", True, text, [(text, share)], "ro", None) for text, share in found]
    monkeypatch.setattr(calibration, "trials", lambda network, crops, config: judged)
    assert unlabelled.labelled(crops(4), Recognizer(), {"TM99ZZ2"}).texts == [kept]
