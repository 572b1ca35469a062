from __future__ import annotations

from pathlib import Path

from django.core.files.storage import default_storage

from sightings.processing import files


def stored(name: str) -> Path:
    return Path(default_storage.path(name))


def test_keeping_a_file_twice_leaves_one_and_no_trace_of_the_second_try(tmp_path: Path) -> None:
    source = tmp_path / "arrived.part"
    source.write_bytes(b"film")
    files.keep(source, "videos/1/film.mp4")
    files.keep(source, "videos/1/film.mp4")
    source.unlink()
    assert stored("videos/1/film.mp4").read_bytes() == b"film"
    assert [path.name for path in stored("videos/1").iterdir()] == ["film.mp4"]


def test_a_picture_is_replaced_as_a_whole() -> None:
    files.put("crops/1/1/a.jpg", b"a longer picture")
    files.put("crops/1/1/a.jpg", b"short")
    assert stored("crops/1/1/a.jpg").read_bytes() == b"short"
    assert len(list(stored("crops/1/1").iterdir())) == 1


def test_a_stored_file_on_this_machine_is_used_where_it_lies() -> None:
    files.put("videos/a.mp4", b"film")
    with files.local("videos/a.mp4") as path:
        assert path == stored("videos/a.mp4")


def test_removing_what_is_not_there_is_no_error() -> None:
    files.remove("videos/none.mp4")
    files.remove("")
