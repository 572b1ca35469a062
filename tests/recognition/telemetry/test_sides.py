"""Which of the car's cameras filmed it, by the names that vendors give."""

from __future__ import annotations

import pytest

from recognition.telemetry.filenames import SIDES, camera_of, clip_names

EXAMPLES = [(name, camera) for sides in SIDES for name, camera in sides.examples]


@pytest.mark.parametrize(("name", "camera"), EXAMPLES)
def test_every_vendors_mark_is_known(name: str, camera: str) -> None:
    assert camera_of(name) == camera
    assert camera_of(name.lower()) == camera


@pytest.mark.parametrize(
    "name",
    ["GX010012.MP4", "GRMN0012.MP4", "DJI_20260301070000_0001_D.MP4", "20260301_070000.mp4", "drive.mp4", "harbor.mp4"],
)
def test_a_name_that_says_nothing_is_not_guessed_at(name: str) -> None:
    assert camera_of(name) is None


@pytest.mark.parametrize(
    ("clip", "log"),
    [
        ("20260301_070000_NF.mp4", "20260301_070000_n"),
        ("20260301_070000_NR.mp4", "20260301_070000_n"),
        ("2026_0301_070000_0012F.MP4", "2026_0301_070000_0012"),
        ("260301_070000_012_FH.MP4", "260301_070000_012"),
        ("drive-front.mp4", "drive"),
    ],
)
def test_a_log_may_be_called_as_the_clip_without_its_mark(clip: str, log: str) -> None:
    assert log in clip_names(clip)


def test_a_name_that_is_all_mark_stands_for_no_other() -> None:
    assert clip_names("front.mp4") == {"front"}
    assert clip_names("20260301_070000.mp4") == {"20260301_070000"}
