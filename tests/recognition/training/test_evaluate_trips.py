"""What a trip's log is held against: plates found, wrong, repeated and missed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recognition.training import evaluate_trips
from recognition.types import Box, Detection, Observation, PlateTrack, Reading


def truth(tmp_path: Path, *frames: list[dict[str, object]]) -> evaluate_trips.Truth:
    path = tmp_path / "trip.truth.jsonl"
    path.write_text("\n".join(json.dumps({"seconds": i, "plates": plates}) for i, plates in enumerate(frames)), "utf-8")
    return evaluate_trips.read_truth(path)


def plate(text: str, *, x: float = 0, height: float = 20, quality: str = "clear") -> dict[str, object]:
    return {"box": [x, 0, x + 80, height], "text": text, "quality": quality}


def sighting(text: str, *, seconds: float = 0, x: float = 0) -> PlateTrack:
    box = Box(x, 0, x + 80, 20)
    corners = ((x, 0.0), (x + 80, 0.0), (x + 80, 20.0), (x, 20.0))
    seen = Observation(seconds, Detection(box, corners, 0.9), Reading(text, 0.9), 1.0)
    return PlateTrack(text, 0.9, (), (), None, (seen,), seen)


def test_a_plate_is_found_where_a_sighting_has_its_text_and_counted_once(tmp_path: Path) -> None:
    known = truth(tmp_path, [plate("B 99 BNX"), plate("CJ01ABC", x=200)])
    figures = evaluate_trips.judge([sighting("B99BNX"), sighting("B99BNX", seconds=9)], known, 16)
    assert (figures.clear, figures.found, figures.repeated) == (2, 1, 1)
    assert figures.missed == ("CJ01ABC",)
    assert figures.wrong == ()


def test_small_and_hard_plates_need_not_be_found_but_may_be(tmp_path: Path) -> None:
    known = truth(tmp_path, [plate("B99BNX", height=10), plate("CJ01ABC", x=200, quality="hard")])
    figures = evaluate_trips.judge([sighting("B99BNX"), sighting("CJ01ABC", x=200)], known, 16)
    assert figures.clear == 0
    assert figures.wrong == ()


def test_a_text_is_wrong_on_a_plate_with_another_and_not_judged_where_nobody_could_read(tmp_path: Path) -> None:
    known = truth(tmp_path, [plate("B99BNX"), plate("", x=200, quality="illegible")])
    seen = [sighting("B99BNY"), sighting("XX11XXX", x=200), sighting("SIGN1", x=400)]
    figures = evaluate_trips.judge(seen, known, 16)
    assert figures.wrong == ("B99BNY",)
    assert figures.beside == ("SIGN1",)


def test_a_video_without_its_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="what passed"):
        evaluate_trips.truth_of(tmp_path / "drive.mp4")
