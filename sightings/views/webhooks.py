"""Webhooks, how to check what they send, and the log of their deliveries. For those who manage the fleet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sightings import selectors_webhooks
from sightings.errors import PlatelogError
from sightings.forms import WebhookForm
from sightings.models import DeliveryState, EventKind, Failure, Fleet, Role, User, Webhook
from sightings.services import webhooks as services
from sightings.services.roles import home_fleet, managed_fleets, require_role
from sightings.services.signing import secret_of
from sightings.views.people import note_once, person_of, told
from sightings.views.people import page as page_for_people

PER_PAGE = 25
DEAD_ON_TOP = 5
FRESH = "fresh_webhook"  # in the session: whose secret the next page shows, once


@require_safe
@page_for_people
def index(request: HttpRequest) -> HttpResponse:
    person, deleted = person_of(request), request.GET.get("deleted", "")
    fleets = managed_fleets(person)
    context = {
        "webhooks": selectors_webhooks.webhooks_for(person).filter(fleet__in=fleets),
        "now": timezone.now(),
        "deleted": int(deleted[:18]) if deleted.isdecimal() else None,
    }
    return render(request, "sightings/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def new(request: HttpRequest) -> HttpResponseBase:
    person = person_of(request)
    fleet = home_fleet(person, request.GET.get("fleet", ""))
    require_role(person, fleet, Role.MANAGER)
    form = WebhookForm(request.POST or None, fleet=fleet)
    if request.method == "POST" and form.is_valid():
        try:
            made, _ = services.create_webhook(user=person, fleet=fleet, values=form.values())
        except PlatelogError as error:
            form.add_error(None, error.detail)
        else:
            request.session[FRESH] = made.pk
            return redirect("webhook", pk=made.pk)
    return _shown(request, form, fleet, None)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Its settings, its secret where that is new, and its log. `?state=dead`, `?event=alert.created`."""
    person, webhook = person_of(request), _webhook(person_of(request), pk)
    form = WebhookForm(request.POST or None, fleet=webhook.fleet, webhook=webhook)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_webhook(webhook=_webhook(person, pk), user=person, values=form.values())
        except PlatelogError as error:
            form.add_error(None, error.detail)
        else:
            return redirect("webhook", pk=pk)
    note_once(person, "webhook.viewed", webhook.fleet, webhook)
    return _shown(request, form, webhook.fleet, webhook)


def _shown(request: HttpRequest, form: WebhookForm, fleet: Fleet, webhook: Webhook | None) -> HttpResponse:
    person = person_of(request)
    managed = Fleet.objects.visible_to(person).filter(pk__in=managed_fleets(person))
    context: dict[str, Any] = {"form": form, "fleet": fleet, "fleets": managed, "webhook": webhook}
    if webhook is not None:
        fresh = request.session.get(FRESH) == webhook.pk and request.session.pop(FRESH)
        context |= _log(request, webhook) | {"secret": secret_of(webhook.salt) if fresh else ""}
    return render(request, "sightings/webhook.html", context, status=422 if form.errors else 200)


@require_safe
@page_for_people
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """The log alone, which the page asks for again and again."""
    return render(request, "sightings/partials/deliveries.html", _log(request, _webhook(person_of(request), pk)))


def _log(request: HttpRequest, webhook: Webhook) -> dict[str, Any]:
    person, words = person_of(request), request.GET
    found = selectors_webhooks.deliveries_for(person).filter(webhook=webhook)
    dead = selectors_webhooks.dead_letters(person).filter(webhook=webhook)
    state, event = words.get("state", ""), words.get("event", "")
    if state in DeliveryState.values:
        found = found.filter(state=state)
    if event in EventKind.values:
        found = found.filter(event=event)
    return {
        "webhook": webhook,
        "page": Paginator(found, PER_PAGE).get_page(words.get("page")),
        "dead": list(dead[:DEAD_ON_TOP]) if state != DeliveryState.DEAD else [],
        "state": state,
        "event": event,
        "states": DeliveryState.choices,
        "kinds": EventKind.choices,
        "failures": {value: str(label) for value, label in Failure.choices},
        "query": f"state={state}&event={event}",
        "now": timezone.now(),
    }


@require_POST
@page_for_people
def test(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Without a script; the page's script asks the API and shows the answer in place."""
    person, webhook = person_of(request), _webhook(person_of(request), pk)
    sent = services.send_test(webhook=webhook, user=person)
    if sent.state == DeliveryState.DELIVERED:
        messages.success(request, gettext("It arrived: the receiver answered %(status)s.") % {"status": sent.status})
    else:
        messages.error(request, gettext("It did not arrive: %(why)s.") % {"why": sent.get_failure_display()})
    return redirect("webhook", pk=pk)


@require_POST
@page_for_people
def rotate(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person, webhook = person_of(request), _webhook(person_of(request), pk)
    hours = request.POST.get("overlap_h", "")
    services.rotate_secret(webhook=webhook, user=person, overlap_h=int(hours[:3]) if hours.isdecimal() else 24)
    request.session[FRESH] = pk
    return redirect("webhook", pk=pk)


@require_POST
@page_for_people
def replay_dead(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person, webhook = person_of(request), _webhook(person_of(request), pk)
    count = services.replay_dead(webhook=webhook, user=person)
    words = ngettext("%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", count)
    messages.success(request, words % {"n": count})
    return redirect("webhook", pk=pk)


@require_POST
@page_for_people
def replay(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    delivery = get_object_or_404(selectors_webhooks.deliveries_for(person), pk=pk)
    told(request, lambda: services.replay(delivery=delivery, user=person), gettext("It is sent again."))
    return redirect("webhook", pk=delivery.webhook_id)


@require_POST
@page_for_people
def delete(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person, webhook = person_of(request), _webhook(person_of(request), pk)
    services.delete_webhook(webhook=webhook, user=person)
    return HttpResponseRedirect(f"/webhooks/?deleted={pk}")


@require_POST
@page_for_people
def restore(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    webhook = get_object_or_404(selectors_webhooks.deleted_too(person), pk=pk)
    services.restore_webhook(webhook=webhook, user=person)
    return redirect("webhook", pk=pk)


def _webhook(person: User, pk: int) -> Webhook:
    """Raises NotAllowed for those who may see the fleet but not manage it."""
    webhook = get_object_or_404(selectors_webhooks.webhooks_for(person), pk=pk)
    require_role(person, webhook.fleet, Role.MANAGER)
    return webhook
