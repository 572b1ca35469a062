"""The client of docs/examples against a real server that dies under it: nothing is lost, nothing is doubled."""

from __future__ import annotations

import filecmp
import importlib.util
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from anpr_site.processes import Part, stop_all
from tests.faults.site import PREPARE, ROOT, Site
from tests.faults.test_up import free_port

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]
ROWS = """
from sightings.models import Fleet, ProcessingRun
from tests.factories import make_run, make_sighting, make_trip, make_video
run = ProcessingRun.objects.first() or make_run(make_video(make_trip(Fleet.objects.get())))
have = run.sightings.count()
for number in range(have, have + 3):
    make_sighting(run, f"B{100 + number}AAA", at=20.0 * number, key=f"0000:{number}")
"""


def load_client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("platelog", ROOT / "docs" / "examples" / "platelog.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Web:
    """The web process, which can be killed and started again at the same address."""

    def __init__(self, site: Site) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "uvicorn", "anpr_site.asgi:application", "--port", str(port)]
        self.part = Part("web", [*command, "--log-level", "warning"], environment=site.environment)
        self.part.start()

    def kill(self) -> None:
        self.part.signal(signal.SIGKILL)
        assert self.part.process is not None
        self.part.process.wait()

    def restart(self) -> None:
        self.kill()
        self.part.start()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "site")
    site.run("-c", PREPARE)
    site.start_redis()
    yield site
    site.stop()


@pytest.fixture
def web(site: Site) -> Iterator[Web]:
    web = Web(site)
    yield web
    stop_all([web.part], 2.0)


@pytest.fixture
def client(site: Site, web: Web) -> Any:
    """One that does not wait for long."""
    module = load_client()
    vars(module)["WAITS_S"] = (0.2,) * 100
    return module.Platelog(web.url, site.run("manage.py", "create_token", "--user", "admin").strip())


def add_rows(site: Site) -> None:
    site.run("manage.py", "shell", "--verbosity", "0", "-c", ROWS)


def test_every_sighting_is_heard_once_though_the_server_is_killed(site: Site, web: Web, client: Any) -> None:
    heard: list[str] = []

    def listen() -> None:
        for seen in client.live():
            heard.append(seen["plate"])  # noqa: PERF401 - it has no end

    assert list(client.sightings()) == []  # the server is up
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    site.wait(lambda: site.ask("SELECT 1 FROM sightings_auditentry WHERE action = 'live.followed'"), "the line")
    add_rows(site)
    site.wait(lambda: len(heard) == 3, "what was written while it listened")
    web.kill()
    add_rows(site)
    web.part.start()
    site.wait(lambda: len(heard) >= 6, "what was written while the server was gone")
    add_rows(site)
    site.wait(lambda: len(heard) >= 9, "what was written after")
    assert heard == [f"B{100 + number}AAA" for number in range(9)]


def test_an_upload_goes_on_where_it_was_when_the_server_was_killed(site: Site, web: Web, client: Any) -> None:
    assert list(client.sightings()) == []
    film = site.folder / "drive.mp4"
    film.write_bytes(os.urandom(64 * 1024**2))
    sending = threading.Thread(target=client.upload, args=(film,), daemon=True)
    sending.start()
    where = "SELECT offset FROM sightings_upload"
    site.wait(lambda: site.ask(where) and site.ask(where)[0][0] > 0, "the first bytes")
    web.restart()
    sending.join(60)
    assert not sending.is_alive()
    assert site.ask("SELECT size, offset FROM sightings_upload") == [(film.stat().st_size, film.stat().st_size)]
    [arrived] = [path for path in (site.folder / "uploads").rglob("*") if path.is_file() and path.stat().st_size]
    assert filecmp.cmp(film, arrived, shallow=False)
