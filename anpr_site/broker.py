"""Where Redis is: the one that REDIS_URL names, or our own on a private UNIX socket under the data folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

LONGEST_SOCKET = 100  # bytes; the kernel allows 107


def socket_path(data_dir: Path) -> Path:
    """The socket of the embedded Redis of this data folder: the same answer in every process.

    A folder too deep for a socket's short name gets one under the system's temporary folder.
    """
    path = data_dir / "redis" / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"platelog-{os.getuid()}-{digest}" / "redis.sock"


def redis_url(given: str, data_dir: Path) -> str:
    """As redis-py understands it."""
    return given or f"unix://{socket_path(data_dir)}"


def celery_url(url: str) -> str:
    """The same place as kombu understands it."""
    return url.replace("unix://", "redis+socket://", 1)


def channel_layer(url: str) -> dict[str, Any]:
    """CHANNEL_LAYERS's default. Without `socket_timeout: None` redis-py 8 gives up a quiet websocket after 5 s."""
    host = {"address": url, "socket_timeout": None, "socket_connect_timeout": 5}
    return {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [host], "prefix": "platelog", "capacity": 500, "expiry": 30},
    }
