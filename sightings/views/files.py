"""Videos and pictures, for those who may see them."""

from __future__ import annotations

import mimetypes

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe

from sightings import selectors
from sightings.models import User, Video
from sightings.storage import local_path
from sightings.views.people import note_once, page, person_of
from sightings.views.ranges import serve


@require_safe
@page
def video(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = _video(request, pk)
    name = found.file.name or ""
    path = local_path(name)
    if path is None:
        return HttpResponseRedirect(default_storage.url(name))
    try:
        return serve(request, path, content_type=_video_type(found.original_name), etag=found.sha256)
    except FileNotFoundError as error:
        raise Http404 from error


def _video_type(name: str) -> str:
    """By its name, but a kind of video whatever the name says: a page that somebody called a video must not open."""
    kind = mimetypes.guess_type(name)[0] or ""
    return kind if kind.startswith("video/") else "video/mp4"


@require_safe
@page
def poster(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _picture(_video(request, pk).poster.name or "")


@require_safe
@page
def crop(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture that a run cut out: a plate, or what was around it."""
    person = person_of(request)
    if selectors.crop_visible_to(person, name) is None:
        raise Http404
    response = _picture(name)
    _note(person, name)
    return response


def _note(person: User, name: str) -> None:
    sighting = selectors.sighting_of_crop(person, name)
    if sighting is not None:
        note_once(person, "crop.viewed", sighting.fleet, sighting)


def _video(request: HttpRequest, pk: int) -> Video:
    found = Video.objects.visible_to(person_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _picture(name: str) -> HttpResponseBase:
    """A JPEG out of storage; a name stands for the same bytes for ever, so browsers may keep it."""
    if not name:
        raise Http404
    if local_path(name) is None:
        return HttpResponseRedirect(default_storage.url(name))
    try:
        with default_storage.open(name) as stream:
            body = stream.read()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return HttpResponse(body, content_type="image/jpeg", headers=headers)
