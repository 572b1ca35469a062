"""The story of one plate."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from sightings import selectors_alerts, selectors_pages, selectors_plate
from sightings.filters import key_of
from sightings.forms import PlateNotesForm
from sightings.models import Plate, Role, User
from sightings.services import audit, plate_merge
from sightings.services import plates as services
from sightings.services.batches import undo_batch
from sightings.services.roles import has_role
from sightings.views.people import page as page_for_people
from sightings.views.people import person_of, told

PER_PAGE = 50
MOST_MERGES = 5


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def page(request: HttpRequest, pk: int) -> HttpResponseBase:
    person, plate = person_of(request), _plate(request, pk)
    if request.method == "POST":
        return _annotate(request, person, plate)
    audit.record(action="plate.viewed", user=person, fleet=plate.fleet, target=plate, detail={"via": "page"})
    return _shown(request, person, plate)


@require_POST
@page_for_people
def merge(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Correct all sightings of the plate `other` to this one."""
    person, plate, typed = person_of(request), _plate(request, pk), request.POST.get("other", "")
    if (key := key_of(typed)) is None:
        raise Http404
    other = _plate(request, key)
    words = gettext("%(other)s is now %(plate)s. You can undo it on this page.")
    told(
        request,
        lambda: plate_merge.merge_plates(plate=plate, other=other, user=person),
        words % {"other": other.text, "plate": plate.text},
    )
    return redirect("plate", pk=pk)


@require_POST
@page_for_people
def unmerge(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Take back the merge `entry` into this plate."""
    person, plate, typed = person_of(request), _plate(request, pk), request.POST.get("entry", "")
    batch = get_object_or_404(selectors_plate.merges(person, plate), pk=key_of(typed))
    told(request, lambda: undo_batch(batch=batch, user=person), gettext("Taken apart again."))
    return redirect("plate", pk=pk)


def _plate(request: HttpRequest, pk: int) -> Plate:
    plate = selectors_pages.plate_for_page(person_of(request), pk)
    if plate is None:
        raise Http404
    return plate


def _annotate(request: HttpRequest, person: User, plate: Plate) -> HttpResponseBase:
    form = PlateNotesForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data
        if not told(request, lambda: services.annotate_plate(plate=plate, user=person, **words), gettext("Saved.")):
            return _shown(request, person, plate, unsaved=words)  # what they wrote is not lost
    return redirect("plate", pk=plate.pk)


def _shown(request: HttpRequest, person: User, plate: Plate, unsaved: dict[str, object] | None = None) -> HttpResponse:
    zone = timezone.get_current_timezone()
    may_write = has_role(person, plate.fleet, Role.REVIEWER)
    history = selectors_plate.history(person, plate)
    listed = Paginator(history, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "plate": plate,
        "page": listed,
        "watched": selectors_alerts.watched(person, list(listed)),
        "trips": selectors_plate.trips_of(person, plate),
        "trip_count": history.order_by().values("trip").distinct().count(),
        "vehicles": selectors_plate.vehicles_of(person, plate),
        "hours": selectors_plate.hours(person, plate, zone),
        "places": selectors_pages.places(selectors_plate.places(person, plate)),
        "most_places": selectors_plate.MOST_PLACES,
        "variants": selectors_plate.variants(person, plate),
        "companions": selectors_plate.companions(person, plate),
        "merges": selectors_plate.merges(person, plate)[:MOST_MERGES] if may_write else [],
        "stamp": services.stamp_of(plate),
        "unsaved": unsaved,
        "may_write": may_write,
    }
    return render(request, "sightings/plate.html", context)
