from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from anpr_site.processes import Part, stop_all

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_part_that_dies_is_started_again() -> None:
    part = Part("sleeper", SLEEP)
    part.tend()
    assert part.process is not None
    first = part.process.pid
    part.process.kill()
    wait_for(lambda: (part.tend(), part.running() and part.process and part.process.pid != first)[1])
    stop_all([part], 5.0)
    assert not part.running()


def test_a_part_that_keeps_dying_is_started_ever_more_rarely() -> None:
    part = Part("quitter", [sys.executable, "-c", "raise SystemExit(3)"])
    said: list[str] = []

    def told_twice() -> bool:
        said.extend(filter(None, [part.tend()]))
        return len(said) >= 2

    wait_for(told_twice)
    assert "exit status 3" in said[0]
    assert "in 0.5 s" in said[0]
    assert "in 1 s" in said[1]


def test_one_that_runs_once_lets_the_next_one_go_only_if_it_ended_well(tmp_path: Path) -> None:
    good = Part("good", [sys.executable, "-c", "pass"], once=True)
    bad = Part("bad", [sys.executable, "-c", "raise SystemExit(1)"], once=True)
    after_good = Part("after good", [sys.executable, "-c", "pass"], once=True, after=good, then=(tmp_path / "x").touch)
    after_bad = Part("after bad", SLEEP, once=True, after=bad)
    parts = [after_good, after_bad, good, bad]
    wait_for(lambda: ([part.tend() for part in parts], after_good.over and bad.over)[1])
    assert (tmp_path / "x").exists()
    assert after_bad.process is None


def test_what_does_not_stop_is_killed() -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    part = Part("stubborn", [sys.executable, "-c", stubborn])
    part.start()
    stop_all([part], 0.3)
    assert not part.running()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is asked for on Linux")
def test_a_part_does_not_outlive_a_killed_supervisor() -> None:
    program = (
        "import sys, time; from anpr_site.processes import Part\n"
        f"part = Part('sleeper', {SLEEP!r}); part.start(); print(part.process.pid, flush=True); time.sleep(60)"
    )
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    wait_for(lambda: not _alive(child))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
