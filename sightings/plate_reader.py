"""Pictures that wait in Redis for a warm reader, and its answers for those who asked. Neither side sees pixels here.

At most PLATE_READER_QUEUE pictures wait: whoever comes then is told so at once. A picture is gone when the one who
asked has given up, so a reader never works for nobody.
"""

from __future__ import annotations

import functools
import json
import uuid
from dataclasses import dataclass
from typing import Any, cast

import redis
from django.conf import settings

from sightings.errors import ReaderAway, ReaderBusy, ReaderSlow

PREFIX = "platelog:plate-reader:"
WAITING, ALIVE = f"{PREFIX}waiting", f"{PREFIX}alive"
ALIVE_S = 30  # a reader that has not asked for work for so long is gone; no picture takes that long
# Nobody comes between the look at the queue's length and the joining of it.
_JOIN = """
if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return redis.call('RPUSH', KEYS[1], ARGV[4])
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture as it was sent, and the region that its plates are likely of, if one was named."""

    key: str
    picture: bytes
    region: str


def ask(picture: bytes, region: str = "") -> dict[str, Any]:
    """What a reader answers. Raises ReaderBusy, ReaderSlow, ReaderAway."""
    try:
        return _ask(_client(settings.REDIS_URL), uuid.uuid4().hex, picture, region)
    except (redis.RedisError, OSError) as error:
        raise ReaderAway from error


def _ask(client: redis.Redis, key: str, picture: bytes, region: str) -> dict[str, Any]:
    if not client.exists(ALIVE):
        raise ReaderAway
    wait_s = settings.PLATE_READER_SECONDS
    sent = region.encode() + b"\n" + picture
    limits: list[Any] = [settings.PLATE_READER_QUEUE, sent, int(wait_s * 1000), key]
    if not client.eval(_JOIN, 2, WAITING, _picture(key), *limits):
        raise ReaderBusy
    answered = cast("tuple[bytes, bytes] | None", client.blpop([_answer(key)], timeout=wait_s))
    if answered is None:
        client.lrem(WAITING, 0, key)
        client.delete(_picture(key))
        raise ReaderSlow
    return cast("dict[str, Any]", json.loads(answered[1]))


def take(wait_s: float = 2.0) -> Asked | None:
    """The picture that has waited longest; None where none came in time, or who sent it has gone."""
    client = _client(settings.REDIS_URL)
    client.set(ALIVE, 1, ex=ALIVE_S)
    popped = cast("tuple[bytes, bytes] | None", client.blpop([WAITING], timeout=wait_s))
    if popped is None:
        return None
    key = popped[1].decode()
    sent = cast("bytes | None", client.getdel(_picture(key)))
    if sent is None:
        return None
    region, _, picture = sent.partition(b"\n")
    return Asked(key, picture, region.decode())


def answer(asked: Asked, words: dict[str, Any]) -> None:
    """Tell the one who waits; the answer is dropped where nobody does."""
    with _client(settings.REDIS_URL).pipeline() as both:
        both.rpush(_answer(asked.key), json.dumps(words))
        both.expire(_answer(asked.key), ALIVE_S)
        both.execute()


def _picture(key: str) -> str:
    return f"{PREFIX}picture:{key}"


def _answer(key: str) -> str:
    return f"{PREFIX}answer:{key}"


@functools.cache
def _client(url: str) -> redis.Redis:
    # It must be more patient than the longest wait for an answer.
    patience_s = settings.PLATE_READER_SECONDS + 5.0
    return redis.Redis.from_url(url, socket_timeout=patience_s, socket_connect_timeout=4)
