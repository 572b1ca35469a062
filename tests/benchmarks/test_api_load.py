"""Many readers of the API at once, on the site as `manage.py up` starts it. Run: python -m pytest -m benchmark -s

API_LOAD_SIGHTINGS (100000), API_LOAD_SECONDS (20) and API_LOAD_READERS (50) say how much; API_LOAD_DATA_DIR names a log
of `manage.py seed_demo` that is there already. With DATABASE_URL and REDIS_URL set, those are read instead of SQLite.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.faults.site import ROOT
from tests.faults.test_up import Up, free_port

pytestmark = pytest.mark.benchmark

SIGHTINGS = os.environ.get("API_LOAD_SIGHTINGS", "100000")
SECONDS = float(os.environ.get("API_LOAD_SECONDS", "20"))
READERS = int(os.environ.get("API_LOAD_READERS", "50"))
DATA_DIR = os.environ.get("API_LOAD_DATA_DIR", "")
SERVICES = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
API = "/api/v1"


def manage(folder: Path, *words: str) -> str:
    environment = {**os.environ, "DATA_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    folder = Path(DATA_DIR) if DATA_DIR else tmp_path / "data"
    if not DATA_DIR:
        manage(folder, "migrate", "--verbosity", "0")
        manage(folder, "seed_demo", "--sightings", SIGHTINGS, "--crops", "0")
    started = Up(folder, free_port(), {"RATE_LIMIT_TOKEN": "0", "PLATE_READER": "no", **SERVICES})
    started.wait_open()
    yield started
    started.kill_all()


class Reader:
    """One program with one connection that it keeps."""

    def __init__(self, port: int, token: str) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Token {token}"}

    def get(self, path: str) -> tuple[int, bytes]:
        self.wire.request("GET", path, headers=self.headers)
        answer = self.wire.getresponse()
        return answer.status, answer.read()

    def told(self, path: str) -> Any:
        status, body = self.get(path)
        assert status == 200, body[:300]
        return json.loads(body)


class Asking:
    """What readers ask for: of each kind, addresses that are drawn from what is in the log."""

    def __init__(self, reader: Reader) -> None:
        pages = [reader.told(f"{API}/sightings/?page_size=100&ordering={order}") for order in ("-id", "id")]
        rows = [row for page in pages for row in page["results"]]
        self.plates = sorted({row["plate"] for row in rows if row["plate"]})
        self.keys = [row["id"] for row in rows]
        self.kept = sorted({row["plate_id"] for row in rows if row["plate_id"]})
        self.times = sorted(row["timestamp"] for row in rows if row["timestamp"])
        self.places = [row["gps"] for row in rows if row["gps"]]
        self.kinds: dict[str, Callable[[random.Random], str]] = {
            "newest": lambda _: "/sightings/",
            "a week, certain": lambda by: f"/sightings/?from={self._day(by)}&min_confidence=0.9&ordering=-timestamp",
            "one region": lambda by: f"/sightings/?region=ro&page_size={by.choice((20, 50, 100))}",
            "a plate": lambda by: f"/sightings/?plate={quote(by.choice(self.plates))}",
            "a pattern": lambda by: f"/sightings/?plate={quote(by.choice(self.plates)[:4])}*",
            "search": lambda by: f"/plates/search/?q={quote(by.choice(self.plates))}",
            "a sighting": lambda by: f"/sightings/{by.choice(self.keys)}/",
            "a plate's story": lambda by: f"/plates/{by.choice(self.kept)}/history/",
            "trips": lambda _: "/trips/",
            "places in a box": lambda by: f"/sightings/places/?zoom=13&bbox={self._box(by)}",
            "GeoJSON, a week": lambda by: f"/sightings/?format=geojson&bbox={self._box(by)}&{self._week(by)}",
        }

    def _day(self, by: random.Random) -> str:
        return str(by.choice(self.times))[:10]

    def _week(self, by: random.Random) -> str:
        first = date.fromisoformat(self._day(by))
        return f"from={first}&to={first + timedelta(days=7)}"

    def _box(self, by: random.Random) -> str:
        at = by.choice(self.places)
        return f"{at['lon'] - 0.02},{at['lat'] - 0.02},{at['lon'] + 0.02},{at['lat'] + 0.02}"


def share(times: list[float], part: float) -> float:
    return 1000 * sorted(times)[min(len(times) - 1, int(len(times) * part))]


def test_fifty_readers_at_once(up: Up) -> None:
    token = manage(up.folder, "create_token", "--user", "demo-manager")
    with closing(Reader(up.port, token).wire):
        asking = Asking(Reader(up.port, token))
    took: dict[str, list[float]] = defaultdict(list)
    wrong: Counter[str] = Counter()
    begin = threading.Barrier(READERS)
    until = time.monotonic() + SECONDS

    def read(number: int) -> None:
        by, reader = random.Random(number), Reader(up.port, token)
        begin.wait()
        following = f"{API}/sightings/"
        while time.monotonic() < until:
            kind = by.choice([*asking.kinds, "the next page"])
            path = following if kind == "the next page" else API + asking.kinds[kind](by)
            at = time.perf_counter()
            try:
                status, body = reader.get(path)
            except (OSError, http.client.HTTPException) as error:
                wrong[f"{kind}: {type(error).__name__}"] += 1
                reader = Reader(up.port, token)
                continue
            took[kind].append(time.perf_counter() - at)
            if status != 200:
                wrong[f"{kind}: {status}"] += 1
            elif kind in ("newest", "the next page"):
                told = urlsplit(json.loads(body)["next"] or "")
                following = f"{told.path}?{told.query}" if told.path else f"{API}/sightings/"

    threads = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    span = time.monotonic() - begun
    every = [one for times in took.values() for one in times]
    print(f"\n{READERS} readers, {span:.0f} s: {len(every)} answers, {len(every) / span:.0f}/s, {wrong.total()} errors")
    for kind, times in [("all", every), *sorted(took.items())]:
        p50, p95, p99 = (share(times, part) for part in (0.5, 0.95, 0.99))
        print(f"{kind:18} {len(times):6}   p50 {p50:6.0f} ms   p95 {p95:6.0f} ms   p99 {p99:6.0f} ms")
    assert not wrong, wrong
