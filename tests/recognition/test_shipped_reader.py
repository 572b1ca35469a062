"""The shipped weights on the drawn drive, from the file to the sightings: what a first visitor sees."""

from __future__ import annotations

import json

import pytest

from recognition import pipeline
from recognition.config import PipelineConfig
from recognition.errors import WeightsRefused
from recognition.inference import backends
from recognition.inference.detect import Detector
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


@pytest.mark.parametrize("rate", [3.5, 7.0])
def test_every_legible_plate_of_the_drawn_drive_is_read_exactly_and_once_at_any_rate(
    reader: Reader, drawn: DrawnDrive, rate: float
) -> None:
    rows = [json.loads(line) for line in drawn.truth.read_text("utf-8").splitlines()]
    anywhere = {plate["text"] for row in rows for plate in row["plates"]}
    legible = {plate.text for plate in drawn.plates}
    events = read_video(drawn.video, reader, config=PipelineConfig(analysis_fps=rate))
    read = [event.plate for event in events if isinstance(event, PlateTrack)]
    assert len(legible) >= 5
    assert legible <= set(read)
    assert set(read) <= anywhere
    assert len(read) == len(set(read))


def test_an_empty_street_has_no_plate(reader: Reader) -> None:
    assert pipeline.read_image(street({}), reader) == []


def test_the_version_names_both_networks(reader: Reader) -> None:
    detector, recognizer = reader.version.split("+")
    assert detector.startswith("detector-s@")
    assert recognizer.startswith("recognizer-m@")


def test_a_gpu_gets_the_larger_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here on the CPU, where the networks are the same."""
    monkeypatch.setattr(backends, "has_cuda", lambda: True)
    monkeypatch.setattr(backends, "load_network", lambda name, device, **more: name)
    chosen = pipeline.load_reader("auto")
    assert isinstance(chosen.detector, Detector)
    assert str(chosen.detector.network) == "detector-m"
    assert chosen.detector.scout is None
    assert chosen.detector.max_side == 1920
    assert chosen.version.startswith("detector-m@")
