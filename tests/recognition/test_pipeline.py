from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from recognition import pipeline
from recognition.config import PipelineConfig, TrackingConfig
from recognition.errors import NotAVideo
from recognition.geometry import box_iou
from recognition.pipeline import Reader, read_video
from recognition.types import Box, Detection, Image, PlateTrack, Progress, Reading
from tests.recognition.videos import BlockDetector, BlockRecognizer, rotate_mp4, street, write_video

RATE, SECONDS = 20, 5


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """One car is followed all the time; another one stands at the roadside and is passed between 1 and 2.5 s."""
    pictures = []
    for i in range(RATE * SECONDS):
        t = i / RATE
        plates = {"B99BNX": (180 + int(10 * np.sin(t)), 200, 18)}
        if 1 <= t < 2.5:
            plates["CJ07ABC"] = (int(300 + 60 * (t - 1)), 100 - int(20 * (t - 1)), 12 + int(8 * (t - 1)))
        pictures.append(street(plates))
    return write_video(tmp_path / "drive.mp4", pictures, [i / RATE for i in range(RATE * SECONDS)])


def scripted(misreads: dict[int, str] | None = None) -> Reader:
    return Reader(BlockDetector(), BlockRecognizer(misreads))


def tracks_of(path: Path, reader: Reader, **options: float) -> list[PlateTrack]:
    events = list(read_video(path, reader, **options))  # type: ignore[arg-type]
    return sorted((event for event in events if isinstance(event, PlateTrack)), key=lambda track: track.first_seen)


def test_every_plate_that_passes_is_one_track_with_its_true_times(drive: Path) -> None:
    followed, passed = tracks_of(drive, scripted())
    assert (followed.plate, passed.plate) == ("B99BNX", "CJ07ABC")
    assert [followed.first_seen, followed.last_seen] == pytest.approx([0, SECONDS], abs=0.25)
    assert [passed.first_seen, passed.last_seen] == pytest.approx([1, 2.5], abs=0.25)
    assert 25 <= len(followed.observations) <= 31  # six a second


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_plates_of_a_turned_video_have_upright_boxes(tmp_path: Path, clockwise: int) -> None:
    """The camera hangs askew: what it stores lies on its side, what it shows stands upright."""
    shown = street({"CJ07ABC": (100, 60, 20)}, width=320, height=400)
    stored = np.ascontiguousarray(np.rot90(shown, clockwise // 90))
    path = write_video(tmp_path / "turned.mp4", [stored] * 20, [i / RATE for i in range(20)])
    rotate_mp4(path, clockwise)
    (track,) = tracks_of(path, scripted())
    assert track.best.detection.box.as_list() == pytest.approx([100, 60, 180, 80], abs=2)


def test_a_few_misreads_change_nothing(drive: Path) -> None:
    texts = {track.plate for track in tracks_of(drive, scripted({3: "899BNX", 7: "B99BMX", 12: "XX"}))}
    assert texts == {"B99BNX", "CJ07ABC"}


def test_the_best_picture_is_the_largest_one_of_the_right_car(drive: Path) -> None:
    _, passed = tracks_of(drive, scripted())
    assert passed.best.seconds > 2
    assert passed.best.crop is not None
    assert passed.best.context is not None
    assert passed.best in passed.observations
    assert [item for item in passed.observations if item.context is not None] == [passed.best]


def test_few_crops_are_kept_however_long_a_track_is(drive: Path) -> None:
    config = PipelineConfig(keep_crops=4, analysis_fps=20, still_change=0)
    events = read_video(drive, scripted(), config=config)
    followed = max((e for e in events if isinstance(e, PlateTrack)), key=lambda track: len(track.observations))
    assert len(followed.observations) > 80
    assert sum(item.crop is not None for item in followed.observations) == 4


def test_progress_comes_first_and_last_and_says_where_the_time_went(drive: Path) -> None:
    events = list(read_video(drive, scripted(), config=PipelineConfig(progress_seconds=0)))
    progress = [event for event in events if isinstance(event, Progress)]
    assert events[0] is progress[0]
    assert events[-1] is progress[-1]
    assert progress[0].fraction == 0
    assert progress[-1].fraction == 1
    assert len(progress) == progress[-1].frames + 2
    assert set(progress[-1].timings) == {"decode", "detect", "rectify", "recognize", "associate", "vote"}
    assert [item.seconds for item in progress] == sorted(item.seconds for item in progress)


def test_a_part_is_read_alone_and_its_progress_is_of_that_part(drive: Path) -> None:
    events = list(read_video(drive, scripted(), start=3.0, end=4.0))
    (track,) = (event for event in events if isinstance(event, PlateTrack))
    assert 3.0 <= track.first_seen <= track.last_seen < 4.0
    assert isinstance(events[0], Progress)
    assert events[0].fraction == 0


def test_the_same_video_gives_the_same_tracks_twice(drive: Path) -> None:
    first, second = (tracks_of(drive, scripted({5: "8"})) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert (a.plate, a.confidence, a.candidates, a.characters) == (
            b.plate,
            b.confidence,
            b.candidates,
            b.characters,
        )
        assert [item.seconds for item in a.observations] == [item.seconds for item in b.observations]


def test_a_plate_seen_clearly_in_one_frame_of_many_seconds_is_kept(tmp_path: Path) -> None:
    pictures = [street({"B99BNX": (180, 200, 18)}), street({}), street({"TM42XYZ": (60, 120, 18)})]
    sparse = write_video(tmp_path / "sparse.mp4", pictures, [0, 7, 15])
    assert [track.plate for track in tracks_of(sparse, scripted())] == ["B99BNX", "TM42XYZ"]


def test_a_single_weak_read_and_a_short_text_are_dropped(tmp_path: Path) -> None:
    pictures = [street({"B99BNX": (180, 200, 18)}), street({})]
    sparse = write_video(tmp_path / "sparse.mp4", pictures, [0, 7])
    assert tracks_of(sparse, scripted({0: "AUD"})) == []
    dim = PipelineConfig(tracking=TrackingConfig(min_single_score=0.95))
    assert not [e for e in read_video(sparse, scripted(), config=dim) if isinstance(e, PlateTrack)]


def test_a_sign_of_letters_alone_needs_a_surer_detection_than_a_plate(tmp_path: Path) -> None:
    pictures = [street({"B99BNX": (180, 200, 18)})] * 6
    clip = write_video(tmp_path / "sign.mp4", pictures, [i / 5 for i in range(6)])
    strict = PipelineConfig(tracking=TrackingConfig(min_word_score=0.95))
    for text, kept in (("SCHMIDT", 0), ("B99BNX", 1)):
        events = read_video(clip, scripted(dict.fromkeys(range(6), text)), config=strict)
        assert sum(isinstance(event, PlateTrack) for event in events) == kept


def test_a_plate_that_leaves_the_frame_is_not_the_picture_to_show(tmp_path: Path) -> None:
    pictures = [street({"B99BNX": (60 - 6 * i, 200, 14 + i)}) for i in range(20)]
    (track,) = tracks_of(write_video(tmp_path / "x.mp4", pictures, [i / 10 for i in range(20)]), scripted())
    assert track.best.detection.box.x1 > 2


def test_what_is_no_video_is_refused_before_anything_else(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_text("words")
    with pytest.raises(NotAVideo):
        next(read_video(path, scripted()))


def test_a_picture_gives_no_text_where_the_reader_would_be_guessing() -> None:
    guess, sure = Reading("8H?1", 0.05), Reading("B99BNX", 0.9)
    assert pipeline.legible(guess).plate == ""
    assert pipeline.legible(sure) == sure


def test_a_picture_and_a_crop_are_read() -> None:
    image = street({"B99BNX": (180, 200, 18), "CJ07ABC": (20, 40, 12)})
    found = pipeline.read_image(image, scripted())
    assert sorted(reading.plate for _, reading in found) == ["B99BNX", "CJ07ABC"]
    assert pipeline.read_image(street({}), scripted()) == []
    assert pipeline.read_crop(image[200:218, 180:252], scripted()).plate == "B99BNX"


@pytest.mark.parametrize(
    "box", [Box(0, 0, 30, 8), Box(450, 310, 480, 320), Box(200, 100, 280, 120), Box(0, 0, 480, 320)]
)
def test_the_picture_around_a_plate_stays_within_the_frame(box: Box) -> None:
    context = pipeline.context_of(street({}), box, 200)
    assert context.shape[1] == 200
    assert 100 <= context.shape[0] <= 200


@pytest.mark.parametrize("batch", [1, 4, 7])
def test_frames_looked_at_together_give_the_tracks_of_frames_looked_at_one_by_one(drive: Path, batch: int) -> None:
    detector, sizes = BlockDetector(), set[int]()

    def many(pictures: Sequence[Image]) -> list[list[Detection]]:
        sizes.add(len(pictures))
        return [detector(picture) for picture in pictures]

    together = tracks_of(drive, Reader(detector, BlockRecognizer(), detect_many=many, batch=batch))
    alone = tracks_of(drive, scripted())
    assert [(t.plate, t.first_seen, t.last_seen) for t in together] == [
        (t.plate, t.first_seen, t.last_seen) for t in alone
    ]
    assert max(sizes) == batch


def test_a_car_that_waits_at_a_light_is_analysed_twice_a_second(tmp_path: Path) -> None:
    pictures = [street({"B99BNX": (180, 200, 18)})] * 100
    waiting = write_video(tmp_path / "waiting.mp4", pictures, [i / RATE for i in range(100)])
    (track,) = tracks_of(waiting, scripted())
    assert (track.plate, len(track.observations)) == ("B99BNX", 10)
    assert [track.first_seen, track.last_seen] == pytest.approx([0, 4.5], abs=0.25)


def looking_near(asked: list[int]) -> Reader:
    """As `scripted`, with a detector that notes near how many plates it was asked to look."""
    detector = BlockDetector()

    def near(image: Image, boxes: Sequence[Box]) -> list[Detection]:
        asked.append(len(boxes))
        return [item for item in detector(image) if any(box_iou(item.box, box) > 0.1 for box in boxes)]

    return Reader(detector, BlockRecognizer(), detect_near=near)


def test_between_whole_frames_plates_are_looked_for_where_they_are_expected_until_they_are_settled(drive: Path) -> None:
    asked: list[int] = []
    followed, passed = tracks_of(drive, looking_near(asked))
    assert (followed.plate, passed.plate) == ("B99BNX", "CJ07ABC")
    assert len(followed.observations) == pytest.approx(8 + 3 * (SECONDS - 8 / 6), abs=2)  # six a second, then three
    assert len(passed.observations) == pytest.approx(6 * 1.5, abs=2)
    assert max(asked) <= 2
    assert len(asked) < 3 * SECONDS  # not at all where nobody is followed but who is settled


def test_where_frames_come_seldom_each_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    times = [0.2 + 1.17 * i for i in range(8)]  # odd sixths of a second among them
    sparse = write_video(tmp_path / "sparse.mp4", [street({"B99BNX": (180 + 4 * i, 200, 18)}) for i in range(8)], times)
    asked: list[int] = []
    assert sum(len(track.observations) for track in tracks_of(sparse, looking_near(asked))) == 8
    assert asked == []
