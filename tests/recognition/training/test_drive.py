from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import pytest

from recognition.training.synth import drive
from recognition.training.synth.camera import Camera
from recognition.training.synth.drive import DrawnDrive


def truth(clip: DrawnDrive) -> list[dict[str, Any]]:
    return [json.loads(line) for line in clip.truth.read_text().splitlines()]


def test_the_times_of_the_video_are_those_of_the_truth(drawn_clip: DrawnDrive) -> None:
    with av.open(str(drawn_clip.video)) as container:
        shown = [frame.time for frame in container.decode(video=0)]
    told = [line["seconds"] for line in truth(drawn_clip)]
    assert shown == pytest.approx(told, abs=0.001)
    assert len(set(np.round(np.diff(shown), 3))) > 1  # a variable frame rate, as dashcams have it


def test_every_plate_of_the_truth_lies_in_the_picture_inside_its_box(drawn_clip: DrawnDrive) -> None:
    plates = [plate for line in truth(drawn_clip) for plate in line["plates"]]
    assert plates
    for plate in plates:
        x1, y1, x2, y2 = plate["box"]
        corners = np.array(plate["corners"])
        assert (corners >= [x1, y1]).all()
        assert (corners <= [x2, y2]).all()
        assert 0 <= x1 < x2 <= 1280
        assert 0 <= y1 < y2 <= 720


def test_a_plate_is_bright_with_dark_ink_where_the_truth_says_it_is() -> None:
    frame = next(drive.frames(1.0, 7, Camera(), 10))
    passage, corners = max(frame.plates, key=lambda seen: float(np.ptp(seen[1][:, 1])))
    left, top = corners.min(0).round().astype(int)
    right, foot = corners.max(0).round().astype(int)
    inside = frame.image[top + 3 : foot - 3, left + (right - left) // 8 : right - 3].mean(2)
    around = frame.image[(top + foot) // 2, left - 7 : left - 3]
    assert passage.vehicle.plate.text == "B274KLM"
    assert np.percentile(inside, 85) > 170
    assert np.percentile(inside, 5) < 90
    assert around.mean() < 90


def test_the_same_seed_draws_the_same_frames() -> None:
    one, two = (list(drive.frames(0.3, 5, Camera(320, 180), 10)) for _ in range(2))
    assert [frame.seconds for frame in one] == [frame.seconds for frame in two]
    assert all((a.image == b.image).all() for a, b in zip(one, two, strict=True))


def test_a_plate_behind_another_car_is_not_in_the_truth() -> None:
    for frame in drive.frames(20.0, 7, Camera(320, 180), 2):
        boxes = [np.concatenate([c.min(0), c.max(0)]) for _, c in frame.plates]
        texts = [passage.vehicle.plate.text for passage, _ in frame.plates]
        assert len(texts) == len(set(texts))
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                assert not (np.minimum(a[2:], b[2:]) > np.maximum(a[:2], b[:2])).all()


def test_the_track_has_a_point_a_second_from_the_first_frame_on(drawn_clip: DrawnDrive) -> None:
    root = ElementTree.parse(drawn_clip.gpx).getroot()
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    times = [node.text for node in root.findall(".//g:trkpt/g:time", space)]
    assert times[:2] == ["2026-03-01T07:00:00Z", "2026-03-01T07:00:01Z"]
    assert len(times) >= 4


def test_the_demo_shows_at_least_eight_plates_that_can_be_read() -> None:
    tall: dict[str, int] = {}
    for frame in drive.frames(20.0, 7, Camera(), 1.5):
        for passage, corners in frame.plates:
            height = int(np.ptp(corners[:, 1]) / passage.vehicle.plate.lines)
            tall[passage.vehicle.plate.text] = max(height, tall.get(passage.vehicle.plate.text, 0))
    assert sum(height >= drive.LEGIBLE - 2 for height in tall.values()) >= 8


def test_the_command_names_the_video_it_drew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import argparse

    parser = argparse.ArgumentParser()
    drive.add_arguments(parser)
    args = parser.parse_args([str(tmp_path), "--seconds", "0.5", "--width", "320", "--height", "180", "--fps", "5"])
    assert drive.run(args) == 0
    assert str(tmp_path / "drive.mp4") in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"drive.mp4", "drive.gpx", "truth.jsonl", "drive.json"}
