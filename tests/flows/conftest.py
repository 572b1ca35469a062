"""A film of colored plates, brought in and seen through to its sightings in this very process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sightings.models import Fleet, Upload, User, Vehicle
from sightings.processing import inline, read
from sightings.services import uploads
from tests.flows.colored import draw_film

BringIn = Callable[..., Upload]


@pytest.fixture(autouse=True)
def reading_colors(settings: Any) -> Iterator[None]:
    """The pipeline is the real one; only the two networks are replaced."""
    settings.READER_FACTORY = "tests.flows.colored.load_reader"
    settings.SEGMENT_SECONDS = 6.0
    read.reader.cache_clear()
    yield
    read.reader.cache_clear()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_film(tmp_path_factory.mktemp("film") / "drive.mp4")


@pytest.fixture
def send(northwind: Fleet, alice: User) -> BringIn:
    """Upload a file as the page does; inspection waits for `process`."""

    def upload(path: Path, *, name: str = "", batch: str = "", vehicle: Vehicle | None = None) -> Upload:
        row = uploads.create_upload(
            user=alice,
            fleet=northwind,
            filename=name or path.name,
            size=path.stat().st_size,
            batch=batch,
            vehicle=vehicle,
        )
        with path.open("rb") as stream:
            uploads.append_chunk(upload=row, offset=0, stream=stream)
        return row

    return upload


@pytest.fixture
def bring_in(send: BringIn) -> BringIn:
    """Upload a file and do all the work it asks for."""

    def through(path: Path, **options: Any) -> Upload:
        upload = send(path, **options)
        inline.process([str(upload.pk)])
        upload.refresh_from_db()
        return upload

    return through
