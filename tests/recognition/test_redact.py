"""A clip in which one plate alone can be read: by the shipped networks on a drawn drive, and rule by rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recognition import pipeline, redact
from recognition.errors import WeightsRefused
from recognition.geometry import box_to_corners
from recognition.media.frames import frames
from recognition.media.probe import probe
from recognition.pipeline import Reader, read_video
from recognition.redact import Plan, Way, follow, own_among
from recognition.training.synth.drive import DrawnDrive, draw_drive
from recognition.types import Box, Detection, Image, PlateTrack
from tests.recognition.clips import write_clip
from tests.recognition.videos import COLORS, BlockDetector, BlockRecognizer, street

CHOSEN, OTHER = "B99BNX", "CJ07ABC"
TIMES = [0.0, 0.1, 0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def box(x: float, y: float = 100.0, width: float = 80.0) -> Box:
    return Box(x, y, x + width, y + width / 4)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Two plates side by side, with sound."""
    pictures = [street({CHOSEN: (40 + 4 * i, 60, 24), OTHER: (240 - 2 * i, 200, 24)}) for i in range(len(TIMES))]
    return write_clip(tmp_path / "film.mp4", pictures, TIMES, sound_from=0.0)


class Forgetful(BlockDetector):
    """Misses the other plate in all frames but two."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, image: Image) -> list[Detection]:
        self.count += 1
        found = super().__call__(image)
        return found if self.count in (3, 7) else [item for item in found if item.box.y1 < 150]


def ways(film: Path, reader: Reader, start: float = 0.0) -> dict[str, Way]:
    tracks = (item for item in read_video(film, reader, start=start) if isinstance(item, PlateTrack))
    return {t.plate: Way.through((one.seconds, one.detection.box) for one in t.observations) for t in tracks}


def saturated(image: Image, text: str) -> int:
    """Pixels that have the color of a plate."""
    return int((np.abs(image.astype(int) - COLORS[text]).max(2) < 60).sum())


def test_the_other_plate_is_gone_from_every_frame_and_times_and_the_chosen_one_stay(film: Path, tmp_path: Path) -> None:
    reader = Reader(BlockDetector(), BlockRecognizer())
    before, out = ways(film, reader), tmp_path / "clip.mp4"
    done = redact.redact(film, out, reader, start=0.1, end=0.95, best=0.5, own=before[CHOSEN], text=CHOSEN)
    shown = list(frames(out))
    assert [frame.seconds for frame in shown] == pytest.approx([at - 0.1 for at in TIMES[1:-1]], abs=1e-4)
    assert done.first_s == pytest.approx(0.1)
    assert (done.frames, done.own_frames) == (8, 8)
    for frame in shown:
        assert saturated(frame.image, OTHER) == 0
        assert saturated(frame.image, CHOSEN) > 1500
    assert saturated(done.best, OTHER) == 0
    assert set(ways(out, reader)) == {CHOSEN}


def test_there_is_no_sound(film: Path, tmp_path: Path) -> None:
    import av

    reader = Reader(BlockDetector(), BlockRecognizer())
    out = tmp_path / "clip.mp4"
    redact.redact(film, out, reader, start=0.0, end=1.1, best=0.5, own=ways(film, reader)[CHOSEN], text=CHOSEN)
    with av.open(str(film)) as before, av.open(str(out)) as after:
        assert (len(before.streams.audio), len(after.streams.audio)) == (1, 0)
    assert probe(out).codec == "h264"


def test_a_plate_that_is_missed_in_most_frames_is_filled_in_all(film: Path, tmp_path: Path) -> None:
    reader = Reader(BlockDetector(), BlockRecognizer(), detect_all=Forgetful())
    own = ways(film, Reader(BlockDetector(), BlockRecognizer()))[CHOSEN]
    redact.redact(film, tmp_path / "clip.mp4", reader, start=0.0, end=1.1, best=0.5, own=own, text=CHOSEN)
    assert [saturated(frame.image, OTHER) for frame in frames(tmp_path / "clip.mp4")] == [0] * len(TIMES)


def test_what_no_frame_showed_the_detector_is_found_by_reading_the_clip(film: Path, tmp_path: Path) -> None:
    reader = Reader(BlockDetector(), BlockRecognizer(), detect_all=lambda image: [])
    own = ways(film, reader)[CHOSEN]
    done = redact.redact(film, tmp_path / "clip.mp4", reader, start=0.0, end=1.1, best=0.5, own=own, text=CHOSEN)
    assert done.rounds == 2
    assert set(ways(tmp_path / "clip.mp4", reader)) == {CHOSEN}


def test_a_plate_that_cuts_in_just_where_the_chosen_one_was_is_told_by_its_text(tmp_path: Path) -> None:
    """From 0.5 s on another car hides the chosen one, whose way the log believes to go on."""
    spot = (100, 100, 24)
    pictures = [street({CHOSEN if at < 0.5 else OTHER: spot}) for at in TIMES]
    film, out = write_clip(tmp_path / "film.mp4", pictures, TIMES), tmp_path / "clip.mp4"
    reader = Reader(BlockDetector(), BlockRecognizer())
    own = Way.through((at, Box(100, 100, 196, 124)) for at in TIMES)
    redact.redact(film, out, reader, start=0.0, end=1.1, best=0.2, own=own, text=CHOSEN)
    assert set(ways(out, reader)) == {CHOSEN}
    assert [saturated(frame.image, OTHER) for frame in frames(out)] == [0] * len(TIMES)


def seen(at: Box, score: float = 0.9) -> Detection:
    return Detection(at, box_to_corners(at), score)


def test_another_plate_in_front_of_the_chosen_one_is_filled_all_the_same() -> None:
    own = box(100)
    assert own_among([box(102), box(130, 104)], own) == [box(102)]
    plan = Plan([0.0], [[seen(box(130, 104))]])
    image = np.zeros((200, 300, 3), np.uint8)
    redact.fill(image, plan.fills(0))
    assert (image[104:124, 130:210] == redact.GREY).all()


def test_the_chosen_plate_is_spared_only_where_its_way_is_known() -> None:
    way = Way.through([(1.0, box(100)), (1.2, box(110)), (4.0, box(200))])
    assert way.at(1.1, 0.1, redact.OWN_GAP_S) == box(105)
    assert way.at(2.5, 0.1, redact.OWN_GAP_S) is None
    assert way.at(0.5, 0.1) is None
    assert own_among([box(105)], None) == []
    assert own_among([box(300)], box(105)) == []
    assert own_among([box(100, width=200)], box(105)) == []


def test_boxes_are_followed_through_gaps_and_two_plates_are_not_joined() -> None:
    seconds = [0.0, 0.1, 0.2, 0.3, 0.4]
    boxes = [[box(0), box(400)], [box(20)], [], [box(60), box(406)], [box(80), box(408)]]
    found = [[seen(one) for one in frame] for frame in boxes]
    first, second = sorted(follow(seconds, found), key=lambda way: float(way.boxes[0, 0]))
    assert [len(first.seconds), len(second.seconds)] == [4, 3]
    hidden = first.at(0.2, 0.0)
    assert hidden is not None
    assert hidden.x1 == pytest.approx(40.0)


def test_one_sure_detection_makes_a_way_of_unsure_ones_and_without_it_there_is_none() -> None:
    found = [[seen(box(0), 0.1), seen(box(300), 0.1)], [seen(box(20), 0.5), seen(box(300), 0.1)], [seen(box(40), 0.1)]]
    [way] = follow([0.0, 0.1, 0.2], found)
    assert way.seconds.tolist() == [0.0, 0.1, 0.2]


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> DrawnDrive:
    """From its third second on, the car ahead and one that is parked show their plates at the same time."""
    return draw_drive(tmp_path_factory.mktemp("drawn"), seconds=3.6, fps=7)


def test_the_shipped_networks_read_the_chosen_plate_alone_in_a_clip_of_the_drawn_drive(
    drive: DrawnDrive, tmp_path: Path
) -> None:
    chosen, other = "B274KLM", "HHKT5823"
    try:
        reader = pipeline.load_reader("cpu")
    except WeightsRefused as error:
        pytest.skip(f"no trained weights: {error}")
    before, out = ways(drive.video, reader, start=2.0), tmp_path / "clip.mp4"
    assert {chosen, other} <= set(before)
    assert before[chosen].at(2.9, 0.0) is not None
    assert before[other].at(2.9, 0.0) is not None
    redact.redact(drive.video, out, reader, start=2.0, end=3.6, best=2.9, own=before[chosen], text=chosen)
    assert set(ways(out, reader)) == {chosen}
