"""Trips, vehicles, and who is calling."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors
from sightings.api.base import ApiView
from sightings.api.pagination import ByName, NewestFirst
from sightings.api.serializers.trips import MeSerializer, TripDetailSerializer, TripSerializer, VehicleSerializer
from sightings.models import ApiToken, Scope, Trip, Vehicle
from sightings.services import trips


class TripViews(ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Trip]):
    """Drives, newest first."""

    queryset = Trip.objects.none()
    serializer_class = TripSerializer
    pagination_class = NewestFirst
    write_scopes = (Scope.TRIPS_WRITE,)

    def get_queryset(self) -> QuerySet[Trip]:
        return selectors.trips_for(self.person)

    def _trip(self, pk: str) -> Trip:
        trip = selectors.trip_detail(self.person, int(pk))
        if trip is None:
            raise Http404
        return trip

    def _answer(self, trip: Trip, status: int = 200) -> Response:
        return Response(TripDetailSerializer(trip, context=self.get_serializer_context()).data, status=status)

    @extend_schema(responses=TripDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One drive with its videos and their runs."""
        return self._answer(self._trip(pk))

    @extend_schema(request=TripSerializer, responses=TripDetailSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Rename."""
        trip = self._trip(pk)
        words = TripSerializer(trip, data=request.data, partial=True)
        words.is_valid(raise_exception=True)
        trips.rename_trip(trip=trip, user=self.person, name=words.validated_data.get("name", trip.name))
        return self._answer(self._trip(pk))

    @extend_schema(request=None, responses={202: TripDetailSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Read again what failed. 409 not_retryable where nothing did."""
        trips.retry_trip(trip=self._trip(pk), user=self.person)
        return self._answer(self._trip(pk), status=202)

    @extend_schema(request=None, responses={202: TripDetailSerializer})
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """Stop reading; what was read stays. 409 not_stoppable where nothing is being read."""
        trips.stop_trip(trip=self._trip(pk), user=self.person)
        return self._answer(self._trip(pk), status=202)


class VehicleViews(ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Vehicle]):
    """The fleet's own vehicles and their cameras."""

    queryset = Vehicle.objects.none()
    serializer_class = VehicleSerializer
    pagination_class = ByName

    def get_queryset(self) -> QuerySet[Vehicle]:
        return selectors.vehicles_for(self.person)


class MeView(ApiView):
    """Who is calling, and what they may do."""

    read_scopes = ()
    serializer_class: type[serializers.Serializer[Any]] = MeSerializer

    @extend_schema(operation_id="me_retrieve", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        person = self.person
        scopes = request.auth.scopes if isinstance(request.auth, ApiToken) else None
        fleets = person.memberships.select_related("fleet").order_by("pk")
        me = {"username": person.username, "is_staff": person.is_staff, "time_zone": person.time_zone}
        return Response(MeSerializer({**me, "fleets": fleets, "scopes": scopes}).data)
