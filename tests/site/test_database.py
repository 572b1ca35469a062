"""What DATABASE_URL becomes."""

from __future__ import annotations

from anpr_site.database import settings_of


def test_postgresql_is_reached_through_a_pool_so_that_threads_leave_no_connection_behind() -> None:
    told = settings_of("postgresql://me:secret@db:5432/log", 7)
    assert told["OPTIONS"]["pool"]["max_size"] == 7
    assert told["CONN_MAX_AGE"] == 0
    assert (told["HOST"], told["NAME"]) == ("db", "log")


def test_another_database_is_not() -> None:
    assert "pool" not in settings_of("sqlite:////tmp/log.sqlite3", 7).get("OPTIONS", {})
