"""Every address of the API × every caller. The addresses come from the URL table: a new one without a row fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient
from rest_framework.views import APIView

from sightings.models import Scope, Sighting, User
from tests.sightings.api.permission_rows import ROWS, Row
from tests.sightings.api.world import CELL, Keys, build

pytestmark = pytest.mark.django_db
METHODS = ("get", "head", "post", "put", "patch", "delete")
# What the world's rows of Northwind carry: neither another fleet nor a token without plates:reveal may ever see it.
PLATES = re.compile(r"B99BNX|B77XYZ|B70XYZ|B1[1-5]AAA|B02OLD|B02NEW|B0ZZZ")


def endpoints(patterns: Any = None, before: str = "") -> Iterator[tuple[str, str]]:
    """(`METHOD name`, address with its words in braces) of all views of the API."""
    for pattern in patterns or get_resolver().url_patterns:
        route = before + re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>|[\^$]", _word, str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and pattern.name and _is_api(pattern):
            for method in _methods(pattern.callback):
                yield f"{method.upper()} {pattern.name}", f"/{route}"


def _word(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    return f"{{{name}}}" if name else ""


def _is_api(pattern: URLPattern) -> bool:
    view = getattr(pattern.callback, "cls", None)
    return isinstance(view, type) and issubclass(view, APIView)


def _methods(callback: Any) -> list[str]:
    actions = getattr(callback, "actions", None)
    return [method for method in METHODS if (method in actions if actions else hasattr(callback.cls, method))]


ADDRESSES = {name: route for name, route in endpoints() if not name.startswith("HEAD ") or name in ROWS}
SCOPES: list[str] = list(Scope.values)


def test_every_address_and_method_has_a_row_and_every_row_an_address() -> None:
    assert set(ADDRESSES) == set(ROWS)


@pytest.fixture
def world(sighting: Sighting, alice: User, monkeypatch: pytest.MonkeyPatch) -> Keys:
    monkeypatch.setattr("sightings.plate_reader.ask", lambda *_: {"plates": [], "processing_ms": 1.0})
    return build(sighting, alice)


def callers(row: Row) -> Iterator[tuple[str, str, list[str] | None, int]]:
    """Name, person, scopes (None: a token with all of them), and the status that they are answered."""
    for person, status in (("dora", row.viewer), ("bob", row.reviewer), ("alice", row.manager)):
        yield person, person, None, status
    yield "another fleet's manager", "charlie", None, row.outsider
    needed = set(row.scopes or ())
    for scope in SCOPES:
        yield f"only {scope}", "alice", [scope], row.manager if needed <= {scope} else 403
        if scope in needed:
            yield f"all but {scope}", "alice", [one for one in SCOPES if one != scope], 403
    yield "just enough", "alice", sorted(needed), row.manager


@pytest.mark.parametrize("name", sorted(ROWS))
def test_each_caller_is_answered_as_the_table_says(
    name: str, world: Keys, api_as: Callable[..., APIClient], request: pytest.FixtureRequest, charlie: User
) -> None:
    row = ROWS[name]
    send = sender(name, row, world)
    anonymous = send(APIClient()).status_code
    if row.scopes is None:
        assert anonymous == 200
        return
    assert anonymous == 401
    for caller, person, scopes, expected in callers(row):
        point = transaction.savepoint()
        answer = send(api_as(request.getfixturevalue(person), scopes))
        body = b"" if answer.streaming else answer.content
        transaction.savepoint_rollback(point)
        assert (caller, answer.status_code) == (caller, expected), body[:300]
        if person == "charlie" or (scopes is not None and Scope.PLATES_REVEAL not in scopes):
            shown = [plate for plate in PLATES.findall(body.decode()) if plate not in f"{row.query}{row.body}"]
            assert not shown, f"{caller} is shown a plate"


def sender(name: str, row: Row, world: Keys) -> Callable[[APIClient], Any]:
    """The request of a row, to be sent by one caller after the other."""
    method, _, view = name.partition(" ")
    words = usual_words(view, world) | {word: filled(key, world) for word, key in row.at.items()}
    where = ADDRESSES[name].format(**words) + (f"?{row.query}" if row.query else "")

    def send(client: APIClient) -> Any:
        more: dict[str, Any] = {"headers": dict(row.headers)}
        if row.file:
            return client.post(where, {"file": SimpleUploadedFile(row.file, b"<gpx/>")}, format="multipart", **more)
        if row.content_type != "application/json":
            return client.generic(method, where, "0123", content_type=row.content_type, **more)
        body = None if method in ("GET", "HEAD") else filled(dict(row.body), world)
        return getattr(client, method.lower())(where, body, **more)

    return send


def usual_words(view: str, world: Keys) -> Keys:
    """`pk` of trip-detail is the world's trip, and so on."""
    other = {"correction-batch": "batch", "watch-entry": "entry", "reprocess": "job"}
    kind = next((key for start, key in other.items() if view.startswith(start)), view.partition("-")[0])
    upload = world["failed_upload" if view == "upload-retry" else "upload"]
    return {"pk": world.get(kind), "upload_id": upload, "cell": CELL}


def filled(value: Any, world: Keys) -> Any:
    if isinstance(value, dict):
        return {name: filled(item, world) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, world) for item in value]
    return world[value[1:]] if isinstance(value, str) and value.startswith("$") else value
