"""What came in, what runs, what needs me."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sightings import selectors, selectors_pages
from sightings.progress import ACTIVE_TRIPS
from sightings.views.people import page, person_of
from sightings.views.uploads import uploader

LATEST = 8


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    trips = selectors.trips_for(person)
    cards = selectors_pages.cards(trips[:LATEST])
    running = selectors_pages.cards(trips.filter(state__in=ACTIVE_TRIPS)[:LATEST])
    context = {
        "cards": cards,
        "running": running,
        "trip_count": trips.count(),
        "doubtful": selectors.review_queue(person)[:5],
        "doubtful_count": selectors.doubtful_count(person),
        "yields": selectors_pages.yield_by_vehicle(person),
        **uploader(person, with_list=not cards),
    }
    return render(request, "sightings/home.html", context)
