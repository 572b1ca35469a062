from __future__ import annotations

from typing import Any

from sightings.models import Segment
from sightings.processing.joining import passes


def seen(seconds: float, x: float, plate: str = "B99BNX") -> dict[str, Any]:
    return {
        "seconds": seconds, "box": [x, 50.0, x + 80.0, 74.0], "score": 0.9, "plate": plate, "confidence": 0.95,
        "corners": [[x, 50.0], [x + 80.0, 50.0], [x + 80.0, 74.0], [x, 74.0]],
        "characters": [{"text": letter, "confidence": 0.95} for letter in plate],
        "candidates": [{"plate": plate, "score": 0.95}], "region": None, "weight": 1.0, "crop": f"{seconds}.jpg",
    }  # fmt: skip


def segment(index: int, *tracks: list[dict[str, Any]]) -> Segment:
    stored = [
        {"index": number, "best": 0, "context": "", "observations": observations}
        for number, observations in enumerate(tracks)
    ]
    return Segment(index=index, start_s=index * 10.0, end_s=index * 10.0 + 10.0, tracks=stored)


def keys(*segments: Segment) -> list[tuple[str, int]]:
    return [(one.key, len(one.observations)) for one in passes(segments)]


BEFORE = [seen(9.6, 100.0), seen(9.8, 104.0)]
AFTER = [seen(10.0, 108.0), seen(10.2, 112.0)]


def test_a_pass_that_crosses_a_cut_is_one() -> None:
    assert keys(segment(0, BEFORE), segment(1, AFTER)) == [("0000:00000", 4)]


def test_a_pass_may_cross_several_cuts() -> None:
    whole = [seen(10.0 + i / 5, 108.0 + 4 * i) for i in range(50)]
    assert keys(segment(0, BEFORE), segment(1, whole), segment(2, [seen(20.0, 308.0)])) == [("0000:00000", 53)]


def test_segments_that_are_still_missing_leave_their_neighbors_apart() -> None:
    assert keys(segment(0, BEFORE), segment(2, AFTER)) == [("0000:00000", 2), ("0002:00000", 2)]


def test_another_plate_at_the_same_place_is_another_pass() -> None:
    other = [seen(10.0, 108.0, "CJ12ABC")]
    assert keys(segment(0, BEFORE), segment(1, other)) == [("0000:00000", 2), ("0001:00000", 1)]


def test_the_same_plate_much_later_is_another_pass() -> None:
    later = [seen(18.0, 108.0)]
    assert keys(segment(0, BEFORE), segment(1, later)) == [("0000:00000", 2), ("0001:00000", 1)]


def test_one_pass_is_joined_to_one_other_alone_the_nearest_in_time() -> None:
    again = [seen(12.0, 108.0)]
    assert keys(segment(0, BEFORE), segment(1, again, AFTER)) == [("0000:00000", 4), ("0001:00000", 1)]


def test_the_pictures_shown_are_those_of_the_heaviest_piece() -> None:
    heavy = [{**seen(10.0, 108.0), "weight": 5.0}]
    (joined,) = passes([segment(0, BEFORE), segment(1, heavy)])
    piece, best = joined.shown
    assert (piece.key, best.seconds, piece.crops[piece.best]) == ("0001:00000", 10.0, "10.0.jpg")
