"""Watchlists and the inbox of alerts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sightings import selectors_alerts
from sightings.errors import PlatelogError
from sightings.filters import key_of
from sightings.forms import WatchlistForm
from sightings.models import AlertState, Fleet, Role, User, Watchlist
from sightings.services import alerts as alert_services
from sightings.services import audit
from sightings.services import watchlists as services
from sightings.services.roles import fleet_for_audit, fleets_with_role, has_role, home_fleet, require_role
from sightings.views.people import back, person_of, told
from sightings.views.people import page as page_for_people

PER_PAGE = 50
ENTRIES_PER_PAGE = 100


@require_safe
@page_for_people
def index(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    context = {
        "watchlists": selectors_alerts.watchlists_for(person),
        "may_write": bool(fleets_with_role(person, Role.REVIEWER)),
        "may_manage": bool(fleets_with_role(person, Role.MANAGER)),
        "mail_on": bool(settings.EMAIL_URL),
        "deleted": key_of(request.GET.get("deleted", "")),
    }
    return render(request, "sightings/watchlists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def new(request: HttpRequest) -> HttpResponseBase:
    """`?pattern=`, `?alike=1` and `?near=1` say what stands on it from the start."""
    person = person_of(request)
    fleet = home_fleet(person, request.GET.get("fleet", ""))
    require_role(person, fleet, Role.REVIEWER)
    form = WatchlistForm(request.POST or None, fleet=fleet)
    words = request.POST if request.method == "POST" else request.GET
    pattern = words.get("pattern", "")
    entry = {"pattern": pattern, "alike": "alike" in words, "near": "near" in words} if pattern else None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_watchlist(user=person, fleet=fleet, values=form.values(), entry=entry)
        except PlatelogError as error:
            form.add_error(None, error.detail)
        else:
            return redirect("watchlist", pk=made.pk)
    return _shown(request, form, fleet, None, entry)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What is on it, and its settings."""
    person, watchlist = person_of(request), _watchlist(person_of(request), pk)
    form = WatchlistForm(request.POST or None, fleet=watchlist.fleet, watchlist=watchlist)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        told(
            request,
            lambda: services.change_watchlist(watchlist=watchlist, user=person, values=values),
            gettext("Saved."),
        )
        return redirect("watchlist", pk=pk)
    audit.record(action="watchlist.viewed", user=person, fleet=watchlist.fleet, target=watchlist)
    return _shown(request, form, watchlist.fleet, watchlist)


def _shown(
    request: HttpRequest,
    form: WatchlistForm,
    fleet: Fleet,
    watchlist: Watchlist | None,
    entry: dict[str, Any] | None = None,
) -> HttpResponse:
    person = person_of(request)
    context: dict[str, Any] = {
        "form": form,
        "fleet": fleet,
        "watchlist": watchlist,
        "entry": entry,
        "may_write": has_role(person, fleet, Role.REVIEWER),
        "mail_on": bool(settings.EMAIL_URL),
        "fleets": Fleet.objects.visible_to(person).filter(pk__in=fleets_with_role(person, Role.REVIEWER)),
    }
    if watchlist is not None:
        entries = selectors_alerts.entries_for(person).filter(watchlist=watchlist)
        context["page"] = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "sightings/watchlist.html", context, status=422 if form.errors else 200)


@require_POST
@page_for_people
def delete(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person, watchlist = person_of(request), _watchlist(person_of(request), pk)
    services.delete_watchlist(watchlist=watchlist, user=person)
    return HttpResponseRedirect(f"/watchlists/?deleted={pk}")


@require_POST
@page_for_people
def restore(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    watchlist = get_object_or_404(Watchlist.objects.deleted_too(person), pk=pk)
    services.restore_watchlist(watchlist=watchlist, user=person)
    return redirect("watchlist", pk=pk)


@require_safe
@page_for_people
def inbox(request: HttpRequest) -> HttpResponse:
    """Alerts that are open, unless others are asked for. `?state=acknowledged`, `?watchlist=3`, `?alert=7`."""
    person, words = person_of(request), request.GET
    found, state = selectors_alerts.alerts_for(person), words.get("state", AlertState.OPEN)
    if (one := key_of(words.get("alert", ""))) is not None:
        found, state = found.filter(pk=one), ""
    elif state in AlertState.values:
        found = found.filter(state=state)
    if (chosen := key_of(words.get("watchlist", ""))) is not None:
        found = found.filter(watchlist=chosen)
    audit.record(action="alerts.viewed", user=person, fleet=fleet_for_audit(person))
    context = {
        "page": Paginator(found, PER_PAGE).get_page(words.get("page")),
        "state": state,
        "chosen": chosen,
        "query": urlencode({"state": state, "watchlist": "" if chosen is None else chosen}),
        "watchlists": selectors_alerts.watchlists_for(person),
        "writable": fleets_with_role(person, Role.REVIEWER),
    }
    return render(request, "sightings/alerts.html", context)


@require_POST
@page_for_people
def acknowledge(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Without a script; the page's script asks the API."""
    person = person_of(request)
    alert = get_object_or_404(selectors_alerts.alerts_for(person), pk=pk)
    if "reopen" in request.POST:
        told(request, lambda: alert_services.reopen_alert(alert=alert, user=person), gettext("Open again."))
    else:
        note = request.POST.get("note", "")
        told(
            request,
            lambda: alert_services.acknowledge_alert(alert=alert, user=person, note=note),
            gettext("Acknowledged."),
        )
    return back(request, "/alerts/")


def _watchlist(person: User, pk: int) -> Watchlist:
    return get_object_or_404(selectors_alerts.watchlists_for(person), pk=pk)
