"""Logging in, and keys for programs."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.views import LoginView
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from sightings import selectors
from sightings.models import Scope
from sightings.views.people import page, person_of

USUAL = (Scope.SIGHTINGS_READ, Scope.PLATES_REVEAL)
LIVES = ((30, _("30 days")), (90, _("90 days")), (365, _("a year")))
SHOWN_AFTER = timedelta(days=30)  # ended ones are shown for so long


class LogIn(LoginView):
    """Who is logged in already goes on to where they wanted to be."""

    template_name = "sightings/login.html"
    redirect_authenticated_user = True


@require_safe
@page
def tokens(request: HttpRequest) -> HttpResponse:
    """A person's own keys; its script makes and revokes them over the API, so that no secret stands in any page."""
    now = timezone.now()
    recent = Q(revoked_at=None) | Q(revoked_at__gt=now - SHOWN_AFTER)
    mine = selectors.tokens_of(person_of(request)).filter(recent)
    labels = dict(Scope.choices)
    context = {
        "tokens": [
            (token, token.works_at(now), [labels.get(scope, scope) for scope in token.scopes]) for token in mine
        ],
        "scopes": [(value, label, value in USUAL) for value, label in Scope.choices],
        "lives": [((now + timedelta(days=days)).isoformat(), label) for days, label in LIVES],
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "sightings/tokens.html", context)
