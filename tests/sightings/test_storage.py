"""Names of files: nothing a person types reaches outside its folder."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sightings import storage


def test_an_upload_s_file_stays_in_the_uploads_folder() -> None:
    assert storage.upload_file("../../etc/passwd").parent == storage.uploads_root()


@pytest.mark.parametrize(
    ("filename", "suffix"),
    [("a.MP4", ".mp4"), ("a", ""), ("a.tar.gz", ".gz"), ("a.m/p", ""), ("a.verylongsuffix", ""), ("a.é", "")],
)
def test_only_a_harmless_suffix_is_kept(filename: str, suffix: str) -> None:
    assert storage.suffix_of(filename) == suffix


def test_a_video_is_named_by_its_content() -> None:
    video = SimpleNamespace(fleet_id=7, sha256="abcd")
    assert storage.video_name(video, "../holiday film.MP4") == "videos/7/ab/abcd.mp4"


def test_a_crop_tells_its_fleet_and_run() -> None:
    name = storage.crop_name(fleet_id=7, run_id=9, name="0001/00002")
    assert (storage.fleet_of_crop(name), storage.run_of_crop(name)) == (7, 9)


@pytest.mark.parametrize(
    "path", ["crops/7/9/../../8/1/a.jpg", "videos/7/ab/abcd.mp4", "crops/7/a.jpg", "", "crops//9/a"]
)
def test_a_path_that_is_no_crop_belongs_to_nobody(path: str) -> None:
    assert storage.fleet_of_crop(path) is None
    assert storage.run_of_crop(path) is None
