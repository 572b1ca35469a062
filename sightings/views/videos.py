"""What a person says of a single video of a trip."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sightings import selectors
from sightings.services import videos
from sightings.views.people import back, page, person_of, told


@require_POST
@page
def camera(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    person = person_of(request)
    video = selectors.videos_for(person).filter(pk=pk).first()
    if video is None:
        raise Http404
    wanted = request.POST.get("camera", "")
    told(request, lambda: videos.set_camera(video=video, user=person, camera=wanted), "The camera was set.")
    return back(request, reverse("trip", args=[video.trip_id]))
