"""What a person says of a single video of a trip."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from sightings import selectors, selectors_pages
from sightings.models import User, Video
from sightings.services import videos
from sightings.views.people import back, note_once, page, person_of, told


@require_POST
@page
def camera(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    video = _video(person, pk)
    wanted = request.POST.get("camera", "")
    told(request, lambda: videos.set_camera(video=video, user=person, camera=wanted), gettext("The camera was set."))
    return back(request, reverse("trip", args=[video.trip_id]))


@require_safe
@page
def boxes(request: HttpRequest, pk: int) -> JsonResponse:
    """Where the plates are in each frame that was read, for the player to draw."""
    person = person_of(request)
    video = _video(person, pk)
    note_once(person, "trip.viewed", video.fleet, video.trip)
    response = JsonResponse(selectors_pages.video_boxes(person, video))
    response["Cache-Control"] = "no-store"
    return response


def _video(person: User, pk: int) -> Video:
    video = selectors.videos_for(person).filter(pk=pk).first()
    if video is None:
        raise Http404
    return video
