"""Trips read again with another model: choosing them, looking at what would change, and deciding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sightings import selectors, selectors_reprocess
from sightings.errors import PlatelogError
from sightings.filters import key_of
from sightings.models import Reprocess, Role, Trip, User
from sightings.services import audit, reprocess, reprocess_accept, reprocess_decide
from sightings.services.roles import has_role
from sightings.views.people import page as page_for_people
from sightings.views.people import person_of, told

PER_PAGE = 50
MOST_TRIPS = 200  # that can be chosen from at once

KINDS = {
    "changed": (_("Changed"), _("The same car at the same moment, read otherwise.")),
    "gained": (_("Gained"), _("Only the new reading saw these.")),
    "lost": (_("Lost"), _("Only the old reading saw these.")),
    "locked": (_("Locked"), _("A person has said what these are, or flagged them. That stays, whatever was read.")),
    "same": (_("Same"), _("Both readings say the same. Accepting brings the new picture and its confidence.")),
}


@require_safe
@page_for_people
def index(request: HttpRequest) -> HttpResponse:
    shown = Paginator(selectors_reprocess.jobs_for(person_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    rows = selectors_reprocess.told_of(list(shown))
    return render(request, "sightings/reprocess_list.html", {"page": shown, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@page_for_people
def new(request: HttpRequest) -> HttpResponseBase:
    """Choose trips and a model; `?trip=` (more than once), `?vehicle=`, `?from=` and `?to=` choose beforehand."""
    person = person_of(request)
    if request.method == "POST":
        return _start(request, person)
    words = request.GET
    chosen = _numbers(words.getlist("trip"))
    trips = _asked(person, words.get("vehicle", ""), words.get("from", ""), words.get("to", ""), chosen)
    models = selectors_reprocess.models_of(trips)
    context = {
        "rows": [(trip, models.get(trip.pk, []), trip.pk in chosen) for trip in trips],
        "networks": reprocess.choices(),
        "vehicles": selectors.vehicles_for(person),
        "asked": {name: words.get(name, "") for name in ("vehicle", "from", "to")},
        "most": MOST_TRIPS,
        "may_write": bool(trips) and has_role(person, trips[0].fleet, Role.REVIEWER),
    }
    return render(request, "sightings/reprocess_new.html", context)


def _asked(person: User, vehicle: str, start: str, end: str, chosen: set[int]) -> list[Trip]:
    trips = selectors_reprocess.choosable(person)
    if chosen:
        return selectors.counted(trips.filter(pk__in=chosen)[:MOST_TRIPS])
    if (key := key_of(vehicle)) is not None:
        trips = trips.filter(vehicle=key)
    zone = timezone.get_current_timezone()
    if (first := _day(start)) is not None:
        trips = trips.filter(started_at__gte=datetime.combine(first, time(), zone))
    if (last := _day(end)) is not None:
        after = last + timedelta(days=1)
        trips = trips.filter(started_at__lt=datetime.combine(after, time(), zone))
    return selectors.counted(trips[:MOST_TRIPS])


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _numbers(typed: list[str]) -> set[int]:
    return {key for one in typed if (key := key_of(one)) is not None}


def _start(request: HttpRequest, person: User) -> HttpResponseRedirect:
    chosen = _numbers(request.POST.getlist("trip"))
    trips = Trip.objects.visible_to(person).select_related("fleet").filter(pk__in=chosen)
    try:
        job = reprocess.start_reprocess(trips=trips, user=person, networks=request.POST.get("networks", ""))
    except PlatelogError as error:
        messages.error(request, error.detail)
        again = "&".join(f"trip={pk}" for pk in sorted(chosen))
        return HttpResponseRedirect(f"{reverse('reprocess-new')}?{again}")
    messages.success(
        request, gettext("The trips are read again, after all that is new. What you see stays until you decide.")
    )
    return redirect("reprocess", pk=job.pk)


@require_safe
@page_for_people
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a job would change, one kind at a time: `?show=`."""
    person = person_of(request)
    job = _job(person, pk)
    told_of = selectors_reprocess.summary(job)
    first = next((kind for kind in KINDS if told_of.counts[kind]), "changed")
    kind = request.GET.get("show", "") if request.GET.get("show") in KINDS else first
    shown = Paginator(selectors_reprocess.differences(job, kind), PER_PAGE).get_page(request.GET.get("page"))
    if shown.object_list:
        audit.record(action="reprocess.viewed", user=person, fleet=job.fleet, target=job, detail={"show": kind})
    runs = selectors_reprocess.runs_of(job)
    may_write = has_role(person, job.fleet, Role.REVIEWER)
    context = {
        "job": job,
        "deciding": job.state in reprocess_decide.BEFORE,
        "live": selectors_reprocess.told_of([job])[0][1],
        "runs": runs,
        "not_read": selectors_reprocess.not_read(runs),
        "summary": told_of,
        "kinds": [(name, words, told_of.counts[name]) for name, (words, _) in KINDS.items()],
        "kind": kind,
        "about": KINDS[kind][1],
        "page": shown,
        "may_write": may_write,
        "may_choose": may_write and job.state == "ready" and kind in reprocess_accept.CHOICES,
        "model": dict(reprocess.choices()).get(job.networks, job.networks),
    }
    return render(request, "sightings/reprocess.html", context)


@require_POST
@page_for_people
def accept(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    version = key_of(request.POST.get("version", ""))

    def act(*, job: Reprocess, user: User) -> None:
        reprocess_decide.ask_accept(job=job, user=user, expected_version=version)

    return _acted(request, pk, act, gettext("It is being taken over. You can switch back at any time."))


@require_POST
@page_for_people
def undo(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, reprocess_decide.ask_undo, gettext("It is being switched back."))


@require_POST
@page_for_people
def discard(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, reprocess.discard_reprocess, gettext("Discarded. What you see was not changed."))


@require_POST
@page_for_people
def pause(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    words = gettext("Paused. A part that is being read now is still read to its end.")
    return _acted(request, pk, reprocess.pause_reprocess, words)


@require_POST
@page_for_people
def resume(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, reprocess.resume_reprocess, gettext("Reading goes on."))


@require_POST
@page_for_people
def stop(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    words = gettext("Reading was stopped. Videos that were read to their end can be compared.")
    return _acted(request, pk, reprocess.stop_reprocess, words)


@require_POST
@page_for_people
def retry(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    return _acted(request, pk, reprocess.retry_reprocess, gettext("What was not read is being read now."))


def _acted(request: HttpRequest, pk: int, act: Callable[..., object], done: str) -> HttpResponseRedirect:
    person = person_of(request)
    job = _job(person, pk)
    told(request, lambda: act(job=job, user=person), done)
    return redirect("reprocess", pk=pk)


def _job(person: User, pk: int) -> Reprocess:
    job = selectors_reprocess.jobs_for(person).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job
