"""Evidence packs on the page of a sighting, and the program with which others check them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from sightings import selectors
from sightings.errors import EvidenceSpan
from sightings.evidence import verify
from sightings.models import EvidencePack, Role, Sighting, User
from sightings.services import evidence
from sightings.services.roles import has_role
from sightings.views.people import back, page, person_of, told

SECONDS = (2, 5, 10, 20)  # that the page offers


@require_safe
@page
def packs(request: HttpRequest, pk: int) -> HttpResponse:
    """The list alone, for a page that shows it already."""
    person = person_of(request)
    context = packs_context(person, _sighting(person, pk))
    return render(request, "sightings/partials/evidence_packs.html", context)


def packs_context(person: User, sighting: Sighting) -> dict[str, Any]:
    """What the list of a sighting's packs shows."""
    return {
        "sighting": sighting,
        "packs": evidence.packs_of(person, sighting),
        "may_write": has_role(person, sighting.fleet, Role.REVIEWER),
    }


@require_POST
@page
def ask(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    sighting = _sighting(person, pk)
    done = gettext("The evidence pack is being made. It appears here when it is there.")
    told(request, lambda: evidence.ask(sighting=sighting, user=person, **_seconds(request)), done)
    return back(request, reverse("sighting", args=[pk]) + "#evidence")


def _seconds(request: HttpRequest) -> dict[str, float]:
    try:
        return {name: float(request.POST.get(name, evidence.USUAL_S)) for name in ("before_s", "after_s")}
    except ValueError as error:
        raise EvidenceSpan from error


@require_POST
@page
def delete(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    pack = _pack(person, pk)
    done = gettext("The evidence pack was deleted. For a day this can be undone.")
    told(request, lambda: evidence.delete(pack=pack, user=person), done)
    return back(request, _home(pack))


@require_POST
@page
def restore(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    pack = _pack(person, pk)
    told(request, lambda: evidence.restore(pack=pack, user=person), gettext("The evidence pack is there again."))
    return back(request, _home(pack))


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks packs, for everybody: it is in the open and knows no secret."""
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return HttpResponse(Path(verify.__file__).read_bytes(), content_type="text/x-python", headers=headers)


def _pack(person: User, pk: int) -> EvidencePack:
    return get_object_or_404(EvidencePack.objects.deleted_too(person).select_related("fleet"), pk=pk)


def _home(pack: EvidencePack) -> str:
    return reverse("sighting", args=[pack.sighting_id]) + "#evidence" if pack.sighting_id else reverse("home")


def _sighting(person: User, pk: int) -> Sighting:
    sighting = selectors.sighting_detail(person, pk)
    if sighting is None:
        raise Http404
    return sighting
