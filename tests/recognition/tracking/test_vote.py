from __future__ import annotations

import random

import pytest

from recognition.tracking.vote import fuse
from recognition.types import Observation, Reading, Region
from tests.recognition.videos import detection, reading


def seen(read: Reading, weight: float = 1.0, seconds: float = 0.0) -> Observation:
    return Observation(seconds, detection(0, 0), read, weight)


def test_one_frame_keeps_its_own_order_and_about_its_own_confidence() -> None:
    fused = fuse([seen(reading("B99BNX", 0.8, ("B99BMX", 0.1)))], "ro")
    assert fused.plate == "B99BNX"
    assert fused.confidence == pytest.approx(0.8, abs=0.02)


def test_frames_that_each_get_another_character_wrong_agree_on_the_right_text() -> None:
    frames = [
        seen(reading("B99BNK", 0.5, ("B99BNX", 0.4))),
        seen(reading("B99RNX", 0.5, ("B99BNX", 0.4))),
        seen(reading("B98BNX", 0.5, ("B99BNX", 0.4))),
    ]
    fused = fuse(frames)
    assert fused.candidates[0].plate == fused.plate == "B99BNX"
    assert fused.confidence > 0.9


def test_a_sharp_frame_outvotes_blurred_ones() -> None:
    blurred = [seen(reading("B99BMX", 0.6, ("B99BNX", 0.2)), weight=0.2) for _ in range(3)]
    fused = fuse([*blurred, seen(reading("B99BNX", 0.9, ("B99BMX", 0.05)), weight=4.0)])
    assert fused.candidates[0].plate == "B99BNX"


def test_frames_that_know_nothing_do_not_shake_those_that_do() -> None:
    clear = [seen(reading("HHKT5823", 0.98)) for _ in range(3)]
    lost = [seen(reading(text, 0.001), weight=0.3) for text in ("HRAD", "C7AT5M33", "BKTM3", "G8T58B", "K91TA")]
    assert fuse([*lost, *clear]).confidence > 0.95


def test_the_format_counts_once_however_many_frames_there_are() -> None:
    """An odd plate that is clearly seen stays odd."""
    frames = [seen(reading("BO9BNX", 0.9, ("B09BNX", 0.1)), seconds=i) for i in range(20)]
    assert fuse(frames, "ro").candidates[0].plate == "BO9BNX"
    assert fuse(frames[:1], "ro").candidates[0].plate == "B09BNX"


def test_pieces_fused_later_give_what_all_of_it_gives_at_once_in_any_order() -> None:
    texts = [("B99BNX", 0.7), ("B99BMX", 0.6), ("B99BNX", 0.9), ("899BNX", 0.4)]
    frames = [seen(reading(*pair), 1 + i, i) for i, pair in enumerate(texts)]
    at_once = fuse(frames)
    shuffled = random.Random(1).sample(frames, len(frames))
    again = fuse(shuffled)
    assert again.plate == at_once.plate
    assert again.confidence == pytest.approx(at_once.confidence)
    assert [item.plate for item in again.candidates] == [item.plate for item in at_once.candidates]


def test_a_character_that_the_frames_disagree_on_becomes_a_question_mark() -> None:
    fused = fuse([seen(reading("B99BNX", 0.34, ("B99BMX", 0.33), ("B99BWX", 0.33)))])
    assert fused.plate == "B99B?X"
    assert len(fused.candidates[0].plate) == 6
    assert [character.text for character in fused.characters] == list("B99B?X")
    assert fused.characters[0].confidence > 0.9


def test_frames_without_a_reading_have_no_vote() -> None:
    empty = seen(Reading("", 0.9))
    assert fuse([empty, seen(reading("B99BNX", 0.9))]).plate == "B99BNX"
    nothing = fuse([empty, empty])
    assert (nothing.plate, nothing.confidence, nothing.candidates) == ("", 0.0, ())


def test_the_region_is_the_one_that_most_of_the_weight_stands_for() -> None:
    frames = [
        seen(Reading("A", 0.9, region=Region("ro", 0.9)), 3.0),
        seen(Reading("A", 0.9, region=Region("md", 0.9)), 1.0),
        seen(Reading("A", 0.9, region=None), 1.0),
    ]
    region = fuse(frames).region
    assert region is not None
    assert region.code == "ro"
    assert region.score == pytest.approx(0.675)
