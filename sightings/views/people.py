"""What all pages share: who is asking, in whose time zone, and what happens when a service says no."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from sightings.errors import PlatelogError
from sightings.models import Fleet, User
from sightings.services import audit
from sightings.zones import zone_or_utc

View = Callable[..., HttpResponseBase]
NOTED_S = 3600


def person_of(request: HttpRequest) -> User:
    """The person who is logged in; only for views behind `page`."""
    return cast(User, request.user)


def page(view: View) -> View:
    """A page for people who are logged in: times in their zone, errors of the services as a page of their own."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(zone_of(person_of(request))):
            try:
                return view(request, *args, **kwargs)
            except PlatelogError as error:
                return refused(request, error)

    return wrapped


def refused(request: HttpRequest, error: PlatelogError) -> HttpResponse:
    return render(request, "sightings/refused.html", {"error": error}, status=error.status)


def zone_of(person: User) -> ZoneInfo:
    """The zone a person chose; else that of their fleet."""
    name = person.time_zone
    if name in ("", "UTC"):
        name = Fleet.objects.filter(members__user=person).values_list("time_zone", flat=True).first() or "UTC"
    return zone_or_utc(name)


def back(request: HttpRequest, fallback: str) -> HttpResponseRedirect:
    """To where the form says it came from, if that is a page of this site."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if safe else fallback)


def note_once(person: User, action: str, fleet: Fleet, target: models.Model) -> None:
    """Write down that a person looked at something, once an hour however often its parts are fetched."""
    if cache.add(f"noted:{action}:{person.pk}:{target.pk}", True, NOTED_S):
        audit.record(action=action, user=person, fleet=fleet, target=target)


def told(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do what a form asked for, and say on the next page how it went."""
    try:
        act()
    except PlatelogError as error:
        messages.error(request, error.detail)
        return False
    messages.success(request, done)
    return True
