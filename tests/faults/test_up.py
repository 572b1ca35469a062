"""`manage.py up` as an operator meets it: one command, one address, no traces when it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.faults.conftest import FilmNamed
from tests.faults.site import LONG_ENOUGH_S, ROOT, UNSET

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]


SLOW_COLORS = {
    "READER_FACTORY": "tests.flows.colored.load_slow_reader",
    "SEGMENT_SECONDS": "6",
    "PYTHONPATH": str(ROOT),
}


class Up:
    """One start of the command, in a process group of its own as a shell would give it."""

    def __init__(self, folder: Path, port: int, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder, self.port = folder, port
        self.log = folder.parent / f"up-{port}.log"
        environment = {name: value for name, value in os.environ.items() if name not in UNSET} | SLOW_COLORS
        environment |= settings
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port), "--data", str(folder)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait_open(self) -> str:
        """Everything that was printed until the address was."""
        wait_for(lambda: "Open http://" in self.said() or self.process.poll() is not None)
        assert f"Open http://127.0.0.1:{self.port}/" in self.said()
        return self.said()

    def said(self) -> str:
        return self.log.read_text()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def group(self) -> list[int]:
        """The processes of the group that are alive."""
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [pid for pid in pids if _group_of(pid) == self.process.pid]

    def kill_all(self) -> None:
        for pid in self.group():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()


def _group_of(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[2])


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONG_ENOUGH_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        body: bytes = answer.read()
        return body


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture
def up(folder: Path) -> Iterator[Up]:
    started = Up(folder, free_port())
    yield started
    started.kill_all()


def test_it_starts_on_nothing_tells_the_first_password_once_and_stops_without_a_trace(up: Up) -> None:
    said = up.wait_open()
    assert re.search(r"First user: admin  Password: \S{12,}", said)
    assert b'"redis": "ok"' in get(up.port, "/readyz")
    assert b"<form" in get(up.port, "/login/")
    assert (up.folder / "secret_key").stat().st_mode & 0o077 == 0
    assert (up.folder / "redis").stat().st_mode & 0o077 == 0
    assert len(up.group()) >= 6  # itself, Redis, web, two workers, beat
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(30) == 0
    assert up.group() == []
    assert "Traceback" not in up.said()


def test_it_starts_again_on_what_is_there_and_says_no_password(up: Up) -> None:
    assert "Password" not in up.wait_open()
    wait_for(lambda: len(up.group()) >= 6)
    second = Up(up.folder, free_port())
    assert second.process.wait(60) == 1
    assert "already running with the data folder" in second.log.read_text()


def test_a_trip_that_was_being_read_when_it_stopped_goes_on_at_the_next_start(up: Up, film_named: FilmNamed) -> None:
    film = film_named("interrupted")
    up.wait_open()
    ingest = [sys.executable, "manage.py", "ingest", str(film), "--quiet", "--data", str(up.folder)]
    subprocess.run(ingest, cwd=ROOT, check=True, env={**os.environ, **SLOW_COLORS})
    wait_for(lambda: up.ask("SELECT 1 FROM sightings_segment WHERE state = 'leased' AND progress > 0"))
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(30) == 0
    again = Up(up.folder, free_port())
    wait_for(lambda: up.ask("SELECT 1 FROM sightings_trip WHERE state = 'done'"))
    again.kill_all()
    assert up.ask("SELECT count(*) FROM sightings_sighting") == [(5,)]
    assert up.ask("SELECT attempts FROM sightings_segment") == [(1,), (1,), (1,)]


def test_what_is_put_into_the_watched_folder_is_read(film_named: FilmNamed, tmp_path: Path) -> None:
    film = film_named("dropped")
    (tmp_path / "drop").mkdir()
    shutil.copy(film, tmp_path / "drop")
    watching = {"WATCH_FOLDER": str(tmp_path / "drop"), "WATCH_STABLE_SECONDS": "1", "WATCH_VEHICLE": "Van 9"}
    up = Up(tmp_path / "data", free_port(), watching)
    try:
        up.wait_open()
        wait_for(lambda: up.ask("SELECT id FROM sightings_trip WHERE state = 'done'"))
        assert up.ask("SELECT name FROM sightings_vehicle") == [("Van 9",)]
        assert up.ask("SELECT count(*) FROM sightings_sighting") == [(5,)]
    finally:
        up.kill_all()


def test_what_dies_is_started_again(up: Up) -> None:
    up.wait_open()
    victims = [pid for pid in up.group() if b"uvicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(victims[0], signal.SIGKILL)
    wait_for(lambda: "web ended (exit status -9)" in up.said())

    def answers() -> bool:
        try:
            return b"ok" in get(up.port, "/healthz")
        except OSError:
            return False

    wait_for(answers)


def test_nothing_outlives_a_killed_supervisor(up: Up) -> None:
    up.wait_open()
    up.process.kill()
    up.process.wait()
    wait_for(lambda: not up.group())


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = Up(tmp_path / "data", port)
        assert up.process.wait(60) == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in up.said()
    assert "--port" in up.said()
