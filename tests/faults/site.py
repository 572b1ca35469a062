"""A site of real processes in a folder of its own: embedded Redis, two workers, beat. The test kills them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anpr_site import embedded_redis
from anpr_site.broker import redis_url, socket_path
from anpr_site.processes import Part, stop_all

ROOT = Path(__file__).resolve().parents[2]
LONG_ENOUGH_S = 120.0
UNSET = ("REDIS_URL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
PREPARE = (
    "import django; django.setup(); from django.core.management import call_command as c; c('migrate', verbosity=0);"
    "from sightings.services.first_start import make_first_user as m; m(password='a long enough password')"
)


class Site:
    """Leases are short here, so that a dead worker is found out soon."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = {name: value for name, value in os.environ.items() if name not in UNSET} | {
            "DJANGO_SETTINGS_MODULE": "anpr_site.settings",
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(folder),
            "SEGMENT_SECONDS": "6",
            "LEASE_SECONDS": "2",
            "SWEEP_SECONDS": "1",
            "WEBHOOK_SECONDS": "10",
            "WEBHOOK_ALLOW_PRIVATE": "127.0.0.1",
            "READER_FACTORY": "tests.faults.holding.load_reader",
        }
        self.redis = embedded_redis.part(socket_path(folder), folder / "redis")
        python = [sys.executable, "-W", "ignore:You're running the worker", "-m"]
        celery = [*python, "celery", "--app", "anpr_site", "--quiet"]
        worker = [*celery, "worker", "--loglevel", "ERROR", "--include", "tests.faults.holding", "--concurrency", "1"]
        lean = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.workers = {
            "ingest": self._part("ingest", [*worker, *lean, "--queues", "light,ingest", "--hostname", "ingest@test"]),
            "read": self._part("read", [*worker, *lean, "--queues", "evidence,read", "--hostname", "read@test"]),
        }
        self.beat = self._part("beat", [*celery, "beat", "--schedule", str(folder / "schedule"), "--pidfile", ""])

    def _part(self, name: str, command: list[str]) -> Part:
        return Part(name, command, environment=self.environment)

    def start(self) -> None:
        self.run("-c", PREPARE)
        self.start_redis()
        for part in (*self.workers.values(), self.beat):
            part.start()

    def start_redis(self) -> None:
        self.redis.start()
        assert embedded_redis.wait_until_it_answers(redis_url("", self.folder))

    def stop(self) -> None:
        stop_all([*self.workers.values(), self.beat], 0.0)
        stop_all([self.redis], 3.0)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bring_in(self, film: Path) -> int:
        """Upload a film without waiting for anything; returns its number among the uploads."""
        self.run("manage.py", "ingest", str(film), "--quiet")
        return int(self.ask("SELECT count(*) FROM sightings_upload")[0][0])

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows straight from the database file: nothing of the code under test lies between."""
        connection = sqlite3.connect(f"file:{self.folder / 'db.sqlite3'}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def wait(self, condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + LONG_ENOUGH_S
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for: {what}"
            time.sleep(0.1)

    def hold(self, point: str) -> None:
        (self.folder / f"hold-{point}").touch()

    def wait_held(self, point: str) -> int:
        """The id of the process that has come to the point and stands there."""
        held = self.folder / f"held-{point}"
        self.wait(lambda: held.exists() and held.read_text(), f"a worker at {point}")
        return int(held.read_text())

    def let_go(self, point: str) -> None:
        (self.folder / f"hold-{point}").unlink()
        (self.folder / f"held-{point}").unlink()

    def kill(self, name: str, child: int) -> None:
        """SIGKILL for the worker; the process that did its work must not outlive it. Then it is started again."""
        part = self.workers[name]
        part.signal(signal.SIGKILL)
        assert part.process is not None
        part.process.wait()
        self.wait(lambda: not alive(child), "the end of the worker's child")
        part.process = None
        part.start()

    def trip_of(self, film: Path) -> int:
        rows = self.ask("SELECT trip_id FROM sightings_upload WHERE filename = ?", film.name)
        return int(rows[0][0] or 0) if rows else 0

    def wait_read(self, film: Path) -> str:
        """Wait for the end of a film's trip; returns the state it ended in."""
        state = "SELECT state FROM sightings_trip WHERE id = ? AND state NOT IN ('waiting', 'reading')"
        self.wait(lambda: self.ask(state, self.trip_of(film)), f"the end of {film.name}")
        return str(self.ask(state, self.trip_of(film))[0][0])


def alive(pid: int) -> bool:
    """A process that has ended but was not yet waited for (a zombie) counts as gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
