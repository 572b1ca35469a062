"""Figures of the whole reader: counted by hand on small cases, and equal to those of the data set's own scorer."""

import argparse
import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from recognition import pipeline
from recognition.pipeline import Reader
from recognition.training import evaluate
from recognition.training.datasets_crops import HELD_OUT_DRIVES
from recognition.training.metrics_scene import EndToEnd, LabelledPlate, Read, pairs
from recognition.types import Box, Detection, Image, Reading

SCORER = Path(__file__).parents[4] / "shared" / "tools" / "score.py"


def labelled(text: str, *box: float, clear: bool = True) -> LabelledPlate:
    return LabelledPlate(Box(*box), text, clear)


def summary(plates: list[LabelledPlate], reads: list[Read], *, complete: bool = True) -> dict[str, Any]:
    figures = EndToEnd()
    figures.update(plates, reads, complete=complete)
    return figures.summary()


def test_a_missed_plate_is_a_plate_read_wrong() -> None:
    figures = summary([labelled("AB1", 0, 0, 10, 10), labelled("CD2", 50, 0, 60, 10)], [Read(Box(0, 0, 10, 10), "AB1")])
    assert figures["recall@0.5"] == 0.5
    assert figures["exact"] == 0.5
    assert figures["cer"] == 0.5


def test_a_plate_that_nobody_could_read_counts_for_finding_alone() -> None:
    figures = summary([labelled("", 0, 0, 10, 10)], [Read(Box(0, 0, 10, 10), "GUESS")])
    assert figures["recall@0.5"] == 1.0
    assert figures["texts"] == 0
    assert figures["exact"] is None


def test_look_alikes_are_forgiven_in_their_own_figure_alone() -> None:
    figures = summary([labelled("BO1", 0, 0, 10, 10)], [Read(Box(0, 0, 10, 10), "B0I")])
    assert figures["exact"] == 0.0
    assert figures["exact_lookalike"] == 1.0


def test_invented_plates_count_only_where_every_plate_is_labelled() -> None:
    reads = [Read(Box(0, 0, 10, 10), "AB1"), Read(Box(80, 80, 90, 90), "SIGN")]
    assert summary([labelled("AB1", 0, 0, 10, 10)], reads)["precision"] == 0.5
    assert summary([labelled("AB1", 0, 0, 10, 10)], reads, complete=False)["precision"] is None


def test_one_read_is_paired_with_one_plate_best_overlap_first() -> None:
    truth = [Box(0, 0, 10, 10), Box(2, 0, 12, 10)]
    assert pairs(truth, [Box(2, 0, 12, 10)], 0.5) == {1: 0}


class Invented:
    """Stands for both networks: finds and reads what a picture's top left pixel tells, some of it wrong."""

    def __init__(self, rows: dict[int, list[dict[str, Any]]]) -> None:
        self.rows = rows
        self.texts: list[str] = []

    def detect(self, image: Image) -> list[Detection]:
        rng = np.random.default_rng(int(image[0, 0, 0]))
        found = []
        self.texts = []
        for plate in self.rows[int(image[0, 0, 0])]:
            if rng.random() < 0.8:
                box = Box(*(np.array(plate["box"]) + rng.normal(0, 4, 4)))
                found.append(Detection(box, ((0, 0), (9, 0), (9, 9), (0, 9)), 0.9))
                text = plate["text"]
                self.texts.append(str(rng.choice([text, text, text.replace("0", "O"), text[1:]])))
        found.append(Detection(Box(1, 1, 30, 9), ((0, 0), (9, 0), (9, 9), (0, 9)), 0.4))
        self.texts.append("X1")
        return found

    def recognize(self, crops: Any, region: str | None = None) -> list[Reading]:
        return [Reading(text, 0.9) for text in self.texts]

    @property
    def reader(self) -> Reader:
        return Reader(self.detect, self.recognize)


@pytest.fixture
def drive(tmp_path: Path) -> tuple[Path, Invented]:
    """Thirty flat pictures, each of its own grey, with two or three labels."""
    rng, rows = np.random.default_rng(9), {}
    (tmp_path / "dashcam_ro").mkdir()
    with (tmp_path / "dashcam_ro" / "labels.jsonl").open("w", encoding="utf-8") as labels:
        for index in range(30):
            plates = [
                {
                    "box": [100 + 200 * i, 100, 160 + 200 * i, 100 + int(rng.integers(12, 60))],
                    "text": f"B0{rng.integers(10, 99)}I{'XYZ'[i]}",
                    "quality": str(rng.choice(["clear", "hard", "illegible"])),
                }
                for i in range(int(rng.integers(2, 4)))
            ]
            rows[8 * index] = plates
            name = f"{index}.png"
            cv2.imwrite(str(tmp_path / "dashcam_ro" / name), np.full((300, 700, 3), 8 * index, np.uint8))
            row = {"image": name, "complete": index % 3 > 0, "plates": plates}
            labels.write(json.dumps(row | {"video": HELD_OUT_DRIVES[index % 2]}) + "\n")
    return tmp_path, Invented(rows)


def test_the_figures_are_those_of_the_shared_scorer(drive: tuple[Path, Invented], tmp_path: Path) -> None:
    if not SCORER.exists():
        pytest.skip("../shared/tools/score.py is not here")
    data, invented = drive
    folder = data / "dashcam_ro"
    with (tmp_path / "reads.jsonl").open("w", encoding="utf-8") as reads:
        for path in sorted(folder.glob("*.png")):
            image = np.asarray(cv2.imread(str(path)), np.uint8)
            found = pipeline.read_image(image, invented.reader)
            plates = [{"box": [d.box.x1, d.box.y1, d.box.x2, d.box.y2], "plate": r.plate} for d, r in found]
            reads.write(json.dumps({"source": str(path), "plates": plates}) + "\n")
    command = [sys.executable, str(SCORER), str(folder / "labels.jsonl"), str(tmp_path / "reads.jsonl"), "--json"]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ours = evaluate.evaluate(invented.reader, data, "dashcam_ro", HELD_OUT_DRIVES)
    for key in theirs.keys() & ours.keys():
        assert ours[key] == theirs[key], key
    assert {"recall@0.5", "precision", "exact", "exact_clear", "exact_lookalike", "cer", "by_height_px"} <= ours.keys()
    assert 0 < theirs["exact"] < theirs["exact_lookalike"] < 1


def test_one_drive_alone_can_be_asked_for(drive: tuple[Path, Invented]) -> None:
    data, _ = drive
    rows = list(evaluate.held_out_rows(data, "dashcam_ro", HELD_OUT_DRIVES[:1]))
    assert len(rows) == 15
    assert {row["video"] for row in rows} == {HELD_OUT_DRIVES[0]}


def test_the_command_prints_json_on_demand(drive: tuple[Path, Invented], monkeypatch: pytest.MonkeyPatch) -> None:
    data, invented = drive
    monkeypatch.setattr(pipeline, "load_reader", lambda device: invented.reader)
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert evaluate.run(parser.parse_args(["dashcam_ro", "--data", str(data), "--json"])) == 0
    assert json.loads(printed.getvalue())["dashcam_ro"]["plates"] > 60
