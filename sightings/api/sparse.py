"""`?fields=id,plate`: answers that carry no more than a program wants."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from sightings.errors import BadQuery

SPARSE_ACTIONS = ("list", "retrieve", "history", "observations")


def only_fields(request: Request, response: Response) -> Response:
    """Drop what was not asked for from a thing, or from each thing of a list. Raises BadQuery for unknown names."""
    named = [name.strip() for name in request.query_params.get("fields", "").split(",") if name.strip()]
    if not named or request.method != "GET" or response.status_code != 200:
        return response
    data: Any = response.data
    paged = isinstance(data, dict) and "results" in data
    rows = data["results"] if paged else data if isinstance(data, list) else [data]
    if rows and (unknown := sorted(set(named) - set(rows[0]))):
        raise BadQuery(f"`fields` names {', '.join(unknown)}. There are {', '.join(rows[0])}.")
    kept = [{name: row[name] for name in named} for row in rows]
    response.data = {**data, "results": kept} if paged else kept if isinstance(data, list) else kept[0]
    return response
