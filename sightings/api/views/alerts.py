"""Watchlists, what is on them, and alerts. Those who look may read; reviewers change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import filters, selectors_alerts, watching
from sightings.api.base import ApiView
from sightings.api.conditional import TaggedRetrieve, as_seen, tagged
from sightings.api.pagination import ByName, EntriesByPattern, NewestFirst
from sightings.api.serializers.alerts import (
    AcceptedSerializer,
    AcknowledgeSerializer,
    AlertFilterSerializer,
    AlertSerializer,
    CsvSerializer,
    DryRunAskedSerializer,
    DryRunSerializer,
    EntryChangeSerializer,
    EntryFilterSerializer,
    MeaningSerializer,
    NewWatchlistSerializer,
    RowReportSerializer,
    WatchEntrySerializer,
    WatchlistSerializer,
)
from sightings.api.views.revealing import RevealingViews
from sightings.models import Alert, Scope, WatchEntry, Watchlist
from sightings.selectors_alerts import DryRun
from sightings.services import alerts, audit, watchlist_csv, watchlists
from sightings.services.roles import fleet_for_audit, home_fleet
from sightings.watching import Conditions

# All of it shows plates.
READS = (Scope.SIGHTINGS_READ, Scope.PLATES_REVEAL)
WRITES = (Scope.CORRECTIONS_WRITE, Scope.PLATES_REVEAL)


def _values(words: Mapping[str, Any]) -> dict[str, Any]:
    """As the services take them: the area as corners."""
    values = dict(words)
    if "area" in values:
        values["area"] = [list(corner) for corner in filters.area_of(values["area"])]
    return values


class WatchlistViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Watchlist]):
    """Plates to be told of, by name."""

    queryset = Watchlist.objects.none()
    serializer_class = WatchlistSerializer
    pagination_class = ByName
    read_scopes = READS
    write_scopes = WRITES
    conditional = ("partial_update", "destroy")

    def get_queryset(self) -> QuerySet[Watchlist]:
        return selectors_alerts.watchlists_for(self.person)

    def _told(self, pk: int, status: int = 200) -> Response:
        watchlist = selectors_alerts.watchlists_for(self.person).get(pk=pk)
        return Response(WatchlistSerializer(watchlist).data, status=status, headers=tagged(watchlist))

    @extend_schema(responses=WatchlistSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._told(self.get_object().pk)

    @extend_schema(request=NewWatchlistSerializer, responses={201: WatchlistSerializer})
    def create(self, request: Request) -> Response:
        """Make one; plates are added to it under `watch-entries`."""
        asked = NewWatchlistSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = _values(asked.validated_data)
        fleet = home_fleet(self.person, values.pop("fleet", ""))
        return self._told(watchlists.create_watchlist(user=self.person, fleet=fleet, values=values).pk, 201)

    @extend_schema(request=WatchlistSerializer(partial=True), responses=WatchlistSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Set the fields that are given."""
        asked = WatchlistSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        watchlist = self.get_object()
        with as_seen(request, watchlist):
            watchlists.change_watchlist(watchlist=watchlist, user=self.person, values=_values(asked.validated_data))
        return self._told(watchlist.pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete; `restore` takes it back."""
        watchlist = self.get_object()
        with as_seen(request, watchlist):
            watchlists.delete_watchlist(watchlist=watchlist, user=self.person)
        return Response(status=204)

    @extend_schema(request=None, responses=WatchlistSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Take a deletion back."""
        watchlist = Watchlist.objects.deleted_too(self.person).filter(pk=int(pk)).first()
        if watchlist is None:
            raise Http404
        watchlists.restore_watchlist(watchlist=watchlist, user=self.person)
        return self._told(watchlist.pk)

    @extend_schema(request=MeaningSerializer, responses=AcceptedSerializer)
    @action(detail=False, methods=["post"])
    def accepts(self, request: Request) -> Response:
        """Which misreads an entry would accept; nothing is saved and nothing looked up."""
        asked = MeaningSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(AcceptedSerializer(watching.explain(**asked.validated_data)).data)

    @extend_schema(request=DryRunAskedSerializer, responses=DryRunSerializer)
    @action(detail=False, methods=["post"], url_path="dry-run")
    def dry_run(self, request: Request) -> Response:
        """What a watchlist, or entries that are not saved yet, would have found in the log."""
        asked = DryRunAskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = self._tried(_values(asked.validated_data))
        return Response(DryRunSerializer(found, context=self.get_serializer_context()).data)

    def _tried(self, words: dict[str, Any]) -> DryRun:
        saved = self.get_queryset().filter(pk=words["watchlist"]).first() if "watchlist" in words else None
        if saved is None and "watchlist" in words:
            raise Http404
        fleet = saved.fleet if saved else home_fleet(self.person, words.get("fleet", ""))
        conditions = _asked(saved or Watchlist(fleet=fleet), words)
        if "entries" in words or saved is None:
            accepted = [watching.meanings(**entry) for entry in words.get("entries", [])]
            found = selectors_alerts.dry_run(self.person, fleet, accepted, conditions)
        else:
            found = selectors_alerts.dry_run_of(self.person, saved, conditions)
        detail = {"entries": [entry["pattern"] for entry in words.get("entries", [])], "found": found.count}
        audit.record(action="watchlist.tried", user=self.person, fleet=fleet, target=saved, detail=detail)
        return found

    @extend_schema(methods=["get"], responses={(200, "text/csv"): OpenApiTypes.STR})
    @extend_schema(methods=["post"], request=CsvSerializer, responses=RowReportSerializer(many=True))
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def csv(self, request: Request, pk: str) -> Response | HttpResponse:
        """All entries as CSV; or add and change entries by the rows of one, with a report on each row."""
        watchlist = self.get_object()
        if request.method == "GET":
            written = watchlist_csv.written(watchlist, user=self.person)
            named = {"Content-Disposition": f'attachment; filename="watchlist-{watchlist.pk}.csv"'}
            return HttpResponse(written, content_type="text/csv; charset=utf-8", headers=named)
        asked = CsvSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        reports: Any = watchlist_csv.read_in(watchlist=watchlist, user=self.person, text=asked.validated_data["csv"])
        return Response(RowReportSerializer(reports, many=True).data)


def _asked(watchlist: Watchlist, words: Mapping[str, Any]) -> Conditions:
    """The conditions of a watchlist, but for those that the call names."""
    for name in ("from_time", "to_time", "weekdays", "time_zone", "area"):
        setattr(watchlist, name, words.get(name, getattr(watchlist, name)))
    conditions = watchlist.conditions
    return replace(conditions, vehicles=frozenset(words["vehicles"])) if "vehicles" in words else conditions


class WatchEntryViews(TaggedRetrieve, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[WatchEntry]):
    """Plates and patterns on watchlists, by pattern."""

    queryset = WatchEntry.objects.none()
    serializer_class = WatchEntrySerializer
    pagination_class = EntriesByPattern
    read_scopes = READS
    write_scopes = WRITES
    conditional = ("partial_update", "destroy")

    def get_queryset(self) -> QuerySet[WatchEntry]:
        entries = selectors_alerts.entries_for(self.person)
        if self.action != "list":
            return entries
        asked = EntryFilterSerializer(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return entries.filter(**asked.validated_data)

    @extend_schema(parameters=[EntryFilterSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them, or those of one watchlist."""
        audit.record(action="watchlist.viewed", user=self.person, fleet=fleet_for_audit(self.person))
        return super().list(request, *args, **kwargs)

    @extend_schema(responses={201: WatchEntrySerializer})
    def create(self, request: Request) -> Response:
        """Put a plate on a watchlist. 409 entry_exists where it is on it already."""
        asked = WatchEntrySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        words = dict(asked.validated_data)
        watchlist = selectors_alerts.watchlists_for(self.person).filter(pk=words.pop("watchlist_id")).first()
        if watchlist is None:
            raise Http404
        entry = watchlists.add_entry(watchlist=watchlist, user=self.person, **words)
        return Response(WatchEntrySerializer(entry).data, status=201)

    @extend_schema(request=EntryChangeSerializer, responses=WatchEntrySerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Set the fields that are given."""
        asked = EntryChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        entry = self.get_object()
        with as_seen(request, entry):
            entry = watchlists.change_entry(entry=entry, user=self.person, **asked.validated_data)
        return Response(WatchEntrySerializer(entry).data, headers=tagged(entry))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take it off; its alerts stay. `restore` puts it back."""
        entry = self.get_object()
        with as_seen(request, entry):
            watchlists.remove_entry(entry=entry, user=self.person)
        return Response(status=204)

    @extend_schema(request=None, responses=WatchEntrySerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Put it back."""
        entry = selectors_alerts.removed_too(self.person).filter(pk=int(pk)).first()
        if entry is None:
            raise Http404
        return Response(WatchEntrySerializer(watchlists.restore_entry(entry=entry, user=self.person)).data)


class AlertViews(ApiView, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Alert]):
    """Passes that watchlists mean, latest first."""

    queryset = Alert.objects.none()
    serializer_class = AlertSerializer
    pagination_class = NewestFirst
    read_scopes = READS
    write_scopes = WRITES

    def get_queryset(self) -> QuerySet[Alert]:
        found = selectors_alerts.alerts_for(self.person)
        if self.action != "list":
            return found
        asked = AlertFilterSerializer(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return found.filter(**asked.validated_data)

    @extend_schema(parameters=[AlertFilterSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them, or those of one state or watchlist."""
        audit.record(action="alerts.viewed", user=self.person, fleet=fleet_for_audit(self.person))
        return super().list(request, *args, **kwargs)

    @extend_schema(request=AcknowledgeSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Say that it was seen to. 409 already_acknowledged where someone was first."""
        asked = AcknowledgeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        alert = alerts.acknowledge_alert(alert=self.get_object(), user=self.person, **asked.validated_data)
        return Response(AlertSerializer(alert).data)

    @extend_schema(request=None, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Take an acknowledgment back."""
        return Response(AlertSerializer(alerts.reopen_alert(alert=self.get_object(), user=self.person)).data)
