"""Secrets that nobody was asked for: made on first use, kept in a file that its owner alone can read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What this file holds; where there is none yet, what `make` returns is kept in it."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    own.unlink(missing_ok=True)
    own.touch(mode=0o600, exist_ok=False)
    own.write_bytes(make())
    try:
        os.link(own, path)  # fails where another process was first: what it made counts
    except FileExistsError:
        pass
    finally:
        own.unlink()
    return path.read_bytes()
