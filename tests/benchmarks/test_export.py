"""How fast the whole log streams in each format, and what memory that takes. Run: python -m pytest -m benchmark -s

EXPORT_DATA_DIR names a log that is there already, such as one of `manage.py seed_demo`; PLATELOG_TOKEN opens it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import ROOT
from tests.faults.test_up import free_port

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not os.environ.get("EXPORT_DATA_DIR"), reason="EXPORT_DATA_DIR names no log"),
]
FORMATS = ("csv", "geojson", "platerec", "openalpr", "frigate", "jsonl", "kml", "gpx")


@pytest.fixture(scope="module")
def web() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "anpr_site.asgi:application", "--port", str(port)]
    environment = {**os.environ, "DATA_DIR": os.environ["EXPORT_DATA_DIR"], "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            break
        except OSError:
            time.sleep(0.2)
    yield process, address
    process.kill()
    process.wait()


def memory_mib(pid: int) -> float:
    """Of its own, without what it has mapped of files: SQLite's pages are the system's to take back."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


def cpu_s(pid: int) -> float:
    """What the process has used so far: on a machine that others use too, it says more than the clock."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("kind", FORMATS)
def test_all_of_it(web: tuple[subprocess.Popen[bytes], str], kind: str) -> None:
    process, address = web
    headers = {"Authorization": f"Token {os.environ['PLATELOG_TOKEN']}"}
    asked = urllib.request.Request(f"{address}/api/v1/sightings/?format={kind}", headers=headers)
    before, most, size, rows, begun = memory_mib(process.pid), 0.0, 0, 0, time.perf_counter()
    used = cpu_s(process.pid)
    marks = {"csv": b"\n", "geojson": b'"type": "Feature"', "frigate": b'"type": "lpr"', "jsonl": b"\n"}
    mark = (marks | {"kml": b"<Placemark", "gpx": b"<wpt"}).get(kind, b'"version"')
    with urllib.request.urlopen(asked, timeout=600) as answer:
        while piece := answer.read(4 * 1024**2):
            size, rows = size + len(piece), rows + piece.count(mark)
            most = max(most, memory_mib(process.pid))
    took, used = time.perf_counter() - begun, cpu_s(process.pid) - used
    print(f"\n{kind}: about {rows} rows, {size / 1e6:.0f} MB in {took:.0f} s, {rows / took:.0f} rows/s")
    print(f"{used:.1f} s of CPU: {rows / used:.0f} rows a second of it")
    print(f"memory of the web process: {before:.0f} MiB before, {most:.0f} MiB at most")
    assert rows
