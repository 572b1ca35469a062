"""Child processes that are restarted when they die, stopped in good time, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1  # Linux, prctl(2)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
HEALTHY_S = 20.0  # a process that lived for so long is restarted at once when it dies


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies, however that happens. Linux only; else nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(slots=True)
class Part:
    """One program that is to run all the time, or once."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    once: bool = False  # ends by itself, and is not started again
    nice: int = 0  # added to its niceness
    environment: Mapping[str, str] | None = None  # None: the supervisor's own
    after: Part | None = None  # not before this one has ended well
    then: Callable[[], object] | None = None  # called when it has ended well
    process: subprocess.Popen[bytes] | None = None
    over: bool = False  # ended, and not to be started again
    ended_well: bool = False
    _started_at: float = 0.0
    _wait_s: float = 0.0
    _next_at: float = field(default=0.0)

    def start(self) -> None:
        parent = os.getpid()

        def prepare() -> None:
            die_with_parent()
            if os.getppid() != parent:  # it died before the kernel was asked
                os._exit(1)
            if self.nice:
                os.nice(self.nice)

        # Same process group and the same output as the supervisor.
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, env=self.environment, preexec_fn=prepare
        )
        self._started_at = time.monotonic()

    def tend(self) -> str | None:
        """Start it if it should run and does not; returns what there is to say about that."""
        if self.process is None:
            if self._due():
                self.start()
            return None
        status = self.process.poll()
        if status is None:
            return None
        self.process = None
        if self.once:
            self.over, self.ended_well = True, status == 0
            if self.ended_well and self.then is not None:
                self.then()
            return None if self.ended_well else f"{self.name} failed (exit status {status})."
        lived = time.monotonic() - self._started_at
        self._wait_s = 0.0 if lived > HEALTHY_S else min(LONGEST_WAIT_S, max(FIRST_WAIT_S, self._wait_s * 2))
        self._next_at = time.monotonic() + self._wait_s
        return f"{self.name} ended (exit status {status}); it is started again in {self._wait_s:g} s."

    def _due(self) -> bool:
        waits = self.after is not None and not self.after.ended_well
        return not self.over and not waits and time.monotonic() >= self._next_at

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def stop_all(parts: Sequence[Part], grace_s: float) -> None:
    """Ask all to stop, at once; kill what has not stopped in time."""
    for part in parts:
        part.signal(part.stop_signal)
    deadline = time.monotonic() + grace_s
    while any(part.running() for part in parts) and time.monotonic() < deadline:
        time.sleep(0.05)
    for part in parts:
        part.signal(signal.SIGKILL)
    for part in parts:
        if part.process is not None:
            part.process.wait()
