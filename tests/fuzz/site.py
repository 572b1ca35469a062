"""A site for the fuzzer in a folder of its own: Redis, the web process, and a reader of single pictures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import redis

from anpr_site import embedded_redis
from anpr_site.broker import redis_url, socket_path
from anpr_site.processes import Part, stop_all
from tests.faults.site import ROOT, UNSET
from tests.faults.test_up import free_port, wait_for
from tests.on_services import POSTGRESQL, first_that, postgresql_answers, redis_answers

DATABASE = "platelog_fuzz"  # dropped and made anew
REDIS = "redis://127.0.0.1:6379/11"  # emptied
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "anpr_site.settings",
    "PYTHONPATH": str(ROOT),
    "RATE_LIMIT_TOKEN": "0",
    "RATE_LIMIT_USER": "0",
    "MAX_UPLOAD_BYTES": str(1024**2),
    "READER_FACTORY": "tests.flows.colored.load_reader",
}


class NoService(Exception):
    """PostgreSQL or Redis does not answer here."""


class FuzzSite:
    """Of one database, `sqlite` (with a Redis of its own) or `postgresql` (with the machine's)."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        self.environment = kept | SETTINGS | {"DATA_DIR": str(folder)}
        self.processes: list[subprocess.Popen[bytes]] = []
        self.log = folder / "site.log"
        self.redis: Part | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if database == "postgresql":
            self.environment |= {"DATABASE_URL": fresh_database(), "REDIS_URL": emptied(REDIS)}
        else:
            self.redis = embedded_redis.part(socket_path(folder), folder / "redis")

    def start(self) -> dict[str, Any]:
        """Returns what `world.make` tells."""
        if self.redis is not None:
            self.redis.start()
            assert embedded_redis.wait_until_it_answers(redis_url("", self.folder))
        world: dict[str, Any] = json.loads(self.run("-m", "tests.fuzz.world", "make"))
        web = ["-m", "uvicorn", "anpr_site.asgi:application", "--port", str(self.port), "--log-level", "warning"]
        for words in (web, ["manage.py", "plate_reader"]):
            command = [sys.executable, *words]
            with self.log.open("a") as log:  # every refusal is a line
                self.processes.append(subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log))
        wait_for(self._answers)
        return world

    def _answers(self) -> bool:
        asked = ["-c", f"import urllib.request as u; u.urlopen('{self.url}/readyz', timeout=5)"]
        return subprocess.run([sys.executable, *asked], capture_output=True, check=False).returncode == 0

    def admits(self, token: str) -> bool:
        """Whether the token still opens the log."""
        asked = Request(f"{self.url}/api/v1/trips/", headers={"Authorization": f"Token {token}"})
        try:
            with urlopen(asked, timeout=30) as answer:
                return bool(answer.status == 200)
        except HTTPError:
            return False

    def seen_by_others(self) -> str:
        return str(json.loads(self.run("-m", "tests.fuzz.world", "seen")))

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def faults(self) -> list[str]:
        """What the site's log says of errors, each with its traceback."""
        entries = re.split(r"(?m)^(?=\d{4}-\d\d-\d\d )", self.log.read_text("utf8", "replace"))
        return [entry for entry in entries if " ERROR " in entry or "Traceback" in entry]

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        if self.redis is not None:
            stop_all([self.redis], 3.0)


def fresh_database() -> str:
    """A new one on the server that DATABASE_URL names, or on this machine's. Raises NoService."""
    server = first_that(postgresql_answers, os.environ.get("DATABASE_URL"), POSTGRESQL)
    if server is None:
        raise NoService("PostgreSQL")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return f"{server.rpartition('/')[0]}/{DATABASE}"


def emptied(url: str) -> str:
    """Raises NoService."""
    if not redis_answers(url):
        raise NoService("Redis")
    redis.Redis.from_url(url).flushdb()
    return url
