"""`POST /v1/plate-reader/`, as programs written for Plate Recognizer's Snapshot call it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import plate_reader, shapes
from sightings.api.base import ApiView
from sightings.api.serializers.plate_reader import (
    PictureInJsonSerializer,
    PictureSerializer,
    ReaderErrorSerializer,
    ReadPictureSerializer,
)
from sightings.errors import NotAPicture, PictureTooLarge, ReaderAway
from sightings.models import Scope
from sightings.services import audit
from sightings.services.roles import home_fleet

ENVELOPE = 64 * 1024  # bytes of a request besides its picture


class _Words(serializers.Serializer[Any]):
    """What is said beside the picture."""

    camera_id = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=200)
    timestamp = serializers.DateTimeField(required=False, allow_null=True, default_timezone=UTC)


class PlateReaderView(ApiView):
    """Reads the plates of a picture while the caller waits. Neither the picture nor its plates are kept."""

    parser_classes = [MultiPartParser, FormParser, JSONParser]
    write_scopes = (Scope.PLATES_REVEAL,)
    idempotent = False  # nothing is made
    strict = False  # clients of Snapshot were written for a server that is not

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if response.status_code >= 400 and isinstance(response.data, dict):
            response.data["status_code"] = response.status_code
        return super().finalize_response(request, response, *args, **kwargs)

    @extend_schema(
        operation_id="plate_reader",
        request={"multipart/form-data": PictureSerializer, "application/json": PictureInJsonSerializer},
        responses={201: ReadPictureSerializer}
        | dict.fromkeys((400, 401, 403, 413, 415, 429, 503), ReaderErrorSerializer),
    )
    def post(self, request: Request) -> Response:
        """In the request and the answer of Plate Recognizer's Snapshot; needs plates:reveal. 503 with `Retry-After`
        where more pictures wait than can be read soon."""
        fleet = home_fleet(self.person)
        sent = _sent(request)
        words = _Words(data={name: sent[name] for name in ("camera_id", "timestamp") if sent.get(name)})
        words.is_valid(raise_exception=True)
        picture, name = _picture(sent.get("upload"))
        read = plate_reader.ask(picture, _region(sent))
        if "refused" in read:
            raise NotAPicture(read["refused"])
        if "failed" in read:
            raise ReaderAway
        camera = words.validated_data.get("camera_id") or None
        found = {"plates": len(read["plates"]), "camera_id": camera}
        audit.record(action="picture.read", user=self.person, fleet=fleet, detail=found)
        answer = {
            "processing_time": read["processing_ms"],
            "results": [shapes.platerec_result(**plate) for plate in read["plates"]],
            "filename": name,
            "version": 1,
            "camera_id": camera,
            "timestamp": _moment(words.validated_data.get("timestamp") or timezone.now()),
        }
        return Response(answer, status=201)


def _sent(request: Request) -> Mapping[str, Any]:
    """The body by name. Raises PictureTooLarge before it is taken apart, NotAPicture."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > settings.PLATE_READER_MAX_BYTES * 4 / 3 + ENVELOPE:
        raise PictureTooLarge
    try:
        sent = request.data
    except RequestDataTooBig as error:
        raise PictureTooLarge from error
    if not isinstance(sent, Mapping):
        raise NotAPicture
    return sent


def _picture(upload: Any) -> tuple[bytes, str]:
    """The bytes and their file's name. Raises NotAPicture, PictureTooLarge."""
    if isinstance(upload, UploadedFile):
        _check_size(upload.size or 0)
        return upload.read(), upload.name or "upload"
    if not isinstance(upload, str) or not upload:
        raise NotAPicture
    try:
        picture = base64.b64decode("".join(upload.rpartition("base64,")[2].split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotAPicture("`upload` is neither a file nor base64.") from error
    _check_size(len(picture))
    return picture, "upload"


def _check_size(size: int) -> None:
    if size > settings.PLATE_READER_MAX_BYTES:
        raise PictureTooLarge(
            f"A picture may have {settings.PLATE_READER_MAX_BYTES} bytes at most. Send a smaller one."
        )


def _region(sent: Mapping[str, Any]) -> str:
    """The region that was named, if it is one alone: among several the reader sees for itself."""
    named = sent.getlist("regions") if isinstance(sent, QueryDict) else sent.get("regions")
    regions = [named] if isinstance(named, str) else named
    alone = isinstance(regions, list) and len(regions) == 1 and isinstance(regions[0], str)
    return regions[0].strip().lower()[:20].replace("\n", "") if alone and regions else ""


def _moment(when: datetime) -> str:
    """To the microsecond, as Snapshot writes it."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
