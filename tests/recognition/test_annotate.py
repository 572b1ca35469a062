from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from recognition import annotate, cli, overlay, pipeline
from recognition.config import PipelineConfig
from recognition.errors import CannotWrite, NotAVideo
from recognition.geometry import center, corners_to_box
from recognition.media.frames import frames
from recognition.pipeline import Reader
from recognition.types import Image, Observation, PlateTrack
from tests.recognition.videos import (
    BlockDetector,
    BlockRecognizer,
    detection,
    grey_levels,
    reading,
    rotate_mp4,
    street,
    write_video,
)

UNEVEN = [0.0, 0.04, 0.13, 0.2, 0.21, 0.4, 0.433, 0.5, 0.61, 0.7, 1.3, 1.34]


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "load_reader", lambda device: Reader(BlockDetector(), BlockRecognizer({2: "B99BMX"})))


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """A plate that moves 4 pixels a frame to the right."""
    pictures = [street({"B99BNX": (60 + 4 * i, 200, 18)}) for i in range(40)]
    return write_video(tmp_path / "drive.mp4", pictures, [i / 20 for i in range(40)])


def track(*observations: tuple[float, float]) -> PlateTrack:
    """Of a plate seen at (seconds, x)."""
    seen = tuple(Observation(s, detection(x, 100), reading("B99BNX", 0.9), 1.0) for s, x in observations)
    return PlateTrack("B99?NX", 0.978, (), (), None, seen, seen[0])


def x_at(courses: list[annotate.Course], seconds: float) -> float | None:
    marks = [mark for course in courses if (mark := course.at(seconds)) is not None]
    assert len(marks) <= 1
    return center(corners_to_box(marks[0].corners))[0] if marks else None


def drawn_box(image: Image) -> tuple[float, float] | None:
    """Left and right end of what has the color of a sure read, below the label."""
    near = np.asarray((np.abs(image.astype(int) - overlay.SURE) < 50).all(2))[205:215]
    columns = np.flatnonzero(near.any(0))
    return (columns[0], columns[-1]) if columns.size else None


def shown(path: Path) -> list[float]:
    return [frame.seconds for frame in frames(path)]


def test_the_box_moves_with_the_plate_in_every_frame_though_few_are_analysed(drive: Path, tmp_path: Path) -> None:
    assert cli.main(["annotate", str(drive), str(tmp_path / "out.mp4"), "--device", "cpu"]) == 0
    for i, frame in enumerate(list(frames(tmp_path / "out.mp4"))[:38]):  # the last one analysed is the 38th
        ends = drawn_box(frame.image)
        assert ends is not None
        assert ends == pytest.approx((60 + 4 * i, 60 + 4 * i + 72), abs=6)


def test_the_text_is_that_of_the_whole_pass_from_the_first_frame_on(
    drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[list[str]] = []
    monkeypatch.setattr(overlay, "draw", lambda image, marks: texts.append([mark.text for mark in marks]))
    cli.main(["annotate", str(drive), str(tmp_path / "out.mp4")])
    assert len(texts) == 40
    assert len({text for marks in texts for text in marks}) == 1
    assert texts[0][0].startswith("B99BNX ")
    assert texts[0][0].endswith("%")


def test_times_and_size_are_those_of_the_source(tmp_path: Path) -> None:
    source = write_video(tmp_path / "in.mp4", grey_levels(len(UNEVEN), 96, 64), UNEVEN)
    list(annotate.draw(source, tmp_path / "out.mp4", []))
    assert shown(tmp_path / "out.mp4") == shown(source) == pytest.approx(UNEVEN)
    first = next(frames(tmp_path / "out.mp4")).image
    assert first.shape == (64, 96, 3)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].codec_context.name == "h264"


def test_a_transport_stream_that_does_not_begin_at_zero_keeps_the_times_its_player_shows(tmp_path: Path) -> None:
    source = write_video(tmp_path / "in.ts", grey_levels(len(UNEVEN)), UNEVEN, container="mpegts")
    list(annotate.draw(source, tmp_path / "out.mp4", []))
    assert shown(tmp_path / "out.mp4") == pytest.approx(shown(source), abs=1e-6)


def test_a_turned_video_is_written_upright(tmp_path: Path) -> None:
    picture = np.full((48, 64, 3), 20, np.uint8)
    picture[:, :16] = 220  # the left edge, which a quarter turn clockwise brings to the top
    source = write_video(tmp_path / "in.mp4", [picture] * 3, [0, 0.1, 0.2])
    rotate_mp4(source, 90)
    list(annotate.draw(source, tmp_path / "out.mp4", []))
    with av.open(str(tmp_path / "out.mp4")) as container:
        frame = next(container.decode(video=0))
        assert frame.rotation == 0
        image = frame.to_ndarray(format="bgr24")
    assert image.shape == (64, 48, 3)
    assert image[:14].mean() > 190 > 60 > image[20:].mean()


def test_odd_sides_become_even_and_nothing_is_cut_off(tmp_path: Path) -> None:
    source = tmp_path / "in.mkv"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 63, 47, "bgr0"
        frame = av.VideoFrame.from_ndarray(np.full((47, 63, 3), 120, np.uint8), format="bgr24").reformat(format="bgr0")
        frame.pts, frame.time_base = 0, Fraction(1, 10)
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    list(annotate.draw(source, tmp_path / "out.mp4", []))
    assert next(frames(tmp_path / "out.mp4")).image.shape == (48, 64, 3)
    assert next(frames(tmp_path / "out.mp4")).image.min() > 110


def test_colors_are_the_source_s(tmp_path: Path) -> None:
    pictures = [street({"B99BNX": (60, 200, 18), "CJ07ABC": (200, 100, 30)})] * 3
    source = write_video(tmp_path / "in.mp4", pictures, [0, 0.1, 0.2])
    list(annotate.draw(source, tmp_path / "out.mp4", []))
    before, after = (next(frames(path)).image.astype(int) for path in (source, tmp_path / "out.mp4"))
    assert np.abs(before - after).mean() < 4


def test_a_plate_is_between_its_observations_and_half_an_analysed_frame_beyond_them() -> None:
    courses = annotate.courses(track((1.0, 100), (1.2, 140), (1.4, 150)), PipelineConfig(analysis_fps=5))
    assert [x_at(courses, s) for s in (1.0, 1.1, 1.3)] == pytest.approx([100, 120, 145])
    assert [x_at(courses, s) for s in (0.9, 1.5)] == pytest.approx([80, 155])
    assert x_at(courses, 0.89) is x_at(courses, 1.51) is None


def test_a_plate_has_no_box_while_it_is_hidden() -> None:
    courses = annotate.courses(track((1.0, 100), (1.2, 104), (4.0, 300), (4.2, 304)), PipelineConfig(analysis_fps=5))
    assert x_at(courses, 2.5) is None
    assert x_at(courses, 1.1) == pytest.approx(102)
    assert x_at(courses, 4.1) == pytest.approx(302)


def test_a_plate_seen_once_has_a_box_long_enough_to_notice() -> None:
    courses = annotate.courses(track((1.0, 100)), PipelineConfig(analysis_fps=5))
    assert x_at(courses, 0.95) == x_at(courses, 1.05) == pytest.approx(100)


def test_a_label_says_the_read_and_never_more_confidence_than_there_is() -> None:
    (course,) = annotate.courses(track((1.0, 100)), PipelineConfig())
    assert course.text == "B99?NX 97%"
    assert course.sure


def test_progress_of_drawing_runs_from_nothing_to_all(drive: Path, tmp_path: Path) -> None:
    told = list(annotate.draw(drive, tmp_path / "out.mp4", [], every=0))
    assert (told[0].fraction, told[-1].fraction) == (0, 1)
    assert [item.frames for item in told] == [*range(41), 40]


def test_both_passes_are_told_on_stderr(drive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["annotate", str(drive), str(tmp_path / "out.mp4")])
    said = capsys.readouterr().err
    assert "reading: 100%" in said
    assert "drawing: 100%" in said


@pytest.mark.parametrize("older", [None, b"older"])
def test_a_pass_broken_off_leaves_nothing_and_an_older_file_as_it_was(
    drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older: bytes | None
) -> None:
    out, there = tmp_path / "out.mp4", []
    if older:
        out.write_bytes(older)

    def break_off(image: Image, marks: object) -> None:
        there.append(out.read_bytes() if out.exists() else None)
        if len(there) == 30:
            raise KeyboardInterrupt

    monkeypatch.setattr(overlay, "draw", break_off)
    with pytest.raises(KeyboardInterrupt):
        list(annotate.draw(drive, out, []))
    assert there == [older] * 30
    assert {path.name: path.read_bytes() for path in tmp_path.glob("out*")} == ({"out.mp4": older} if older else {})


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("drive.mp4", "the video itself"),
        ("no/out.mp4", "cannot be written"),
        ("out.avi", ".mp4"),
        ("dir.mp4", "folder"),
    ],
)
def test_a_bad_target_is_refused_before_anything_is_read(
    drive: Path, tmp_path: Path, out: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dir.mp4").mkdir()
    before = drive.read_bytes()
    assert cli.main(["annotate", str(drive), str(tmp_path / out)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert reason in said
    assert "reading" not in said
    assert drive.read_bytes() == before


def test_a_disk_that_is_full_ends_with_a_reason(drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, image: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(av.container.OutputContainer, "mux", full, raising=False)
    with pytest.raises(CannotWrite, match="No space left"):
        list(annotate.draw(drive, tmp_path / "out.mp4", []))
    assert [path.name for path in tmp_path.iterdir()] == ["drive.mp4"]


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.mp4").write_text("words")
    with pytest.raises(NotAVideo):
        list(annotate.draw(tmp_path / "in.mp4", tmp_path / "out.mp4", []))
    assert cli.main(["annotate", str(tmp_path / "missing.mp4"), str(tmp_path / "out.mp4")]) == 1
    assert not (tmp_path / "out.mp4").exists()
