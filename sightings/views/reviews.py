"""Clear the doubtful ones: the queue, corrections of many sightings at once, and aliases."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sightings import filters, selectors_review
from sightings.errors import NotAllowed, PlatelogError
from sightings.models import Alias, BatchAction, Role, User
from sightings.selectors_review import MOST_IN_BATCH, BatchPreview
from sightings.services import aliases, audit, batches
from sightings.services.plates import text_of
from sightings.services.roles import fleets_with_role, home_fleet
from sightings.views.people import page as page_for_people
from sightings.views.people import person_of, told

LATEST = 20


@require_safe
@page_for_people
def queue(request: HttpRequest) -> HttpResponse:
    """The page of the queue; its script fetches the items over the API. `?order=flagged&trip=3&vehicle=2`."""
    person = person_of(request)
    fleets, asked = fleets_with_role(person, Role.REVIEWER), filters.parse(request.GET)
    flagged = request.GET.get("order") == "flagged"
    vehicle = asked.vehicles[0] if asked.vehicles else None
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "may_write": bool(fleets),
        "flagged": flagged,
        "trip": asked.trip,
        "vehicle": vehicle,
        **selectors_review.queue_choices(person, fleets),
        "config": {
            "person": person.pk,
            "flagged": flagged,
            "trip": asked.trip,
            "vehicle": vehicle,
            "done_today": selectors_review.said_since(person, midnight),
        },
    }
    return render(request, "sightings/review.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def batch(request: HttpRequest) -> HttpResponse:
    """Choose, say what is right, see what would change, apply. `?text=` a plate, or `?sightings=4,8,15`."""
    person = person_of(request)
    fleets = fleets_with_role(person, Role.REVIEWER)
    if not fleets:
        raise NotAllowed
    if request.method == "POST":
        return _apply(request, person)
    return render(request, "sightings/review_batch.html", _previewed(request, person, fleets))


def _previewed(request: HttpRequest, person: User, fleets: list[int]) -> dict[str, Any]:
    typed, keys = request.GET.get("text", ""), _keys(request.GET.get("sightings", "").split(","))
    context: dict[str, Any] = {
        "wanted": typed,
        "right": request.GET.get("to", ""),
        "with_alias": "alias" in request.GET,
        "asked": bool(typed or keys),
        "most": MOST_IN_BATCH,
    }
    try:
        context |= _of_sightings(person, keys, fleets) if keys else _of_plate(request, person, typed, fleets)
    except PlatelogError as error:
        return {**context, "problem": error.detail}
    found: BatchPreview | None = context.get("preview")
    if found is not None:
        detail = {"plate": found.text, "sightings": len(found.rows), "via": "page"}
        audit.record(action="batch.previewed", user=person, fleet=found.fleet, detail=detail)
    return context


def _of_sightings(person: User, keys: list[int], fleets: list[int]) -> dict[str, Any]:
    return {"preview": selectors_review.preview_of_sightings(person, keys, fleets)}


def _of_plate(request: HttpRequest, person: User, typed: str, fleets: list[int]) -> dict[str, Any]:
    if not typed:
        return {}
    text = text_of(typed)
    holding = selectors_review.fleets_with_plate(person, text, fleets)
    wanted = request.GET.get("fleet", "")
    fleet = next((one for one in holding if one.slug == wanted), holding[0] if holding else None)
    found = selectors_review.preview_of_plate(person, fleet, text) if fleet else None
    return {"preview": found, "holding": holding, "wanted": text}


def _apply(request: HttpRequest, person: User) -> HttpResponseRedirect:
    words = request.POST
    try:
        made = batches.correct_batch(
            user=person,
            fleet=home_fleet(person, words.get("fleet", "")),
            sightings=_keys(words.getlist("sighting")),
            text=words.get("to", ""),
            alias_for=words.get("misread", "") if "alias" in words else "",
        )
    except PlatelogError as error:
        messages.error(request, error.detail)
        kept = {"text": words.get("misread", ""), "to": words.get("to", ""), "fleet": words.get("fleet", "")}
        return HttpResponseRedirect(f"{reverse('review-batch')}?{urlencode(kept)}")
    return redirect("review-batch-done", pk=made.pk)


def _keys(typed: list[str]) -> list[int]:
    """Keys out of a form or address; what is none is left out."""
    return [key for part in typed if (key := filters.key_of(part.strip())) is not None]


@require_safe
@page_for_people
def batch_done(request: HttpRequest, pk: int) -> HttpResponse:
    """What a batch did, and its undo."""
    person = person_of(request)
    made = get_object_or_404(selectors_review.batches_for(person), pk=pk)
    said: Any = made.flags if made.action == BatchAction.FLAG else made.words
    words = said.select_related("sighting__fleet", "sighting__trip__vehicle", "sighting__plate").order_by("-pk")
    rows = [word.sighting for word in words if word.sighting is not None]
    may_write = made.fleet_id in fleets_with_role(person, Role.REVIEWER)
    audit.record(action="batch.viewed", user=person, fleet=made.fleet, target=made)
    return render(request, "sightings/review_batch_done.html", {"batch": made, "rows": rows, "may_write": may_write})


@require_POST
@page_for_people
def batch_undo(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    made = get_object_or_404(selectors_review.batches_for(person), pk=pk)
    told(
        request,
        lambda: batches.undo_batch(batch=made, user=person),
        gettext("Taken back: all of them stand as before."),
    )
    return redirect("review-batch-done", pk=pk)


@require_safe
@page_for_people
def alias_list(request: HttpRequest) -> HttpResponse:
    """Repeated misreads: those with an alias, those for which one is offered, and the latest batches."""
    person = person_of(request)
    fleets = fleets_with_role(person, Role.REVIEWER)
    context = {
        "aliases": selectors_review.aliases_for(person),
        "offers": selectors_review.alias_offers(person, fleets),
        "batches": selectors_review.batches_for(person)[:LATEST],
        "writable": fleets,
    }
    audit.record(action="aliases.viewed", user=person, fleet=home_fleet(person))
    return render(request, "sightings/review_aliases.html", context)


@require_POST
@page_for_people
def alias_remove(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    alias = get_object_or_404(Alias.objects.visible_to(person).select_related("fleet"), pk=pk)
    done = gettext("The alias is removed; what it alone had suggested reads as the machine read it.")
    told(request, lambda: aliases.remove_alias(alias=alias, user=person), done)
    return redirect("review-aliases")
