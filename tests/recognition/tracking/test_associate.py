from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pytest

from recognition.config import TrackingConfig
from recognition.tracking.associate import Associator, lighten, plain_text, same_pass, same_track, trim
from recognition.types import Observation
from tests.recognition.videos import detection, reading


def seen(
    seconds: float,
    x: float,
    y: float,
    text: str = "",
    confidence: float = 0.9,
    *,
    height: float = 20,
    weight: float = 1,
) -> Observation:
    return Observation(seconds, detection(x, y, height), reading(text, confidence if text else 0.0), weight)


def follow(frames: Iterable[tuple[float, Sequence[Observation]]]) -> list[list[Observation]]:
    associator, over = Associator(), list[list[Observation]]()
    for seconds, observations in frames:
        over += associator.update(seconds, observations)
    return sorted([*over, *associator.finish()], key=lambda track: track[0].seconds)


def moments(rate: float, seconds: float) -> list[float]:
    return [i / rate for i in range(int(rate * seconds))]


@pytest.mark.parametrize("rate", [5, 10, 30])
@pytest.mark.parametrize("shake", [0, 25])
def test_a_plate_that_moves_is_one_track_at_any_rate_and_with_a_shaking_camera(rate: float, shake: float) -> None:
    jolt = [shake * (-1) ** i for i in range(200)]
    frames = [(t, [seen(t, 200 + 150 * t, 300 + jolt[i])]) for i, t in enumerate(moments(rate, 3))]
    (track,) = follow(frames)
    assert len(track) == len(frames)


@pytest.mark.parametrize("rate", [6, 10, 30])
def test_an_oncoming_car_that_grows_and_rushes_past_is_one_track(rate: float) -> None:
    def at(t: float) -> Observation:
        near = 1 / (2.2 - t)  # distance shrinks evenly, so size and place grow as its inverse
        return seen(t, 400 - 220 * near, 300 + 60 * near, "B99BNX" if near > 0.8 else "", height=12 * near + 6)

    assert len(follow((t, [at(t)]) for t in moments(rate, 2))) == 1


def crossing(swap: bool) -> Callable[[float], list[Observation]]:
    def at(t: float) -> list[Observation]:
        pair = [seen(t, 100 + 200 * t, 300, "B99BNX"), seen(t, 500 - 200 * t, 310, "CJ07ABC")]
        return pair[::-1] if swap else pair

    return at


@pytest.mark.parametrize("swap", [False, True])
def test_two_plates_that_cross_keep_their_texts_apart(swap: bool) -> None:
    at = crossing(swap)
    tracks = follow((t, at(t)) for t in moments(8, 2))
    assert len(tracks) == 2
    assert all(len({plain_text(item) for item in track}) == 1 for track in tracks)


def test_a_plate_that_takes_the_place_of_another_is_a_track_of_its_own() -> None:
    frames = [(t, [seen(t, 300, 300, "B99BNX" if t < 1 else "CJ07ABC")]) for t in moments(6, 2)]
    assert [len(track) for track in follow(frames)] == [6, 6]


def test_a_misread_in_between_does_not_cut_a_track() -> None:
    frames = [(t, [seen(t, 300, 300, "B99BNX" if i != 4 else "899BMX", 0.6)]) for i, t in enumerate(moments(6, 2))]
    assert len(follow(frames)) == 1


def test_a_plate_hidden_for_two_seconds_is_the_same_pass_and_one_hidden_for_ten_is_not() -> None:
    for hidden, count in ((2.0, 1), (10.0, 2)):
        first = [(t, [seen(t, 300, 300, "B99BNX")]) for t in moments(6, 1)]
        empty = [(1 + t, list[Observation]()) for t in moments(6, hidden)]
        again = [(1 + hidden + t, [seen(1 + hidden + t, 700, 320, "B99BNX")]) for t in moments(6, 1)]
        assert len(follow([*first, *empty, *again])) == count


def test_after_a_gap_another_text_in_the_same_place_is_another_plate() -> None:
    frames = [
        (0.0, [seen(0, 300, 300, "B99BNX")]),
        (2.0, [seen(2, 300, 300, "CJ07ABC")]),
        (4.0, [seen(4, 300, 300, "")]),
    ]
    assert len(follow(frames)) == 3


def test_at_one_frame_in_six_seconds_the_same_text_in_a_row_is_one_pass() -> None:
    texts = ["B99BNX", "B99BNX", "CJ07ABC", "B99BNX"]
    frames = [(6.0 * i, [seen(6.0 * i, 200 + 150 * i, 300, text)]) for i, text in enumerate(texts)]
    assert [[plain_text(item) for item in track] for track in follow(frames)] == [
        ["B99BNX"] * 2,
        ["CJ07ABC"],
        ["B99BNX"],
    ]


def test_a_parked_car_passed_once_is_one_track_and_is_handed_out_soon() -> None:
    associator = Associator()
    over = [associator.update(t, [seen(t, 300 + 240 * t, 300, "B99BNX")] if t < 1 else []) for t in moments(6, 8)]
    (when,) = (i for i, tracks in enumerate(over) if tracks)
    assert len(over[when]) == 1
    assert 6.5 < moments(6, 8)[when] < 7.5
    assert associator.finish() == []


def test_no_observation_is_lost_or_doubled() -> None:
    rng = np.random.default_rng(1)
    frames = [
        (
            t,
            [
                seen(t, float(rng.uniform(0, 900)), float(rng.uniform(0, 900)), str(text))
                for text in rng.choice(["", "B99BNX", "CJ07ABC"], 3)
            ],
        )
        for t in moments(6, 5)
    ]
    given = [id(item) for _, items in frames for item in items]
    assert sorted(given) == sorted(id(item) for track in follow(frames) for item in track)


def test_a_cut_between_segments_is_bridged_by_place_or_by_text() -> None:
    last = seen(9.9, 300, 300, "B99BNX")
    assert same_pass(last, seen(10.05, 310, 302, ""))
    assert same_pass(last, seen(12.0, 700, 302, "B99BNX"))
    assert same_pass(last, seen(12.0, 700, 302, "B99BMX"))
    assert not same_pass(last, seen(10.05, 310, 302, "CJ07ABC"))
    assert not same_pass(last, seen(17.0, 300, 300, "B99BNX"))
    assert not same_pass(seen(10.0, 300, 300, "B99BNX"), last)


def test_whole_tracks_are_compared_by_their_surest_readings() -> None:
    before = [seen(8, 300, 300, "B99BNX", weight=5), seen(9, 300, 300, "8")]
    after = [seen(11, 700, 300, "X", 0.1), seen(12, 700, 300, "B99BNX", weight=5)]
    assert same_track(before, after)
    assert not same_track(before, after, TrackingConfig(rejoin_gap=1.0))


def test_the_unreadable_ends_of_a_track_are_trimmed_and_its_middle_is_not() -> None:
    texts = ["", "HRAD", "B99BNY", "", "QQ", "B99BNX", "482K"]
    track = [seen(float(i), 300, 300, text) for i, text in enumerate(texts)]
    assert [item.seconds for item in trim(track, "B99BNX")] == [2, 3, 4, 5]
    assert trim(track, "WWWWWWWW") == track


def test_only_the_heaviest_observations_keep_their_pictures() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    track = [
        Observation(i, detection(0, 0), reading("B99BNX", 0.9), weight, picture, picture)
        for i, weight in enumerate([1.0, 5.0, 3.0, 4.0, 2.0])
    ]
    lighten(track, keep_crops=3, keep_contexts=1)
    assert [item.crop is not None for item in track] == [False, True, True, True, False]
    assert [item.context is not None for item in track] == [False, True, False, False, False]
    assert [item.seconds for item in track] == [0, 1, 2, 3, 4]
