"""The fleet's own vehicles, and how their cameras look."""

from __future__ import annotations

from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recognition.cameras import known_cameras
from sightings import selectors
from sightings.forms import VehicleForm
from sightings.models import AuditEntry, Role, User, Vehicle
from sightings.services import vehicles as services
from sightings.services.roles import fleets_with_role, has_role
from sightings.views.people import page as page_for_people
from sightings.views.people import person_of, told

MOST_CHANGES = 10


@require_safe
@page_for_people
def index(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    context = {
        "vehicles": selectors.vehicles_for(person),
        "may_manage": bool(fleets_with_role(person, Role.MANAGER)),
    }
    return render(request, "sightings/vehicles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def page(request: HttpRequest, pk: int) -> HttpResponseBase:
    person, vehicle = person_of(request), _vehicle(person_of(request), pk)
    form = VehicleForm(request.POST or None, instance=_vehicle(person, pk))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in services.VEHICLE_FIELDS}
        told(request, lambda: services.change_vehicle(vehicle=vehicle, user=person, values=values), gettext("Saved."))
        return redirect("vehicle", pk=pk)
    changes = selectors.audit_trail(person, action=services.CHANGED, target_type="vehicle", target_id=str(pk))
    context = {
        "vehicle": vehicle,
        "form": form,
        "cameras": {model.name: asdict(model) for model in known_cameras()},
        "changes": [(entry, _words(entry)) for entry in changes[:MOST_CHANGES]],
        "may_manage": has_role(person, vehicle.fleet, Role.MANAGER),
    }
    return render(request, "sightings/vehicle.html", context, status=422 if form.errors else 200)


@require_POST
@page_for_people
def undo(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Put back what the change `entry` replaced."""
    person, vehicle, typed = person_of(request), _vehicle(person_of(request), pk), request.POST.get("entry", "")
    changes = selectors.audit_trail(person, action=services.CHANGED, target_type="vehicle", target_id=str(pk))
    entry = changes.filter(pk=int(typed)).first() if typed.isascii() and typed.isdigit() else None
    if entry is None:
        raise Http404
    told(request, lambda: services.undo_change(vehicle=vehicle, entry=entry, user=person), gettext("Put back."))
    return redirect("vehicle", pk=pk)


def _words(entry: AuditEntry) -> list[str]:
    """What a change set, in words."""
    before, after = entry.detail["before"], entry.detail["after"]
    changed = (name for name, value in after.items() if value != before[name])
    return [f"{_label(name)}: {gettext('nothing') if after[name] in (None, '') else after[name]}" for name in changed]


def _label(name: str) -> str:
    """As the form calls it, or else what only programs change."""
    if name in VehicleForm.base_fields:
        return str(VehicleForm.base_fields[name].label)
    return {"name": gettext("Name"), "time_zone": gettext("Time zone")}.get(name, gettext("Clock offset in seconds"))


def _vehicle(person: User, pk: int) -> Vehicle:
    vehicle = selectors.vehicles_for(person).filter(pk=pk).first()
    if vehicle is None:
        raise Http404
    return vehicle
