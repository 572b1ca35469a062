"""How much a caller may ask for: so many calls a minute, counted in Redis, so that all web processes count together.

A program is counted by its token, a person by their account. Windows are whole minutes of the clock.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from sightings.models import ApiToken

log = logging.getLogger(__name__)
WINDOW_S = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands in the minute that runs."""

    limit: int
    used: int
    reset_s: int  # until the next minute

    @property
    def headers(self) -> dict[str, str]:
        left = max(0, self.limit - self.used)
        names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
        return dict(zip(names, map(str, (self.limit, left, self.reset_s)), strict=True))


class PerMinute(BaseThrottle):
    """RATE_LIMIT_TOKEN calls of a token, RATE_LIMIT_USER of a session. Without Redis nobody is held back."""

    def __init__(self) -> None:
        self.standing: Standing | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        limit = settings.RATE_LIMIT_TOKEN if isinstance(request.auth, ApiToken) else settings.RATE_LIMIT_USER
        if not limit or not request.user.is_authenticated:
            return True
        try:
            self.standing = _count(caller_of(request), limit)
        except (RedisError, OSError) as error:
            log.warning("calls are not counted, Redis does not answer: %s", error)
            return True
        request.standing = self.standing  # type: ignore[attr-defined]
        return self.standing.used <= limit

    def wait(self) -> float | None:
        return float(self.standing.reset_s) if self.standing else None


def caller_of(request: Request) -> str:
    """A name for the token or the person."""
    return f"token:{request.auth.pk}" if isinstance(request.auth, ApiToken) else f"user:{request.user.pk}"


def _count(caller: str, limit: int) -> Standing:
    now = time.time()
    window, into = divmod(int(now), WINDOW_S)
    cache, key = caches["shared"], f"calls:{caller}:{window}"
    cache.add(key, 0, 2 * WINDOW_S)
    return Standing(limit, cache.incr(key), WINDOW_S - into)


def tell(request: Request, response: Response) -> None:
    """Let the caller know where they stand."""
    standing = getattr(request, "standing", None)
    if isinstance(standing, Standing):
        for name, value in standing.headers.items():
            response.setdefault(name, value)
