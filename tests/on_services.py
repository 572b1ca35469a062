"""Run pytest on PostgreSQL and a Redis server, passing the arguments on; say so and succeed where neither answers.

DATABASE_URL and REDIS_URL are used as given; without them the usual local addresses are tried.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable

import psycopg
import redis

POSTGRESQL = (
    f"postgresql://{getpass.getuser()}@127.0.0.1:5432/test",
    "postgresql://postgres@127.0.0.1:5432/postgres",
)
REDIS = ("redis://127.0.0.1:6379/0",)


def postgresql_answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url, socket_connect_timeout=3).ping())
    except redis.RedisError:
        return False


def first_that(answers: Callable[[str], bool], given: str | None, usual: tuple[str, ...]) -> str | None:
    return next(filter(answers, (given,) if given else usual), None)


def main() -> None:
    database = first_that(postgresql_answers, os.environ.get("DATABASE_URL"), POSTGRESQL)
    broker = first_that(redis_answers, os.environ.get("REDIS_URL"), REDIS)
    if database is None or broker is None:
        missing = " and no ".join(name for name, url in (("PostgreSQL", database), ("Redis", broker)) if url is None)
        sys.stdout.write(f"Skipped: no {missing} answers here; set DATABASE_URL and REDIS_URL to run these tests.\n")
        return
    os.environ |= {"DATABASE_URL": database, "REDIS_URL": broker}
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[1:]])


if __name__ == "__main__":
    main()
