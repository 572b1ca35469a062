"""A folder that is looked into now and then; the clock is the test's."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from sightings.errors import StorageFull
from sightings.models import Fleet, Upload, User, WatchedFile
from sightings.services import parts
from sightings.services.drop_folder import DropFolder, files_below
from sightings.storage import upload_file
from tests.factories import make_vehicle

pytestmark = pytest.mark.django_db


class Watching:
    """Somebody who looks into the folder every six seconds, and may be started anew."""

    def __init__(self, folder: Path, fleet: Fleet, user: User) -> None:
        self.folder, self.fleet, self.user = folder, fleet, user
        self.now = 0.0
        self.start()

    def start(self) -> None:
        self.said: list[str] = []
        vehicle = self.fleet.vehicles.first()
        self.drop = DropFolder(self.folder, fleet=self.fleet, user=self.user, vehicle=vehicle, say=self.said.append)

    def look(self, times: int = 3) -> None:
        for _ in range(times):
            self.drop.look(self.now)
            self.now += 6.0


@pytest.fixture
def watching(tmp_path: Path, northwind: Fleet, alice: User) -> Watching:
    make_vehicle(northwind)
    (tmp_path / "drop").mkdir()
    return Watching(tmp_path / "drop", northwind, alice)


def names() -> list[str]:
    return list(Upload.objects.order_by("created_at").values_list("filename", flat=True))


def test_a_file_comes_in_once_it_has_not_changed_for_ten_seconds(watching: Watching) -> None:
    film = watching.folder / "a.mp4"
    film.write_bytes(b"half")
    watching.look(2)
    film.write_bytes(b"half and half")
    watching.look(2)
    assert names() == []
    watching.look(1)
    upload = Upload.objects.get()
    assert upload_file(upload.path).read_bytes() == b"half and half"
    assert (upload.state, upload.fleet, upload.user) == ("received", watching.fleet, watching.user)
    assert upload.vehicle is not None
    assert film.read_bytes() == b"half and half"


def test_nothing_is_taken_twice_also_after_a_restart(watching: Watching) -> None:
    (watching.folder / "a.mp4").write_bytes(b"film")
    watching.look(6)
    watching.start()
    watching.look(6)
    assert names() == ["a.mp4"]


def test_a_file_that_was_replaced_is_a_new_one(watching: Watching) -> None:
    film = watching.folder / "a.mp4"
    film.write_bytes(b"film")
    watching.look()
    film.write_bytes(b"another film")
    watching.look()
    assert names() == ["a.mp4", "a.mp4"]


def test_tracks_come_before_the_films_of_all_folders_and_share_their_batch(watching: Watching) -> None:
    (watching.folder / "card" / "front").mkdir(parents=True)
    for name in ("card/front/a.mp4", "card/b.ts", "card/a.gpx"):
        (watching.folder / name).write_bytes(name.encode())
    watching.look()
    assert names()[0] == "a.gpx"
    assert sorted(names()) == ["a.gpx", "a.mp4", "b.ts"]
    assert len(set(Upload.objects.values_list("batch", flat=True))) == 1


def test_what_comes_after_a_long_pause_is_another_drop(watching: Watching) -> None:
    (watching.folder / "a.mp4").write_bytes(b"film")
    watching.look()
    Upload.objects.update(created_at=timezone.now() - timedelta(hours=2))
    (watching.folder / "b.mp4").write_bytes(b"another film")
    watching.look()
    assert len(set(Upload.objects.values_list("batch", flat=True))) == 2


def test_hidden_files_links_and_what_is_no_recording_are_left_alone(watching: Watching, tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(b"elsewhere")
    (watching.folder / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    for name in (".a.mp4", "a.jpg", "a.mp4.part"):
        (watching.folder / name).write_bytes(b"x")
    watching.look()
    assert names() == []
    assert watching.said == []


def test_a_file_that_cannot_be_read_is_told_of_once_and_taken_when_it_can(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    (watching.folder / "a.mp4").write_bytes(b"film")
    (watching.folder / "b.mp4").write_bytes(b"another film")
    usual = Path.open

    def refuse(path: Path, *how: Any) -> Any:  # tests may run as root, whom no permission stops
        if path.name == "a.mp4":
            raise PermissionError(13, "Permission denied", str(path))
        return usual(path, *how)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "open", refuse)
        watching.look(6)
    assert names() == ["b.mp4"]
    assert [line for line in watching.said if "a.mp4" in line] == [
        f"{watching.folder / 'a.mp4'}: It cannot be read (Permission denied). Check its permissions and the disk. "
        "It was left as it is."
    ]
    watching.look(1)
    assert names() == ["b.mp4", "a.mp4"]


def test_an_empty_file_is_told_of_and_taken_once_it_is_filled(watching: Watching) -> None:
    (watching.folder / "a.mp4").touch()
    watching.look(6)
    assert len(watching.said) == 1
    assert "empty (0 bytes)" in watching.said[0]
    assert not WatchedFile.objects.exists()
    (watching.folder / "a.mp4").write_bytes(b"film")
    watching.look()
    assert names() == ["a.mp4"]


def test_a_copy_that_was_broken_off_goes_on_where_it_was(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    (watching.folder / "a.mp4").write_bytes(b"first half, second half")
    put = parts._put

    def half(file: Any, piece: bytes) -> None:
        put(file, piece[:10])
        raise StorageFull

    with monkeypatch.context() as full:
        full.setattr(parts, "_put", half)
        watching.look()
    assert Upload.objects.get().offset == 10
    assert "disk is full" in watching.said[0]
    watching.start()
    watching.look()
    upload = Upload.objects.get()
    assert upload.state == "received"
    assert upload_file(upload.path).read_bytes() == b"first half, second half"


def test_what_was_cancelled_by_a_person_is_not_taken_again(watching: Watching) -> None:
    (watching.folder / "a.mp4").write_bytes(b"film")
    watching.look()
    Upload.objects.all().delete()
    watching.start()
    watching.look()
    assert names() == []


def test_what_is_written_behind_the_end_meanwhile_belongs_to_the_next_state_of_the_file(watching: Watching) -> None:
    film = watching.folder / "a.mp4"
    film.write_bytes(b"film")
    moment = film.stat().st_mtime_ns
    watching.look(2)
    watching.drop._unchanged_since = dict.fromkeys(files_below(watching.folder, print), -100.0)
    found = next(iter(watching.drop._unchanged_since))
    film.write_bytes(b"film and more")
    os.utime(film, ns=(moment, moment))
    watching.drop._take(found)
    assert upload_file(Upload.objects.get().path).read_bytes() == b"film"


def test_a_folder_that_is_away_is_told_of_once_and_watched_when_it_is_back(watching: Watching) -> None:
    watching.folder.rmdir()
    watching.look()
    assert len(watching.said) == 1
    assert "This folder is not there" in watching.said[0]
    watching.folder.mkdir()
    (watching.folder / "a.mp4").write_bytes(b"film")
    watching.look()
    assert names() == ["a.mp4"]
