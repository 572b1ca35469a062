"""Resumable uploads (tus 1.0) and the list of what came in.

The offset that HEAD tells is what is safely on disk, so that a client resumes right behind any proxy. `Location` is a
path without a host: whatever name and scheme the client used, it stays right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from sightings.api import tus_headers
from sightings.api.base import ApiView
from sightings.api.pagination import NewestFirst
from sightings.api.serializers.trips import UploadSerializer
from sightings.api.streaming import SCOPE_KEY
from sightings.errors import BadUpload, PlatelogError, UploadGone, UploadTooLong, WrongContentType
from sightings.models import Fleet, Scope, Upload, UploadState, Vehicle
from sightings.services import uploads
from sightings.services.parts import Readable
from sightings.services.roles import home_fleet

OVERRIDABLE = {"PATCH", "DELETE", "HEAD"}


def _header(name: str, about: str, kind: Any = OpenApiTypes.STR, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, description=about, **more)


BATCH = OpenApiParameter("batch", description="Only those that came in together under this name.")
TUS = _header("Tus-Resumable", "`1.0.0`, or nothing.", enum=[tus_headers.VERSION])
BYTES = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
LENGTH = _header("Upload-Length", "Bytes of the file.", {**BYTES, "minimum": 1}, required=True)
METADATA = _header("Upload-Metadata", "`name base64,name base64`, as tus has it.")
OFFSET = _header("Upload-Offset", "Where these bytes belong: what HEAD told.", BYTES, required=True)


class UploadPages(NewestFirst):
    ordering = ("-created_at", "-id")


class TusView(ApiView):
    """What every answer of the protocol carries."""

    write_scopes = (Scope.TRIPS_WRITE,)
    idempotent = False  # the protocol has its own way to go on after a broken connection
    further_errors: ClassVar[tuple[int, ...]] = (410, 412, 423, 507)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        override = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and override in OVERRIDABLE:  # for clients whose network lets only POST pass
            request.method = override
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method not in ("GET", "OPTIONS"):
            tus_headers.check_version(request.headers)
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = tus_headers.VERSION
        if response.status_code == 412:
            response["Tus-Version"] = tus_headers.VERSION
        return response

    def get_permissions(self) -> Any:
        # OPTIONS tells nothing but what the protocol offers, and browsers ask it without credentials.
        return [] if self.request.method == "OPTIONS" else super().get_permissions()

    @extend_schema(exclude=True)
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What this server offers."""
        offers = {
            "Tus-Version": tus_headers.VERSION,
            "Tus-Extension": tus_headers.EXTENSIONS,
            "Tus-Max-Size": str(uploads.largest_upload()),
        }
        return Response(status=204, headers=offers)


class UploadListView(TusView):
    pagination_class = UploadPages

    @extend_schema(operation_id="uploads_list", parameters=[BATCH], responses=UploadSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What came in, latest first."""
        pages = self.pagination_class()
        found = Upload.objects.visible_to(self.person)
        if batch := request.query_params.get("batch"):
            found = found.filter(batch=batch)
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(UploadSerializer(page, many=True).data)

    @extend_schema(
        operation_id="uploads_create",
        parameters=[TUS, LENGTH, METADATA],
        request=None,
        responses={200: UploadSerializer, 201: UploadSerializer},
    )
    def post(self, request: Request) -> Response:
        """Open an upload (tus creation): `Upload-Length`, and `Upload-Metadata` with filename, and optionally batch,
        vehicle (id or name), fleet (slug) and sha256. A file that the fleet has is linked at once: the answer is
        200, says `duplicate: true` and stands at its end, so that no byte need be sent.
        """
        tus_headers.check_offered(request.headers)
        words = tus_headers.metadata(request.headers)
        fleet = home_fleet(self.person, words.get("fleet", ""))
        upload = uploads.create_upload(
            user=self.person,
            fleet=fleet,
            filename=words.get("filename") or words.get("name", ""),
            size=tus_headers.whole_number(request.headers, "Upload-Length"),
            batch=words.get("batch", ""),
            vehicle=_vehicle(fleet, words.get("vehicle", "")),
            sha256=_hash(words.get("sha256", "")),
        )
        if tus_headers.has_body(request.headers) and upload.state == UploadState.RECEIVING:
            _append_first(upload, _body(request))
            upload.refresh_from_db()
        headers = {
            "Location": reverse("api:upload", args=[upload.id]),
            "Upload-Offset": str(upload.offset),
            "Cache-Control": "no-store",
            **tus_headers.expires_of(upload),
        }
        status = 200 if upload.state == UploadState.DUPLICATE else 201
        return Response(UploadSerializer(upload).data, status=status, headers=headers)


class UploadView(TusView):
    """One upload: HEAD asks where it stands, PATCH appends, DELETE gives it up, GET tells all about it."""

    throttle_classes = []  # how many pieces a file comes in is no measure of what is asked for

    def scopes_for(self, method: str) -> Sequence[str]:
        """Who may send must be able to ask where to go on; no more is told by HEAD."""
        return self.write_scopes if method == "HEAD" else super().scopes_for(method)

    def _upload(self, upload_id: Any) -> Upload:
        upload = uploads.upload_by_id(user=self.person, upload_id=str(upload_id))
        if upload is None:
            raise Http404
        return upload

    @extend_schema(operation_id="uploads_retrieve", responses=UploadSerializer)
    def get(self, request: Request, upload_id: Any) -> Response:
        """Where an upload stands, and what was found in it."""
        return Response(UploadSerializer(self._upload(upload_id)).data)

    @extend_schema(exclude=True)
    def head(self, request: Request, upload_id: Any) -> Response:
        """Where to resume."""
        upload = self._upload(upload_id)
        if upload.state == UploadState.CANCELLED:
            raise UploadGone
        if upload.state == UploadState.RECEIVING and upload.offset == upload.size:
            uploads.finish(upload=upload)  # the last byte was saved, and then the server died
        headers = {
            "Upload-Offset": str(upload.offset),
            "Upload-Length": str(upload.size),
            "Upload-Metadata": tus_headers.metadata_of(upload),
            "Cache-Control": "no-store",
            **tus_headers.expires_of(upload),
        }
        return Response(status=200, headers=headers)

    @extend_schema(
        operation_id="uploads_append",
        parameters=[TUS, OFFSET],
        request={tus_headers.CONTENT_TYPE: bytes},
        responses={204: None},
    )
    def patch(self, request: Request, upload_id: Any) -> Response:
        """Append bytes at `Upload-Offset`; the last one hands the file to inspection."""
        if not tus_headers.has_body(request.headers):
            raise WrongContentType
        upload = self._upload(upload_id)
        offset = tus_headers.whole_number(request.headers, "Upload-Offset")
        _check_length(request, upload, offset)
        reached = uploads.append_chunk(upload=upload, offset=offset, stream=_body(request))
        upload.refresh_from_db()
        headers = {"Upload-Offset": str(reached), "Cache-Control": "no-store", **tus_headers.expires_of(upload)}
        return Response(status=204, headers=headers)

    @extend_schema(operation_id="uploads_cancel", parameters=[TUS], responses={204: None})
    def delete(self, request: Request, upload_id: Any) -> Response:
        """Give an upload up and drop its bytes (tus termination)."""
        uploads.cancel_upload(upload=self._upload(upload_id), user=self.person)
        return Response(status=204)


class UploadRetryView(ApiView):
    write_scopes = (Scope.TRIPS_WRITE,)

    @extend_schema(operation_id="uploads_retry", request=None, responses={202: UploadSerializer})
    def post(self, request: Request, upload_id: Any) -> Response:
        """Inspect a failed upload again."""
        upload = uploads.upload_by_id(user=self.person, upload_id=str(upload_id))
        if upload is None:
            raise Http404
        uploads.retry_upload(upload=upload, user=self.person)
        return Response(UploadSerializer(upload).data, status=202)


def _body(request: Request) -> Readable:
    """The bytes as they arrive: the stream of the ASGI wrapper, or the request itself under WSGI and in tests."""
    raw: Any = request._request
    return cast(Readable, getattr(raw, "scope", {}).get(SCOPE_KEY) or raw)


def _append_first(upload: Upload, body: Readable) -> None:
    """Bytes sent along with the creation. If they break off the upload still stands, and the client resumes it."""
    try:
        uploads.append_chunk(upload=upload, offset=0, stream=body)
    except PlatelogError as error:
        if not error.retryable:
            raise


def _check_length(request: Request, upload: Upload, offset: int) -> None:
    """Refuse a body that announces too many bytes before any of them is written."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and offset == upload.offset and offset + int(announced) > upload.size:
        raise UploadTooLong


def _vehicle(fleet: Fleet, named: str) -> Vehicle | None:
    if not named:
        return None
    vehicles = Vehicle.objects.filter(fleet=fleet)
    by_id = vehicles.filter(pk=int(named)).first() if re.fullmatch(r"[0-9]{1,18}", named) else None
    vehicle = by_id or vehicles.filter(name=named).first()
    if vehicle is None:
        raise BadUpload(gettext("There is no such vehicle in this fleet."))
    return vehicle


def _hash(typed: str) -> str:
    typed = typed.strip().lower()
    if typed and not re.fullmatch(r"[0-9a-f]{64}", typed):
        raise BadUpload(gettext("The metadata `sha256` must be 64 hexadecimal digits."))
    return typed
