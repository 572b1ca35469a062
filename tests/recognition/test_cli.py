from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recognition import cli, images, pipeline
from recognition.pipeline import Reader
from tests.recognition.videos import BlockDetector, BlockRecognizer, street, write_video

GPX = """<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{}</trkseg></trk></gpx>"""
POINT = '<trkpt lat="44.{0:04d}" lon="26.0"><time>2026-03-01T07:00:{0:02d}Z</time></trkpt>'


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "load_reader", lambda device: Reader(BlockDetector(), BlockRecognizer()))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "bilder" / "straße 1.jpg"
    path.parent.mkdir()
    path.write_bytes(images.encode_jpeg(street({"B99BNX": (180, 200, 18)}), 95))
    return path


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    pictures = [street({"B99BNX": (100 + 4 * i, 200, 18)}) for i in range(30)]
    return write_video(tmp_path / "drive.mp4", pictures, [i / 10 for i in range(30)])


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_picture_gives_one_line_with_its_plates(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(picture), "--format", "jsonl"]) == 0
    (row,) = lines(capsys)
    assert (row["source"], row["width"], row["height"]) == (str(picture), 480, 320)
    (plate,) = row["plates"]
    assert set(plate) == {"box", "corners", "score", "plate", "confidence", "characters", "candidates", "region", "raw"}
    assert plate["plate"] == "B99BNX"
    assert plate["box"] == pytest.approx([180, 200, 252, 218], abs=2)
    assert len(plate["corners"]) == 4
    assert plate["candidates"] == [{"plate": "B99BNX", "score": 0.95}]


def test_letters_of_other_scripts_are_printed_as_they_are(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["read", str(picture)])
    assert "straße 1.jpg" in capsys.readouterr().out


def test_a_file_that_is_no_image_gives_an_error_line_and_the_others_are_read(
    picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (picture.parent / "a.txt").write_text("words")
    (picture.parent / "deep").mkdir()
    (picture.parent / "deep" / "b.png").write_bytes(picture.read_bytes())
    (picture.parent / ".hidden").write_text("words")
    assert cli.main(["read", str(picture.parent), str(picture.parent / "missing.jpg")]) == 1
    broken, deep, good, missing = lines(capsys)
    assert set(broken) == set(missing) == {"source", "error"}
    assert broken["source"].endswith("a.txt")
    assert "not a picture" in broken["error"]
    assert deep["plates"][0]["plate"] == good["plates"][0]["plate"] == "B99BNX"


def test_a_crop_is_one_plate_as_wide_as_the_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plate.png"
    path.write_bytes(images.encode_jpeg(street({"B99BNX": (0, 0, 80)}, 320, 80)))
    assert cli.main(["read", "--crop", "--region", "ro", "--device", "cpu", str(path)]) == 0
    (plate,) = lines(capsys)[0]["plates"]
    assert (plate["box"], plate["plate"]) == ([0, 0, 320, 80], "B99BNX")


def test_read_has_a_form_for_people(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["read", "--format", "text", str(picture)])
    assert "straße 1.jpg: B99BNX 0.95" in capsys.readouterr().out


def test_a_trip_gives_one_line_per_plate_with_time_and_place(
    drive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gpx = tmp_path / "drive.gpx"
    gpx.write_text(GPX.format("".join(POINT.format(i) for i in range(4))))
    assert cli.main(["trip", str(drive), "--gpx", str(gpx), "--format", "jsonl"]) == 0
    captured = capsys.readouterr()
    (row,) = [json.loads(line) for line in captured.out.splitlines()]
    assert row["plate"] == "B99BNX"
    assert row["first_seen"] == 0
    assert row["last_seen"] == pytest.approx(2.9, abs=0.2)
    assert row["reads_count"] >= 15
    assert set(row["best"]) == {"seconds", "box", "corners"}
    seconds = row["best"]["seconds"]
    assert row["gps"]["lat"] == pytest.approx(44 + seconds * 1e-4, abs=1e-5)
    assert row["gps"]["source"] == "gpx"
    assert row["time"].startswith("2026-03-01T07:00:0")
    assert row["time_source"] == "gps"
    assert "begins at 2026-03-01T07:00:00.000Z by the track's first point" in captured.err
    assert "100%" in captured.err


def test_a_trip_without_a_track_has_no_place_and_no_time(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trip", str(drive)]) == 0
    (row,) = lines(capsys)
    assert row["gps"] is row["time"] is row["time_source"] is None


def test_settings_come_from_a_file(drive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "x.toml"
    settings.write_text("analysis_fps = 2.0\n")
    cli.main(["trip", str(drive), "--config", str(settings), "--format", "text"])
    assert "B99BNX" in (out := capsys.readouterr().out)
    assert "6 reads" in out


@pytest.mark.parametrize("text", ["words", ""])
def test_a_trip_that_is_no_video_ends_with_a_reason(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.mp4"
    path.write_text(text)
    assert cli.main(["trip", str(path)]) == 1
    assert capsys.readouterr().err.startswith("error: x.mp4 is")


def test_an_unknown_argument_is_an_error(picture: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["read", str(picture), "--colour"])
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "command",
    [
        *([], ["read"], ["trip"], ["annotate"], ["train"], ["evaluate"], ["draw"]),
        *(["train", "detector"], ["train", "preview"], ["train", "failures"]),
    ],
)
def test_every_command_explains_itself(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    if command[:1] == ["train"] and command[1:]:
        pytest.importorskip("torch")
    with pytest.raises(SystemExit) as stopped:
        cli.main([*command, "--help"])
    assert stopped.value.code == 0
    assert len(capsys.readouterr().out) > 200


def test_a_profile_says_how_long_each_stage_took(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trip", str(drive), "--profile"]) == 0
    told = capsys.readouterr().err
    assert all(stage in told for stage in ("decode", "detect", "recognize", "times as fast as the film"))
