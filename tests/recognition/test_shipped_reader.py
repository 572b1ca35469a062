"""The shipped weights on the drawn drive, from the file to the sightings: what a first visitor sees."""

from __future__ import annotations

import json

import pytest

from recognition import pipeline
from recognition.errors import WeightsRefused
from recognition.pipeline import Reader, read_video
from recognition.training.synth.drive import DrawnDrive, draw_drive
from recognition.types import PlateTrack
from tests.recognition.videos import street


@pytest.fixture(scope="module")
def reader() -> Reader:
    try:
        return pipeline.load_reader("cpu")
    except WeightsRefused as error:
        pytest.skip(f"no trained weights: {error}")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> DrawnDrive:
    return draw_drive(tmp_path_factory.mktemp("drawn"), seconds=12, fps=7)


def test_four_in_five_of_the_drawn_plates_are_read_exactly_and_hardly_any_other(
    reader: Reader, drawn: DrawnDrive
) -> None:
    rows = [json.loads(line) for line in drawn.truth.read_text("utf-8").splitlines()]
    anywhere = {plate["text"] for row in rows for plate in row["plates"]}
    legible = {plate.text for plate in drawn.plates}
    read = [event.plate for event in read_video(drawn.video, reader) if isinstance(event, PlateTrack)]
    assert len(legible) >= 5
    assert len(legible & set(read)) >= 0.8 * len(legible)
    assert len([text for text in read if text not in anywhere]) <= 1
    assert len(read) == len(set(read))


def test_an_empty_street_has_no_plate(reader: Reader) -> None:
    assert pipeline.read_image(street({}), reader) == []


def test_the_version_names_both_networks(reader: Reader) -> None:
    detector, recognizer = pipeline.model_version().split("+")
    assert detector.startswith("detector-s@")
    assert recognizer.startswith("recognizer-s@")
