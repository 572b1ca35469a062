"""Videos and pictures, for those who may see them."""

from __future__ import annotations

import mimetypes
import re
from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe

from sightings import selectors, storage
from sightings.models import EvidencePack, Rendition, RenditionState, User, Video
from sightings.services import evidence
from sightings.views.people import note_once, page, person_of
from sightings.views.ranges import serve


class NoSuchFile(Http404):
    """The row is there, but not the file that it speaks of."""


@require_safe
@page
def video(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = _video(request, pk)
    return _stored(request, found.file.name or "", _video_type(found.original_name), found.sha256)


@require_safe
@page
def rendition(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The light copy of a video, once it is there."""
    video = _video(request, pk)
    made = Rendition.objects.filter(video=video, state=RenditionState.DONE).first()
    if made is None:
        raise Http404
    return _stored(request, made.file.name or "", "video/mp4", f"{video.sha256}-light")


@require_safe
@page
def times(request: HttpRequest, pk: int) -> HttpResponseBase:
    """When each frame of a video is shown; nothing (204) for videos that came in before such times were kept."""
    try:
        return _whole(storage.times_name(_video(request, pk)), "application/json")
    except NoSuchFile:
        return HttpResponse(status=204)


def evidence_file(request: Any, pack: EvidencePack, person: User) -> HttpResponseBase:
    """An evidence pack as a download, which is written down. Raises NotAllowed, EvidenceNotMade."""
    wanted = re.match(r"bytes=0*[1-9]", request.headers.get("Range", ""))
    name = evidence.take_along(pack=pack, user=person, resumed=wanted is not None)
    response = _stored(request, name, "application/zip", pack.sha256)
    response["Content-Disposition"] = f'attachment; filename="evidence-{pack.pk}.zip"'
    return response


def _stored(request: HttpRequest, name: str, content_type: str, etag: str) -> HttpResponseBase:
    """A film out of storage, or the part of it that was asked for."""
    path = storage.local_path(name)
    if path is None:
        return HttpResponseRedirect(default_storage.url(name))
    try:
        return serve(request, path, content_type=content_type, etag=etag)
    except FileNotFoundError as error:
        raise Http404 from error


def _video_type(name: str) -> str:
    """By its name, but a kind of video whatever the name says: a page that somebody called a video must not open."""
    kind = mimetypes.guess_type(name)[0] or ""
    return kind if kind.startswith("video/") else "video/mp4"


@require_safe
@page
def poster(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _whole(_video(request, pk).poster.name or "", "image/jpeg")


@require_safe
@page
def crop(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture that a run cut out: a plate, or what was around it."""
    person = person_of(request)
    if selectors.crop_visible_to(person, name) is None:
        raise Http404
    response = _whole(name, "image/jpeg")
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


def _whole(name: str, content_type: str) -> HttpResponseBase:
    """A small file out of storage; a name stands for the same bytes for ever, so browsers may keep it."""
    if not name:
        raise Http404
    if storage.local_path(name) is None:
        return HttpResponseRedirect(default_storage.url(name))
    try:
        with default_storage.open(name) as stream:
            body = stream.read()
    except FileNotFoundError as error:
        raise NoSuchFile from error
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return HttpResponse(body, content_type=content_type, headers=headers)
