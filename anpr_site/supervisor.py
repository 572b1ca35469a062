"""What `manage.py up` runs: Redis if it is ours, web, workers and beat, as one thing that starts and stops."""

from __future__ import annotations

import fcntl
import io
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from django.conf import settings

from anpr_site import broker, embedded_redis
from anpr_site.processes import Part, stop_all

__all__ = ["CannotStart", "Part", "Supervisor", "child_environment"]

LOOK_EVERY_S = 0.2
GRACE_S = 4.0  # for all parts together, then for Redis; what is killed after it loses nothing


class CannotStart(Exception):
    """Something outside stands in the way; the message says what, and what to do."""


class Supervisor:
    """Starts the parts, keeps them running, and stops them in order."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._redis: Part | None = None
        self._parts: list[Part] = []
        self._stopping = False
        self._lock: io.TextIOWrapper | None = None

    def check(self) -> None:
        """Raises CannotStart where another one runs on the same data, or the port is taken."""
        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
        self._lock = (Path(settings.DATA_DIR) / "up.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(f"The site is already running with the data folder {settings.DATA_DIR}.") from error
        with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise CannotStart(
                    f"Port {self.port} of {self.host} cannot be used ({error.strerror}). "
                    "Stop the program that has it, or choose another one with --port."
                ) from error

    def catch_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def start_redis(self) -> None:
        """Raises CannotStart where there is no Redis, neither ours nor the configured one."""
        if settings.REDIS_IS_OURS:
            path = broker.socket_path(settings.DATA_DIR)
            try:
                self._redis = embedded_redis.part(path, Path(settings.DATA_DIR) / "redis")
            except embedded_redis.NoServer as error:
                raise CannotStart(str(error)) from error
            self._redis.start()
        if not embedded_redis.wait_until_it_answers(settings.REDIS_URL):
            log = f" Its log is {settings.DATA_DIR / 'redis' / 'redis.log'}." if self._redis else ""
            raise CannotStart(f"Redis does not answer at {_without_password(settings.REDIS_URL)}.{log}")

    def run(self, also: list[Part], when_up: Callable[[], None]) -> None:
        """Until a signal comes. `also` are processes that run once beside the others."""
        self._parts = [*standard_parts(self.host, self.port), *also]
        told = False
        while not self._stopping:
            for part in ([self._redis] if self._redis else []) + self._parts:
                if (news := part.tend()) and not self._stopping:
                    print(news, file=sys.stderr, flush=True)
            if not told and self._answers():
                told = True
                when_up()
            time.sleep(LOOK_EVERY_S)

    def _answers(self) -> bool:
        try:
            socket.create_connection((self.host, self.port), timeout=0.5).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Everything that uses Redis first, then Redis."""
        # Ctrl-C again, or the group's second signal, must not break this off half-way.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop_all(self._parts, GRACE_S)
        if self._redis:
            stop_all([self._redis], GRACE_S)


def standard_parts(host: str, port: int) -> list[Part]:
    """The same programs that the services of docker/compose.yml are."""
    # As root, celery warns at length at every start.
    python = [sys.executable, "-W", "ignore:You're running the worker", "-m"]
    worker = [*python, "celery", "--app", "anpr_site", "--quiet", "worker", "--loglevel", "WARNING"]
    lean = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
    beat = [*python, "celery", "--app", "anpr_site", "--quiet", "beat", "--loglevel", "WARNING"]
    schedule = ["--schedule", str(Path(settings.DATA_DIR) / "beat-schedule"), "--pidfile", ""]
    web = [*python, "uvicorn", "anpr_site.asgi:application", "--host", host, "--port", str(port)]
    quiet = ["--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "2"]
    # Celery takes seconds over going at once. Workers are made to be killed: what is unfinished is taken up again.
    kill = signal.SIGKILL
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    watch = [Part("watch", [*manage, "watch"])]
    pictures = [Part("plate-reader", [*manage, "plate_reader"], kill)]
    return [
        Part("web", [*web, *quiet]),
        # Not `read`: what a file is and where it was driven is known while others are still being read. `light` comes
        # first, because the queues are served in this order, and its tasks take moments.
        Part("ingest", [*worker, "--queues", "light,ingest", "--hostname", "ingest@%h", *lean], kill),
        # A person waits for an evidence pack; what pages play in place of a recording is made when nothing is left to
        # read.
        Part("reader", [*worker, "--queues", "evidence,read,render", "--hostname", "read@%h", *lean], kill, nice=5),
        Part("beat", [*beat, *schedule]),
        *(pictures if settings.PLATE_READER else []),
        *(watch if settings.WATCH_FOLDER else []),
        *(_mqtt(manage) if settings.MQTT_URL else []),
    ]


def _mqtt(manage: list[str]) -> list[Part]:
    if find_spec("paho") is None:
        print("MQTT_URL is set, but nothing is published: pip install 'platelog[mqtt]'", file=sys.stderr, flush=True)
        return []
    return [Part("mqtt", [*manage, "publish_mqtt"])]


def child_environment() -> None:
    """What the parts inherit: the same data folder, whatever directory they run in."""
    os.environ["DATA_DIR"] = str(settings.DATA_DIR)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")]))


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://…@{tail}" if at else url
