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
from sightings.api.conditional import TaggedRetrieve, as_seen, tagged
from sightings.api.pagination import ByName, NewestFirst
from sightings.api.serializers.trips import (
    MeSerializer,
    QueueSerializer,
    TripDetailSerializer,
    TripSerializer,
    VehicleSerializer,
)
from sightings.api.serializers.vehicles import NewVehicleSerializer, VehicleChangeSerializer
from sightings.api.views.trip_files import TripFileViews
from sightings.eta import ReadingQueue
from sightings.models import ApiToken, Scope, Trip, Vehicle
from sightings.services import queueing, trips, vehicles
from sightings.services.roles import home_fleet


class TripViews(TripFileViews, mixins.ListModelMixin, viewsets.GenericViewSet[Trip]):
    """Drives, newest first."""

    queryset = Trip.objects.none()
    serializer_class = TripSerializer
    pagination_class = NewestFirst
    write_scopes = (Scope.TRIPS_WRITE,)
    conditional = ("partial_update",)

    def get_queryset(self) -> QuerySet[Trip]:
        return selectors.trips_for(self.person)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return None if page is None else selectors.counted(page)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "queue": ReadingQueue.now()}  # once for all trips of the answer

    def _answer(self, trip: Trip, status: int = 200) -> Response:
        told = TripDetailSerializer(trip, context=self.get_serializer_context()).data
        return Response(told, status=status, headers=tagged(trip))

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
        with as_seen(request, trip):
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


class VehicleViews(TaggedRetrieve, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Vehicle]):
    """The fleet's own vehicles and their cameras."""

    queryset = Vehicle.objects.none()
    serializer_class = VehicleSerializer
    pagination_class = ByName
    conditional = ("partial_update",)

    def get_queryset(self) -> QuerySet[Vehicle]:
        return selectors.vehicles_for(self.person)

    @extend_schema(responses=VehicleSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One vehicle."""
        return super().retrieve(request, pk)

    @extend_schema(request=NewVehicleSerializer, responses={201: VehicleSerializer})
    def create(self, request: Request) -> Response:
        """Add one to the fleet; managers only. 409 name_taken where there is one of this name."""
        asked = NewVehicleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values: dict[str, Any] = asked.validated_data
        fleet = home_fleet(self.person, values.pop("fleet"))
        vehicle = vehicles.add_vehicle(user=self.person, fleet=fleet, values=values)
        return Response(VehicleSerializer(vehicle).data, status=201, headers=tagged(vehicle))

    @extend_schema(request=VehicleChangeSerializer, responses=VehicleSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Set the fields that are given; managers only. The clock and its zone count for trips that come in later."""
        vehicle = self.get_object()
        asked = VehicleChangeSerializer(vehicle, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        with as_seen(request, vehicle):
            vehicles.change_vehicle(vehicle=vehicle, user=self.person, values=asked.validated_data)
        vehicle = self.get_object()
        return Response(VehicleSerializer(vehicle).data, headers=tagged(vehicle))


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
