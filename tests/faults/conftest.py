from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site
from tests.flows.colored import draw_film

FilmNamed = Callable[[str], Path]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if sys.platform != "linux":
        pytest.skip("these tests look into /proc")
    site = Site(tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def film_named(tmp_path_factory: pytest.TempPathFactory) -> FilmNamed:
    """The same pictures under another name, with other bytes at the end: a new video that must give the same log."""
    folder = tmp_path_factory.mktemp("films")
    content = draw_film(folder / "original.mp4").read_bytes()

    def film(name: str) -> Path:
        path = folder / f"{name}.mp4"
        mark = name.encode().ljust(24, b"\0")
        path.write_bytes(content + (8 + len(mark)).to_bytes(4, "big") + b"free" + mark)
        return path

    return film
