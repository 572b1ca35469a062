from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from recognition import cli, images, pipeline
from recognition.geometry import corners_to_box
from recognition.inference import rectify, weights
from recognition.pipeline import Reader
from recognition.training import cards, failures, sheets, trials
from recognition.training.failures import KINDS, Look, Misread
from recognition.training.trials import CropTrial, Faces, StreetTrial
from recognition.types import Detection, Image, Reading

BLANK: Image = np.full((rectify.HEIGHT, rectify.WIDTH, 3), 120, np.uint8)


class Guesser:
    """Reads every plate as the next of some texts, ever less sure of itself."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)

    def __call__(self, crops: Sequence[Image], region: str | None = None) -> list[Reading]:
        assert crops[0].shape == BLANK.shape
        text = self.texts.pop(0)
        return [Reading(text, 0.5 + 0.01 * len(self.texts))]


def blind(image: Image) -> list[Detection]:
    return []


@pytest.fixture(scope="module")
def faces() -> Faces:
    return trials.load_faces(None)


@pytest.fixture(scope="module")
def streets(faces: Faces) -> list[StreetTrial]:
    return list(trials.streets(faces, 4, 3))


def test_only_plates_read_wrong_are_failures_and_the_surest_come_first(faces: Faces) -> None:
    truth = [trial.text for trial in trials.crops(faces, 4, 3)]
    reader = Reader(blind, Guesser(truth[0], "WRONG1", truth[2], "WRONG2"))
    wrong = failures.misreads(reader, faces, 4, 3)
    assert [(item.trial.text, item.reading.plate) for item in wrong] == [(truth[1], "WRONG1"), (truth[3], "WRONG2")]


@pytest.mark.parametrize(
    ("read", "kind"), [("B99BNY", 0), ("C99BNX", 0), ("899BNX", 1), ("B99BN", 2), ("B?9BNX", 3), ("", 3)]
)
def test_mistakes_are_sorted_by_kind(read: str, kind: int) -> None:
    assert Misread(CropTrial(BLANK, "B99BNX", "ro"), Reading(read, 0.9)).kind == KINDS[kind]


def test_the_plate_to_be_found_is_where_the_trial_says(streets: list[StreetTrial]) -> None:
    for trial in streets:
        high, wide = trial.image.shape[:2]
        assert 0 < trial.box.x1 < trial.box.x2 < wide
        assert 0 < trial.box.y1 < trial.box.y2 < high
        assert trials.HEIGHTS[0] <= trial.height <= 1.01 * trials.HEIGHTS[1]
        assert trial.image.dtype == np.uint8


def test_trials_are_the_same_for_the_same_seed(faces: Faces, streets: list[StreetTrial]) -> None:
    again = list(trials.streets(faces, 4, 3))
    assert [trial.text for trial in again] == [trial.text for trial in streets]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(again, streets, strict=True))
    one, other = (next(trials.crops(faces, 1, seed)) for seed in (3, 4))
    assert one.text != other.text


def test_a_detector_that_finds_the_plates_misses_none(faces: Faces, streets: list[StreetTrial]) -> None:
    answers = iter(streets)

    def knowing(image: Image) -> list[Detection]:
        corners = tuple(next(answers).corners)
        return [Detection(corners_to_box(corners), corners, 0.9)]

    assert [look.found for look in failures.looks(knowing, faces, 4, 3)] == [True] * 4
    assert [look.found for look in failures.looks(blind, faces, 4, 3)] == [False] * 4


def test_a_sheet_of_missed_plates_shows_those_and_no_others(streets: list[StreetTrial]) -> None:
    none = failures.missed_sheet([Look(trial, True) for trial in streets])
    one = failures.missed_sheet([Look(trial, i > 0) for i, trial in enumerate(streets)])
    two = failures.missed_sheet([Look(streets[0], i > 1) for i in range(4)])
    assert none.shape[0] < one.shape[0] == two.shape[0]
    accent = [(sheet == sheets.ACCENT).all(2).sum() for sheet in (none, one, two)]
    assert accent[0] == 0 < accent[1] < accent[2]


def test_one_command_writes_both_pictures_small_enough_to_keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "load_reader", lambda device: Reader(blind, Guesser(*["B99BNX"] * 24)))
    (tmp_path / "cards").mkdir()
    assert cli.main(["train", "failures", "--count", "24", "--weights", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "misread 24, missed 24, of 24 each" in said
    for name in (pipeline.RECOGNIZER, pipeline.DETECTOR):
        out = cards.failures(name, tmp_path)
        assert str(out) in said
        assert images.read_image(out).shape[1] == sheets.width_of(failures.COLUMNS, failures.WIDTH)
        assert 5_000 < out.stat().st_size <= failures.LARGEST


@pytest.mark.parametrize("name", [pipeline.RECOGNIZER, pipeline.DETECTOR])
def test_the_shipped_cards_show_their_picture(name: str) -> None:
    picture = cards.failures(name)
    assert picture.stat().st_size <= failures.LARGEST
    for card in (cards.template(name), weights.FOLDER / "cards" / f"{name}.md"):
        assert f"]({picture.name})" in card.read_text("utf-8")
