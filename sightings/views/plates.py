"""The story of one plate."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from sightings import selectors, selectors_pages
from sightings.forms import PlateNotesForm
from sightings.models import Plate, Role, User
from sightings.services import audit
from sightings.services import plates as services
from sightings.services.roles import has_role
from sightings.views.people import page as page_for_people
from sightings.views.people import person_of, told

PER_PAGE = 50
MOST_PLACES = 500


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def page(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = person_of(request)
    plate = selectors_pages.plate_for_page(person, pk)
    if plate is None:
        raise Http404
    if request.method == "POST":
        return _annotate(request, person, plate)
    audit.record(action="plate.viewed", user=person, fleet=plate.fleet, target=plate, detail={"via": "page"})
    return _shown(request, person, plate)


def _annotate(request: HttpRequest, person: User, plate: Plate) -> HttpResponseBase:
    form = PlateNotesForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data
        told(request, lambda: services.annotate_plate(plate=plate, user=person, **words), "Saved.")
    return redirect("plate", pk=plate.pk)


def _shown(request: HttpRequest, person: User, plate: Plate) -> HttpResponse:
    history = selectors.plate_history(person, plate)
    context = {
        "plate": plate,
        "page": Paginator(history, PER_PAGE).get_page(request.GET.get("page")),
        "trips": history.order_by().values("trip").distinct().count(),
        "places": selectors_pages.places(history[:MOST_PLACES]),
        "may_write": has_role(person, plate.fleet, Role.REVIEWER),
    }
    return render(request, "sightings/plate.html", context)
