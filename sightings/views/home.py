"""What came in, what runs, what needs me, and what changed since I was here."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from sightings import selectors, selectors_home, selectors_pages, selectors_reprocess
from sightings.models import User
from sightings.progress import ACTIVE_TRIPS
from sightings.services import demo_trip
from sightings.services.roles import home_fleet
from sightings.views.people import page, person_of, told
from sightings.views.uploads import uploader

LATEST = 8
DEMO_TAKES = timedelta(minutes=10)  # after which it can be asked for again
SEEN, SINCE, DEMO = "home_seen", "home_since", "demo_asked"  # in the session


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    trips = selectors.trips_for(person)
    latest, running = list(trips[:LATEST]), list(trips.filter(state__in=ACTIVE_TRIPS)[:LATEST])
    cards = {card["trip"]: card for card in selectors_pages.cards(dict.fromkeys([*latest, *running]))}
    since = _since(request, person)
    if not cards:
        asked = _moment(request.session.get(DEMO))
        drawing = demo_trip.wanted().exists() or (asked is not None and timezone.now() - asked < DEMO_TAKES)
        return render(request, "sightings/home.html", {"drawing_demo": drawing, **uploader(person)})
    context = {
        "cards": [cards[trip] for trip in latest],
        "running": [cards[trip] for trip in running],
        "reading_again": selectors_reprocess.told_of(selectors_home.running(person)),
        "trip_count": trips.count(),
        "doubtful": selectors.review_queue(person)[:5],
        "to_do": selectors_home.to_do(person),
        "since": since,
        "changes": selectors_home.changes(person, since),
        "yields": selectors_home.yields(person),
        **uploader(person, with_list=False),
    }
    return render(request, "sightings/home.html", context)


@require_POST
@page
def demo(request: HttpRequest) -> HttpResponseRedirect:
    """Try the product with a drawn trip."""
    person = person_of(request)
    fleet = home_fleet(person)
    words = gettext("The demo trip is being drawn. It appears here in a minute or two.")
    if told(request, lambda: demo_trip.ask_for_demo(fleet=fleet, user=person), words):
        request.session[DEMO] = timezone.now().isoformat()
    return redirect("home")


def _since(request: HttpRequest, person: User) -> datetime | None:
    """When the visit before this one ended; a visit ends where a person stays away for long enough."""
    now, seen = timezone.now(), _moment(request.session.get(SEEN))
    if seen is None:
        since = selectors_home.last_seen(person)
    elif now - seen > selectors_home.AWAY:
        since = seen
    else:
        since = _moment(request.session.get(SINCE))
    request.session[SEEN], request.session[SINCE] = now.isoformat(), since.isoformat() if since else None
    return since


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
