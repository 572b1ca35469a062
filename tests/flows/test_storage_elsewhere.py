"""The same way with a store that is no folder of this machine, as an S3-compatible one is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from sightings.models import Sighting
from sightings.processing import files
from tests.flows.colored import CARS
from tests.flows.remote import Remote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def elsewhere(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "tests.flows.remote.Remote"},
    }
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_a_film_is_kept_read_and_its_pictures_stored_there(bring_in: Any, film: Path) -> None:
    upload = bring_in(film)
    assert upload.trip.state == "done"
    assert Sighting.objects.count() == len(CARS)
    with default_storage.open(str(upload.video.file)) as kept:
        assert kept.read() == film.read_bytes()
    assert all(default_storage.exists(row.crop) for row in Sighting.objects.all())


def test_a_video_is_fetched_once_for_all_its_segments() -> None:
    files.put("videos/1/ab/film.mp4", b"moving pictures")
    Remote.opened.clear()
    for _ in range(2):
        with files.local("videos/1/ab/film.mp4") as path:
            assert path.read_bytes() == b"moving pictures"
    assert Remote.opened == ["videos/1/ab/film.mp4"]
