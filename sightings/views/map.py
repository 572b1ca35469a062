"""Everything in view, on one map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sightings import filters
from sightings.errors import BadQuery
from sightings.views.people import page as page_for_people


@require_safe
@page_for_people
def page(request: HttpRequest) -> HttpResponse:
    """The map itself asks the API; its place, its time and its filters stand in the URL."""
    words = filters.words_of(request.GET)
    try:
        filters.parse(words, timezone.get_current_timezone())
    except BadQuery as error:
        return render(request, "sightings/map.html", {"problem": error.detail, "words": {}}, status=400)
    return render(request, "sightings/map.html", {"words": words})
