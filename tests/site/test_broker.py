from __future__ import annotations

import os
from pathlib import Path

from anpr_site import broker


def test_without_a_redis_of_ones_own_the_embedded_one_is_used() -> None:
    assert broker.redis_url("", Path("/srv/log")) == "unix:///srv/log/redis/redis.sock"
    assert broker.celery_url("unix:///srv/log/redis/redis.sock") == "redis+socket:///srv/log/redis/redis.sock"


def test_a_configured_redis_is_taken_as_it_is() -> None:
    assert broker.celery_url(broker.redis_url("redis://host:6379/0", Path("/srv"))) == "redis://host:6379/0"


def test_a_folder_too_deep_for_a_socket_gets_a_short_one_that_is_always_the_same() -> None:
    deep = Path("/") / "/".join(["a-rather-long-name"] * 8)
    path = broker.socket_path(deep)
    assert len(os.fsencode(path)) <= broker.LONGEST_SOCKET
    assert path == broker.socket_path(deep)
    assert path != broker.socket_path(deep / "other")


def test_a_quiet_websocket_is_not_given_up() -> None:
    host = broker.channel_layer("redis://host")["CONFIG"]["hosts"][0]
    assert host["socket_timeout"] is None
