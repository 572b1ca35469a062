"""Where have we met this plate?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sightings import plate_query, selectors
from sightings.errors import BadQuery
from sightings.models import User
from sightings.services import audit
from sightings.services.roles import fleet_for_audit
from sightings.views.people import page as page_for_people
from sightings.views.people import person_of

MOST_SHOWN = 200
PER_PLATE = 6


@require_safe
@page_for_people
def page(request: HttpRequest) -> HttpResponse:
    """All of it stands in the URL: `?q=` a plate, or `?show=doubtful` what people should look at."""
    person, typed = person_of(request), request.GET.get("q", "").strip()
    context = _doubtful(person) if request.GET.get("show") == "doubtful" else _found(person, typed)
    return render(request, "sightings/search.html", {"typed": typed, **context})


@require_safe
@page_for_people
def explain(request: HttpRequest) -> JsonResponse:
    """What a query means, while it is being typed. Nothing is looked up, so nothing is written to the audit."""
    try:
        return JsonResponse({"explanation": plate_query.parse(request.GET.get("q", "")).explanation})
    except BadQuery as error:
        return JsonResponse({"error": error.detail})


def _doubtful(person: User) -> dict[str, Any]:
    queue = selectors.review_queue(person)
    return {"doubtful": queue[:MOST_SHOWN], "doubtful_count": queue.count()}


def _found(person: User, typed: str) -> dict[str, Any]:
    if not typed:
        return {}
    audit.record(
        action="plates.searched",
        user=person,
        fleet=fleet_for_audit(person),
        detail={"plate": typed, "via": "page"},
    )
    try:
        result = selectors.search(person, typed)
    except BadQuery as error:
        return {"problem": error.detail}
    groups: dict[int, list[Any]] = {pk: [] for pk in result.plate_ids}
    for sighting in selectors.sightings_for(person).filter(plate__in=result.plate_ids).newest_first()[:MOST_SHOWN]:
        groups[sighting.plate_id or 0].append(sighting)
    matches = [(match, groups[match.plate.pk][:PER_PLATE]) for match in result.matches]
    total = sum(getattr(match.plate, "sightings_count", 0) for match in result.matches)
    return {"result": result, "matches": matches, "total": total}
