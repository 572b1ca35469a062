"""When and where did we drive, and what was around the car."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from sightings import selectors, selectors_pages, selectors_trips, trip_filters
from sightings.forms import FLAG_REASONS, TripNameForm
from sightings.models import Camera, Role, Trip, TripState, User
from sightings.selectors_trips import Day
from sightings.services import audit, queueing, trip_edits, trips
from sightings.services.roles import has_role
from sightings.trip_filters import TripFilters
from sightings.views.people import back, note_once, page, person_of, told

PER_PAGE = 30


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """The filters, and the last month of the calendar (`until`), stand in the URL."""
    person, filters = person_of(request), trip_filters.parse(request.GET)
    shown = _shown(request, person, filters)
    mine = Trip.objects.visible_to(person)
    days = selectors_trips.driven_days(trip_filters.narrow(mine, filters.on(None, None)))
    months = selectors_trips.months(days, trip_filters.day(request.GET, "until"))
    context = {
        "page": shown,
        "groups": _by_day(selectors_pages.cards(shown.object_list), days),
        "found_count": shown.paginator.count,
        "trip_count": mine.count(),
        "filters": filters,
        "query": filters.query(),
        "months": months,
        "any_day": filters.on(None, None).query(),
        "earlier": months[0].first - timedelta(days=1) if any(day < months[0].first for day in days) else None,
        "later": months[-1].last + timedelta(days=365) if any(day > months[-1].last for day in days) else None,
        "vehicles": selectors.vehicles_for(person),
        "states": TripState.choices,
    }
    return render(request, "sightings/trips.html", context)


@require_safe
@page
def lines(request: HttpRequest) -> JsonResponse:
    """The lines of the trips that the page lists, for its map."""
    person = person_of(request)
    shown = _shown(request, person, trip_filters.parse(request.GET))
    return JsonResponse(selectors_trips.lines(shown.object_list))


def _shown(request: HttpRequest, person: User, filters: TripFilters) -> Page[Trip]:
    found = trip_filters.narrow(selectors.trips_for(person), filters)
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))


def _by_day(cards: list[dict[str, Any]], days: dict[date, Day]) -> list[tuple[Day | None, list[dict[str, Any]]]]:
    """The cards of each day together; None for those whose time is not known."""

    def day_of(card: dict[str, Any]) -> date | None:
        started_at = card["trip"].started_at
        return timezone.localtime(started_at).date() if started_at else None

    return [(days.get(day) if day else None, list(some)) for day, some in groupby(cards, key=day_of)]


@require_safe
@page
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    if (now := selectors.merged_into(person, pk)) is not None:
        return HttpResponseRedirect(reverse("trip", args=[now]))
    trip = _trip(person, pk)
    may_write = has_role(person, trip.fleet, Role.REVIEWER)
    audit.record(action="trip.viewed", user=person, fleet=trip.fleet, target=trip)
    runs = [run for video in trip.videos.all() for run in video.runs.all()[:1]]
    context = {
        "trip": trip,
        "data": selectors_pages.packed(selectors_pages.trip_data(person, trip)),
        "failed": [segment for run in runs for segment in run.segments.all() if segment.state == "failed"],
        "may_write": may_write,
        "may_manage": has_role(person, trip.fleet, Role.MANAGER),
        "reasons": FLAG_REASONS,
        "edits": trip_edits.history(person, trip),
        "boundaries": selectors_pages.clip_boundaries(trip) if may_write else [],
        "mergeable": selectors.mergeable(person, trip) if may_write else [],
        "cameras": Camera.choices,
    }
    return render(request, "sightings/trip.html", context)


@require_safe
@page
def data(request: HttpRequest, pk: int) -> JsonResponse:
    """The same as the page was drawn from, for when something has changed."""
    person = person_of(request)
    trip = _trip(person, pk)
    note_once(person, "trip.viewed", trip.fleet, trip)
    response = JsonResponse(selectors_pages.packed(selectors_pages.trip_data(person, trip)))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@page
def retry(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, trips.retry_trip, gettext("What failed is being read again."))


@require_POST
@page
def stop(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, trips.stop_trip, gettext("Reading was stopped. What was read is kept."))


@require_POST
@page
def pause(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(
        request, pk, queueing.pause_trip, gettext("Paused. A part that is being read now is still read to its end.")
    )


@require_POST
@page
def resume(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, queueing.resume_trip, gettext("Reading goes on."))


@require_POST
@page
def put_first(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, queueing.put_first, gettext("This trip is read next, before the fleet's other trips."))


@require_POST
@page
def put_back(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, queueing.put_back, gettext("This trip waits for its turn again."))


def _acted(request: HttpRequest, pk: int, act: Callable[..., object], done: str) -> HttpResponseRedirect:
    """Do something to a trip on the person's behalf, and go back to where the button was."""
    person = person_of(request)
    trip = _trip(person, pk)
    told(request, lambda: act(trip=trip, user=person), done)
    return back(request, reverse("trip", args=[pk]))


@require_POST
@page
def rename(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    trip, form = _trip(person, pk), TripNameForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        told(request, lambda: trips.rename_trip(trip=trip, user=person, name=name), gettext("Renamed."))
    return back(request, reverse("trip", args=[pk]))


def _trip(person: User, pk: int) -> Trip:
    trip = selectors.trip_detail(person, pk)
    if trip is None:
        raise Http404
    return trip
