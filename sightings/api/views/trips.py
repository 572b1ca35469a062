"""Trips, vehicles, and who is calling."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors
from sightings.api.base import ApiView
from sightings.api.pagination import ByName, NewestFirst
from sightings.api.serializers.trips import (
    MeSerializer,
    QueueSerializer,
    TripDetailSerializer,
    TripSerializer,
    VehicleSerializer,
)
from sightings.api.views.trip_edits import TripEditViews
from sightings.eta import ReadingQueue
from sightings.models import ApiToken, Scope, Trip, Vehicle
from sightings.services import queueing, trips


class TripViews(TripEditViews, mixins.ListModelMixin, viewsets.GenericViewSet[Trip]):
    """Drives, newest first."""

    queryset = Trip.objects.none()
    serializer_class = TripSerializer
    pagination_class = NewestFirst
    write_scopes = (Scope.TRIPS_WRITE,)

    def get_queryset(self) -> QuerySet[Trip]:
        return selectors.trips_for(self.person)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "queue": ReadingQueue.now()}  # once for all trips of the answer

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

    @extend_schema(request=None, responses={202: TripDetailSerializer})
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Begin no further part; one that is being read is read to its end. 409 not_in_queue where nothing waits."""
        queueing.pause_trip(trip=self._trip(pk), user=self.person)
        return self._answer(self._trip(pk), status=202)

    @extend_schema(request=None, responses={202: TripDetailSerializer})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Read on after a pause. 409 not_paused."""
        queueing.resume_trip(trip=self._trip(pk), user=self.person)
        return self._answer(self._trip(pk), status=202)

    @extend_schema(request=None, responses={202: TripDetailSerializer})
    @action(detail=True, methods=["post"], url_path="put-first")
    def put_first(self, request: Request, pk: str) -> Response:
        """Read before the fleet's other trips; managers only. 409 not_in_queue where nothing waits."""
        queueing.put_first(trip=self._trip(pk), user=self.person)
        return self._answer(self._trip(pk), status=202)

    @extend_schema(request=None, responses={202: TripDetailSerializer})
    @action(detail=True, methods=["post"], url_path="put-back")
    def put_back(self, request: Request, pk: str) -> Response:
        """Let it wait for its turn again; managers only. 409 not_in_queue where it was not put first."""
        queueing.put_back(trip=self._trip(pk), user=self.person)
        return self._answer(self._trip(pk), status=202)


class QueueView(ApiView):
    """What waits to be read, of all that the caller may see."""

    serializer_class: type[serializers.Serializer[Any]] = QueueSerializer

    @extend_schema(operation_id="queue_retrieve", responses=QueueSerializer)
    def get(self, request: Request) -> Response:
        """Files, trips and minutes of video that are still to be read, and how long that will take."""
        return Response(QueueSerializer(selectors.queue_for(self.person)).data)


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
