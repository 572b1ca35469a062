"""A trip as a file for maps and navigation: the line that was driven, and the sightings along it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.http import HttpResponse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from sightings import places_xml, selectors
from sightings.api.base import OneAnswer
from sightings.api.formats import GpxRenderer, KmlRenderer, StreamedRenderer
from sightings.api.permissions import has_scope, may_reveal
from sightings.api.views.trip_edits import TripEditViews
from sightings.models import ReviewState, Scope, Sighting, Trip
from sightings.services import audit

Written = Callable[[Trip, Iterable[Sighting], bool, str], Iterator[str]]


class TripFileViews(TripEditViews):
    """Beside the views of trips."""

    @extend_schema(operation_id="trips_gpx", responses={(200, GpxRenderer.media_type): OpenApiTypes.STR})
    @action(detail=True, methods=["get"], pagination_class=None, content_negotiation_class=OneAnswer)
    def gpx(self, request: Request, pk: str) -> HttpResponse:
        """The track, and a way point a sighting, as GPX 1.1; needs export. A comment in it says how many sightings have
        no place and are left out; those that people rejected are not counted."""
        return self._file(request, pk, GpxRenderer, places_xml.trip_as_gpx)

    @extend_schema(operation_id="trips_kml", responses={(200, KmlRenderer.media_type): OpenApiTypes.STR})
    @action(detail=True, methods=["get"], pagination_class=None, content_negotiation_class=OneAnswer)
    def kml(self, request: Request, pk: str) -> HttpResponse:
        """The same as KML 2.2."""
        return self._file(request, pk, KmlRenderer, places_xml.trip_as_kml)

    def _file(self, request: Request, pk: str, kind: type[StreamedRenderer], written: Written) -> HttpResponse:
        if not has_scope(request, Scope.EXPORT):
            raise PermissionDenied(gettext("This needs the scope export."), code="scope_missing")
        trip = self._trip(pk)
        found = selectors.trip_sightings(self.person, trip).exclude(review_state=ReviewState.REJECTED)
        rows = list(found.defer(*kind.unread))
        site = request.build_absolute_uri("/").rstrip("/")
        detail = {"format": kind.format, "rows": len(rows), "via": "api"}
        audit.record(action="trip.exported", user=self.person, fleet=trip.fleet, target=trip, detail=detail)
        named = {"Content-Disposition": f'attachment; filename="trip-{trip.pk}.{kind.format}"'}
        return HttpResponse("".join(written(trip, rows, may_reveal(request), site)), kind.media_type, headers=named)
