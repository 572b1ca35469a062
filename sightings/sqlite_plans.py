"""What SQLite's planner should know of a large log.

It knows nothing by itself, and then takes an index by fleet, which holds everything, for as good as one by plate or
trip: seconds instead of milliseconds. `ANALYZE` would have to be run again as the log grows, and locks it meanwhile; so
the statistics it would gather are written down instead, as they are in a fleet of a million sightings. PostgreSQL
gathers its own.
"""

from __future__ import annotations

import math
from typing import Any

from django.db import connections

TABLE = "sightings_sighting"
ROWS = 1_000_000
# By column: how many values there are. What is not named here is as good as unique.
VALUES = {
    "fleet_id": 1, "plate_id": 250_000, "trip_id": 2000, "video_id": 10_000, "run_id": 10_000, "h3_r7": 2000,
    "review_state": 4, "flagged": 2, "confidence": 10_000, "region": 10, "first_seen_s": 1000,
}  # fmt: skip
# Rows of indexes that hold only some. That by time holds all, but region and place too: the planner does not count what
# it saves by looking up no row outside an area, so it is told of fewer.
PARTIAL = {"sighting_flagged": 4000, "sighting_review_queue": 70_000, "sighting_by_time": ROWS // 4}


def write_statistics(*, using: str, **_: Any) -> None:
    """Write the statistics of all indexes of the log anew; after `migrate`, which may have made others."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA index_list({TABLE})")
        indexes = [row[1] for row in cursor.fetchall()]
        if not indexes:
            return
        cursor.execute("ANALYZE django_migrations")  # makes the table of statistics, if there is none
        cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl = %s", [TABLE])
        for index in indexes:
            cursor.execute(f"PRAGMA index_info({index})")
            columns = [row[2] for row in cursor.fetchall()]
            cursor.execute("INSERT INTO sqlite_stat1 VALUES (%s, %s, %s)", [TABLE, index, statistics(index, columns)])
        cursor.execute("ANALYZE sqlite_schema")  # read by this connection too


def statistics(index: str, columns: list[str]) -> str:
    """The rows of an index, and how many of them agree in its first column, in its first two, and so on."""
    rows = PARTIAL.get(index, ROWS)
    values = [math.prod(VALUES.get(column, rows) for column in columns[: count + 1]) for count in range(len(columns))]
    return " ".join(str(number) for number in (rows, *(max(1, rows // value) for value in values)))
