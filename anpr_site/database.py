"""What DATABASE_URL says, for Django."""

from __future__ import annotations

from typing import Any

import dj_database_url


def settings_of(url: str, most: int) -> dict[str, Any]:
    """With a pool of at most so many connections where it names PostgreSQL.

    Under ASGI each request runs in a thread of its own: a connection that is kept for the next request stays behind
    with that thread, and fifty readers at once used up the server's hundred within seconds.
    """
    told: dict[str, Any] = dict(dj_database_url.parse(url, conn_health_checks=True))
    if told["ENGINE"] == "django.db.backends.postgresql":
        told["OPTIONS"] = {**told.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": most, "timeout": 30}}
    return told
