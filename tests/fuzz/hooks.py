"""Loaded by schemathesis: our own check, and the one loosening of its checks."""

from __future__ import annotations

import itertools
import os
import re
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData

from tests.fuzz.marks import leaked

_count = itertools.count()
ALSO = tuple(filter(None, os.environ.get("FUZZ_OTHERS_UPLOADS", "").split(",")))


@schemathesis.serializer("application/offset+octet-stream")
def pieces(context: Any, value: Any) -> Any:
    """Bytes of an upload go out as they are."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.deserializer("text/csv")
def table(context: Any, response: Any) -> Any:
    """A table is a text, to the document."""
    return response.text


class OtherFleetShown(Failure):
    """Something of a fleet that the caller is no member of stands in an answer."""


@schemathesis.check
def no_other_fleet(ctx: Any, response: Any, case: Any) -> None:
    """Nothing of the other fleet, be it a plate, a name, a place or a key, unless the caller said it first."""
    asked = response.request
    body = asked.body.decode("utf-8", "replace") if isinstance(asked.body, bytes) else str(asked.body or "")
    url = unquote_plus(asked.url)
    # Twice: a word of the address may stand encoded in the address of the next page.
    sent = f"{url} {unquote_plus(url)} {body} {dict(asked.headers)}"
    answer = f"{unquote_plus(response.text)} {dict(response.headers)}"
    if found := leaked(answer, sent, ALSO):
        raise OtherFleetShown(
            operation=case.operation.label, title="Another fleet is shown", message=", ".join(sorted(found))
        )


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Another key for every call, or most would be answered with what was said to the first."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and 1 <= len(key) <= 190:
        case.headers["Idempotency-Key"] = f"{key}{next(_count)}"


@schemathesis.hook
def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
    """What is no failure here.

    No schema can say what a search means, which zones exist or what reads as a plate: such errors have codes of their
    own. What serializers refuse is `invalid`, and that the schema must say. In an address, an unknown word is passed
    over and an empty one counts as absent, because that is how browsers send forms. Nor does a schema know the ETag
    that If-Match must name. In a form there are no types: a number in it is a text like any other.
    """
    if isinstance(failure, RejectedPositiveData) and response.status_code == 412:
        return "If-Match" not in response.request.headers
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        return bool(response.json().get("code") == "invalid")
    if isinstance(failure, AcceptedNegativeData):
        form = response.request.headers.get("Content-Type", "").startswith("multipart/form-data")
        if form and set(re.findall(r"violates `(\w+)`", str(failure.message))) == {"type"}:
            return False
        if "in query - violates `additionalProperties`" in str(failure.message):
            return False
        if "in header - object with unexpected properties" in str(failure.message):
            return False  # HTTP has headers that no document names
        words = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
        told = re.search(r"parameters? ([`\w, -]+) in query", str(failure.message))
        named = re.findall(r"`([\w-]+)`", told[1]) if told else []
        return not (named and all(words.get(name) == [""] for name in named))
    return True
