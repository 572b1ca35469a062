"""Work is started by task name, after commit, so that nobody who asks for work imports what does it."""

from __future__ import annotations

import logging
from functools import partial
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import ChannelError, OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

Queue = Literal["ingest", "read", "light", "render", "evidence"]


def enqueue(name: str, *, queue: Queue, **ids: int | str) -> None:
    """Send a task once the transaction has committed; ids only.

    A broker that is down at that moment loses nothing: the row says what is to be done, and the sweep sends it again.
    """
    transaction.on_commit(partial(send, name, queue, ids))


def send(name: str, queue: Queue, ids: dict[str, int | str]) -> bool:
    """Send at once; False where the broker did not take it."""
    try:
        import_string(settings.CELERY_APP).send_task(name, kwargs=ids, queue=queue, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("%s %s was not queued, the sweep will send it: %s", name, ids, error)
        return False
    return True


def waiting(queue: Queue) -> int:
    """How many messages wait in a queue, those that a worker holds not counted; 0 where the broker does not answer."""
    try:
        with import_string(settings.CELERY_APP).connection_for_write() as connection:
            return int(connection.default_channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:
        return 0  # an empty list does not exist in Redis
    except (OperationalError, RedisError, OSError) as error:
        log.warning("the broker does not answer: %s", error)
        return 0


def a_worker_answers() -> bool:
    """Whether any worker is listening at this moment."""
    try:
        return bool(import_string(settings.CELERY_APP).control.ping(timeout=2.0))
    except (OperationalError, RedisError, OSError):
        return False
