"""A POST that is sent twice with the same `Idempotency-Key` is done once: the second is given the first one's answer.

Answers are kept for a day in Redis, per caller and address. Only those of success are: what failed changed nothing, and
may be tried again under its key.
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from django.core.cache import caches
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from sightings.api.limits import caller_of
from sightings.errors import PlatelogError

log = logging.getLogger(__name__)
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 200
KEPT_S = 24 * 3600
IN_PROGRESS_S = 120  # after so long a call that has not ended has died with its process


class IdempotencyKeyUnusable(PlatelogError):
    code = "idempotency_key_unusable"
    message = _("An Idempotency-Key has 1 to 200 characters.")


class IdempotencyBodyTooLarge(PlatelogError):
    code = "idempotency_body_too_large"
    status = 413
    message = _("This body is too large to be sent with an Idempotency-Key. Send it without one.")


class IdempotencyKeyReused(PlatelogError):
    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was used with another body. Use a new key for another call.")


class IdempotencyInProgress(PlatelogError):
    code = "idempotency_in_progress"
    status = 409
    retryable = True
    message = _("The first call with this Idempotency-Key has not ended yet. Ask again in a moment.")


class IdempotencyUnavailable(PlatelogError):
    code = "idempotency_unavailable"
    status = 503
    retryable = True
    message = _("Whether this call was made before cannot be told at the moment. Send it again with the same key.")


class Answered(Exception):
    """The call was made before, and this was its answer."""

    def __init__(self, response: Response) -> None:
        self.response = response


class Once:
    """One call under a key, from the moment that it is let in."""

    def __init__(self, request: Request, key: str) -> None:
        where = request.get_full_path()
        name = hashlib.sha256(f"{where}\n{key}".encode()).hexdigest()
        self._name = f"once:{caller_of(request)}:{name}"
        self._body = hashlib.sha256(_body(request)).hexdigest()

    def begin(self) -> None:
        """Raises Answered, IdempotencyKeyReused, IdempotencyInProgress, IdempotencyUnavailable."""
        try:
            if caches["shared"].add(self._name, {"body": self._body}, IN_PROGRESS_S):
                return
            kept: dict[str, Any] = caches["shared"].get(self._name) or {"body": self._body}
        except (RedisError, OSError) as error:
            raise IdempotencyUnavailable from error
        if kept["body"] != self._body:
            raise IdempotencyKeyReused
        if "status" not in kept:
            raise IdempotencyInProgress
        headers = {**kept["headers"], REPLAYED: "true"}
        raise Answered(Response(json.loads(kept["data"]), status=kept["status"], headers=headers))

    def end(self, response: Response) -> None:
        """Keep the answer, or let the key go. What was done is done: without Redis the key stays in progress."""
        try:
            if response.status_code >= 300:
                caches["shared"].delete(self._name)
                return
            headers = {name: response[name] for name in ("Location",) if name in response}
            data = JSONRenderer().render(response.data).decode() or "null"
            kept = {"body": self._body, "status": response.status_code, "data": data, "headers": headers}
            caches["shared"].set(self._name, kept, KEPT_S)
        except (RedisError, OSError) as error:
            log.warning("an answer was not kept under its key, Redis does not answer: %s", error)


def once(request: Request) -> Once | None:
    """The call's key, if it has one that counts. Raises IdempotencyKeyUnusable, IdempotencyBodyTooLarge."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not 1 <= len(key) <= LONGEST_KEY:
        raise IdempotencyKeyUnusable
    return Once(request, key)


def _body(request: Request) -> bytes:
    try:
        body: bytes = request.body
    except RequestDataTooBig as error:
        raise IdempotencyBodyTooLarge from error
    return body
