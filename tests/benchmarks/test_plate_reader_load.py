"""/v1/plate-reader/ under three times its capacity: quick refusals, right answers. Run: pytest -m benchmark -s

The whole site runs, with the networks that ship: web, Redis, one reader, and the idle workers beside them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from tests.faults.site import ROOT
from tests.faults.test_up import Up, free_port

datasets_drawn = pytest.importorskip("recognition.training.datasets_drawn")
pytestmark = pytest.mark.benchmark

SECONDS, ALONE, TIMES = 20.0, 10, 3
NETWORKS = {"READER_FACTORY": "recognition.pipeline.load_reader", "RATE_LIMIT_TOKEN": "0"}
Answer = tuple[float, int, Any]  # seconds it took, status, body


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    started = Up(tmp_path / "data", free_port(), NETWORKS)
    started.wait_open()
    yield started
    started.kill_all()


def send(up: Up, token: str, picture: bytes) -> Answer:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="upload"; filename="a.jpg"\r\n\r\n' + picture + b"\r\n--x--\r\n"
    )
    headers = {"Authorization": f"Token {token}", "Content-Type": "multipart/form-data; boundary=x"}
    asked = urllib.request.Request(f"http://127.0.0.1:{up.port}/v1/plate-reader/", form, headers)
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            status, body = answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        status, body = error.code, json.load(error)
    return time.perf_counter() - begun, status, body


def plates(answer: Answer) -> list[str]:
    return [one["plate"] for one in answer[2]["results"]]


def told(name: str, answers: list[Answer]) -> None:
    times = sorted(1000 * took for took, _, _ in answers)
    p95 = times[int(len(times) * 0.95)] if times else 0.0
    print(f"{name}: {len(times)}; p50 {statistics.median(times or [0.0]):.0f} ms, p95 {p95:.0f} ms")


def test_three_times_what_it_can_read(up: Up) -> None:
    make = [sys.executable, "manage.py", "create_token", "--user", "admin"]
    environment = {**os.environ, "DATA_DIR": str(up.folder)}
    token = subprocess.run(make, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout.strip()
    scene = next(scene.image for scene in datasets_drawn.drawn_pictures(20, 1))
    picture = cv2.imencode(".jpg", scene)[1].tobytes()
    while send(up, token, picture)[1] == 503:
        time.sleep(0.5)  # the reader is still loading
    alone = [send(up, token, picture) for _ in range(ALONE)]
    assert {status for _, status, _ in alone} == {201}
    pace = ALONE / sum(took for took, _, _ in alone)
    answers: list[Answer] = []
    threads = []
    for number in range(int(SECONDS * TIMES * pace)):
        thread = threading.Thread(target=lambda: answers.append(send(up, token, picture)))
        threads.append(thread)
        thread.start()
        time.sleep(max(0.0, 1 / (TIMES * pace) if number else 0.0))
    for thread in threads:
        thread.join()
    size = f"{scene.shape[1]} × {scene.shape[0]}"
    print(f"\nalone: {pace:.1f} pictures/s of {size}; then {TIMES} times as many for {SECONDS:.0f} s")
    read, refused = ([one for one in answers if one[1] == status] for status in (201, 503))
    told("read (201)", read)
    told("refused (503)", refused)
    assert len(read) + len(refused) == len(answers) == len(threads)
    assert refused
    assert {one[2]["code"] for one in refused} == {"reader_busy"}
    assert all(plates(one) == plates(alone[0]) for one in read)
