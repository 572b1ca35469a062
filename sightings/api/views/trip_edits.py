"""A trip's clock, track and extent, changed by hand, and its history."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors
from sightings.api.base import ApiView
from sightings.api.serializers.trip_edits import (
    MergeSerializer,
    ShiftSerializer,
    SplitSerializer,
    TrackUploadSerializer,
    TripEditSerializer,
)
from sightings.api.serializers.trips import UploadSerializer
from sightings.models import Trip, TripEdit
from sightings.services import trip_edits, trip_undo, uploads
from sightings.services.trip_clock import shift_trip
from sightings.services.trip_parts import merge_trips, split_trip


class TripEditViews(ApiView):
    """The acts, beside the views of trips."""

    def _trip(self, pk: str) -> Trip:
        trip = selectors.trip_detail(self.person, int(pk))
        if trip is None:
            raise Http404
        return trip

    @extend_schema(request=ShiftSerializer, responses={201: TripEditSerializer})
    @action(detail=True, methods=["post"])
    def shift(self, request: Request, pk: str) -> Response:
        """Move the clock; times and positions of all sightings follow. 409 track_elsewhere where none would be left."""
        words = _words(ShiftSerializer, request)
        edit = shift_trip(
            trip=self._trip(pk),
            user=self.person,
            seconds=words.get("seconds"),
            start=words.get("started_at"),
            uncertainty_s=words.get("uncertainty_s"),
            keep_positions=words["keep_positions"],
        )
        return _told(edit)

    @extend_schema(request={"multipart/form-data": TrackUploadSerializer}, responses={202: UploadSerializer})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def track(self, request: Request, pk: str) -> Response:
        """Replace the track by a file. The upload tells how it went; its `findings.edit` is what can be undone."""
        trip = self._trip(pk)
        file = _words(TrackUploadSerializer, request)["file"]
        upload = uploads.send_track(trip=trip, user=self.person, filename=file.name, size=file.size, stream=file)
        return Response(UploadSerializer(upload).data, status=202)

    @extend_schema(request=MergeSerializer, responses={201: TripEditSerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Put another trip of the same vehicle into this one. 409 not_mergeable where they are of two vehicles."""
        other = _words(MergeSerializer, request)["trip"]
        return _told(merge_trips(trip=self._trip(pk), other=self._trip(str(other)), user=self.person))

    @extend_schema(request=SplitSerializer, responses={201: TripEditSerializer})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: str) -> Response:
        """Make the later videos a trip of their own, which the answer names as `other`."""
        return _told(split_trip(trip=self._trip(pk), user=self.person, at=_words(SplitSerializer, request)["at"]))

    @extend_schema(operation_id="trips_edits_list", responses=TripEditSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def edits(self, request: Request, pk: str) -> Response:
        """What was done to this trip, latest first; undone acts too."""
        return Response(TripEditSerializer(trip_edits.history(self.person, self._trip(pk)), many=True).data)

    @extend_schema(
        operation_id="trips_edits_undo",
        parameters=[OpenApiParameter("edit_id", int, OpenApiParameter.PATH)],
        request=None,
        responses=TripEditSerializer,
    )
    @action(detail=True, methods=["post"], url_path=r"edits/(?P<edit_id>[0-9]{1,18})/undo")
    def undo(self, request: Request, pk: str, edit_id: str) -> Response:
        """Bring back exactly what an act changed; the latest first. 409 undo_later_first, already_undone."""
        edit = trip_edits.edit_of(self.person, self._trip(pk), int(edit_id))
        if edit is None:
            raise Http404
        return _told(trip_undo.undo_edit(edit=edit, user=self.person), status=200)


def _words(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    words = kind(data=request.data)
    words.is_valid(raise_exception=True)
    return dict(words.validated_data)


def _told(edit: TripEdit, status: int = 201) -> Response:
    return Response(TripEditSerializer(edit).data, status=status)
