"""The page on which files come in. The bytes themselves go to the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sightings import said, selectors, selectors_pages
from sightings.models import Role, User
from sightings.progress import upload_message
from sightings.services.roles import has_role, home_fleet
from sightings.services.uploads import TELEMETRY_SUFFIXES, VIDEO_SUFFIXES, largest_upload
from sightings.views.people import page as page_for_people
from sightings.views.people import person_of


@require_safe
@page_for_people
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "sightings/upload.html", uploader(person_of(request)))


def uploader(person: User, *, with_list: bool = True) -> dict[str, Any]:
    """What the drop zone needs: who may upload, into which fleet, for which vehicle, and what came in before."""
    fleet = home_fleet(person)
    rows = selectors_pages.recent_uploads(person) if with_list else []
    return {
        "fleet": fleet,
        "may_upload": has_role(person, fleet, Role.REVIEWER),
        "vehicles": selectors.vehicles_for(person).filter(fleet=fleet),
        "uploads": said.say_all([upload_message(row)["upload"] for row in rows]),
        "accept": ",".join(sorted(VIDEO_SUFFIXES | TELEMETRY_SUFFIXES)),
        "largest": largest_upload(),
    }
