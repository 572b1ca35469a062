"""Is this right? One sighting, all its reads, and what people say about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from sightings import selectors, selectors_alerts, selectors_pages, selectors_review
from sightings.api.serializers.votes import VoteMatrixSerializer
from sightings.filters import key_of
from sightings.forms import FLAG_REASONS, CorrectionForm, FlagForm
from sightings.models import Correction, Flag, Sighting, User
from sightings.services import audit, reviews
from sightings.views.evidence import SECONDS, packs_context
from sightings.views.people import back, page, person_of, told


@require_safe
@page
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    sighting = _sighting(person, pk)
    audit.record(action="sighting.viewed", user=person, fleet=sighting.fleet, target=sighting)
    context = {
        "sighting": sighting,
        "watched": selectors_alerts.watched(person, [sighting]),
        "history": _history(sighting),
        "places": selectors_pages.places([sighting]),
        "box": selectors_pages.box_in_context(sighting),
        "votes": VoteMatrixSerializer(selectors_review.votes_of(sighting), context={"request": request}).data,
        "neighbors": selectors_pages.neighbors(person, sighting),
        "reasons": FLAG_REASONS,
        "seconds": SECONDS,
        **packs_context(person, sighting),
    }
    return render(request, "sightings/sighting.html", context)


@require_POST
@page
def say(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Confirm, correct or reject; `version` is that of the sighting as the person saw it."""
    person = person_of(request)
    act, done = _word(request, _sighting(person, pk), person)
    if act is not None:
        told(request, act, done)
    return back(request, reverse("sighting", args=[pk]))


def _word(request: HttpRequest, sighting: Sighting, person: User) -> tuple[Callable[[], Any] | None, str]:
    """What a form asks for and the words for when it is done; nothing to do where the form is not filled in right."""
    version = key_of(request.POST.get("version", ""))
    action, note = request.POST.get("action"), request.POST.get("note", "")[:500]
    if action == "confirm":
        return lambda: reviews.confirm_sighting(
            sighting=sighting, user=person, note=note, expected_version=version
        ), gettext("Confirmed.")
    if action == "reject":
        return lambda: reviews.reject_sighting(
            sighting=sighting, user=person, note=note, expected_version=version
        ), gettext("Marked as not a plate.")
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return None, ""
    text = form.cleaned_data["text"]
    return lambda: reviews.correct_sighting(
        sighting=sighting, user=person, text=text, note=note, expected_version=version
    ), gettext("Corrected to %(plate)s.") % {"plate": text}


@require_POST
@page
def flag(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    sighting, form = _sighting(person, pk), FlagForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data
        told(request, lambda: reviews.flag_sighting(sighting=sighting, user=person, **words), gettext("Flagged."))
    else:
        messages.error(request, gettext("Choose a reason for the flag."))
    return back(request, reverse("sighting", args=[pk]))


@require_POST
@page
def undo(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    words = Correction.objects.visible_to(person).select_related("fleet", "sighting__fleet")
    correction = words.filter(pk=pk).first()
    if correction is None:
        raise Http404
    told(request, lambda: reviews.undo_correction(correction=correction, user=person), gettext("Taken back."))
    return back(request, _page_of(correction))


@require_POST
@page
def resolve(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    found = Flag.objects.visible_to(person).select_related("fleet", "sighting").filter(pk=pk).first()
    if found is None:
        raise Http404
    told(request, lambda: reviews.resolve_flag(flag=found, user=person), gettext("The flag is resolved."))
    return back(request, _page_of(found))


def _page_of(word: Correction | Flag) -> str:
    name, pk = ("sighting", word.sighting_id) if word.sighting_id else ("trip", word.trip_id)
    return reverse(name, args=[pk])


def _sighting(person: User, pk: int) -> Sighting:
    sighting = selectors.sighting_detail(person, pk)
    if sighting is None:
        raise Http404
    return sighting


def _history(sighting: Sighting) -> list[dict[str, Any]]:
    """Corrections and flags in one line of time, latest first."""
    words = [{"kind": "correction", "row": row, "at": row.created_at} for row in sighting.corrections.all()]
    names = dict(FLAG_REASONS)
    flags = [
        {"kind": "flag", "row": row, "at": row.created_at, "reason": names.get(row.reason, row.reason)}
        for row in sighting.flags.all()
    ]
    return sorted([*words, *flags], key=lambda entry: entry["at"], reverse=True)
