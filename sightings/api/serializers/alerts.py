"""Watchlists, what is on them, and alerts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sightings.api.serializers import shared
from sightings.api.serializers.sightings import SightingSerializer
from sightings.api.strict import LARGEST
from sightings.models import Alert, AlertState, WatchEntry, Watchlist
from sightings.selectors_alerts import DryRun
from sightings.services.watchlist_csv import RowReport
from sightings.services.watchlists import MOST_EMAILS
from sightings.watching import Accepted


class ConditionsSerializer(serializers.Serializer[Any]):
    """When and where an alert is wanted; what is empty lets everything through."""

    from_time = shared.Clock(required=False, allow_null=True, help_text="From this time of day")
    to_time = shared.Clock(
        required=False, allow_null=True, help_text="Before this one; beyond midnight where it is earlier"
    )
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), required=False, max_length=7, help_text="0 is Monday"
    )
    time_zone = serializers.CharField(
        max_length=64, required=False, allow_blank=True, help_text="Of times and weekdays; empty: the fleet's"
    )
    area = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="Corners in order: lon,lat;lon,lat;lon,lat"
    )
    vehicles = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=500, help_text="Seen by one of these"
    )


class WatchlistSerializer(ConditionsSerializer):
    """A watchlist with its conditions."""

    id = serializers.IntegerField(read_only=True)
    fleet = serializers.CharField(source="fleet.slug", read_only=True)
    name = serializers.CharField(max_length=120)
    notes = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    active = serializers.BooleanField(required=False, help_text="Only an active one alerts")
    emails = serializers.ListField(
        child=serializers.EmailField(), required=False, max_length=MOST_EMAILS, help_text="Who is told by e-mail"
    )
    entry_count = serializers.IntegerField(read_only=True)
    open_count = serializers.IntegerField(read_only=True, help_text="Alerts that nobody has acknowledged")
    created_at = shared.Moment(read_only=True)

    def to_representation(self, instance: Watchlist) -> dict[str, Any]:
        area = ";".join(f"{lon},{lat}" for lon, lat in instance.area)
        told: dict[str, Any] = super().to_representation(_Shown(instance, area))
        return told


class _Shown:
    """A watchlist as it is told: its area in the words of a search, its vehicles by key."""

    def __init__(self, watchlist: Watchlist, area: str) -> None:
        self.watchlist, self.area = watchlist, area
        self.vehicles = [vehicle.pk for vehicle in watchlist.vehicles.all()]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.watchlist, name)


class NewWatchlistSerializer(WatchlistSerializer):
    fleet = serializers.SlugField(required=False, help_text="The caller's first fleet if absent")


class MeaningSerializer(serializers.Serializer[Any]):
    """What an entry accepts."""

    pattern = serializers.CharField(max_length=64, help_text="A plate; ? is any one character, * any number of them")
    alike = serializers.BooleanField(default=False, help_text="Look-alikes too, such as 8 for B")
    near = serializers.BooleanField(default=False, help_text="One wrong, missing or extra character too")


class WatchEntrySerializer(serializers.ModelSerializer[WatchEntry]):
    created_at = shared.Moment(read_only=True)
    watchlist = serializers.IntegerField(
        min_value=1, source="watchlist_id"
    )  # no word on whether others have such a one
    pattern = serializers.CharField(max_length=64)

    class Meta:
        model = WatchEntry
        fields = ["id", "watchlist", "pattern", "alike", "near", "reason", "expires_on", "created_at"]


class EntryChangeSerializer(serializers.Serializer[Any]):
    """The fields to set."""

    pattern = serializers.CharField(max_length=64, required=False)
    alike = serializers.BooleanField(required=False)
    near = serializers.BooleanField(required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    expires_on = serializers.DateField(required=False, allow_null=True)


class AcceptedSerializer(serializers.Serializer[Accepted]):
    pattern = serializers.CharField(help_text="In normal form")
    explanation = serializers.CharField()
    alike = serializers.ListField(child=serializers.CharField(), help_text="Look-alikes, the first of them")
    alike_count = serializers.IntegerField()
    near = serializers.ListField(child=serializers.CharField(), help_text="Misreads by one character; ? is any")


class DryRunAskedSerializer(ConditionsSerializer):
    """A saved watchlist, or entries that are not saved; conditions that are given stand for the saved ones."""

    watchlist = serializers.IntegerField(required=False, min_value=1)
    fleet = serializers.SlugField(required=False)
    entries = MeaningSerializer(many=True, required=False)


class DryRunSerializer(serializers.Serializer[DryRun]):
    count = serializers.IntegerField(help_text="Alerts there would have been")
    capped = serializers.BooleanField(help_text="Only the latest sightings of these plates were looked at")
    latest = SightingSerializer(many=True)


class CsvSerializer(serializers.Serializer[Any]):
    csv = serializers.CharField(
        max_length=4_000_000, trim_whitespace=False, help_text="Columns plate, lookalikes, one_wrong, reason, expires"
    )


class RowReportSerializer(serializers.Serializer[RowReport]):
    row = serializers.IntegerField(help_text="Line of the file; the heading is line 1")
    plate = serializers.CharField()
    status = serializers.ChoiceField(choices=["added", "changed", "unchanged", "bad"])
    detail = serializers.CharField(help_text="What is wrong with a bad row")


class AlertSerializer(serializers.ModelSerializer[Alert]):
    """A pass that an entry of a watchlist means."""

    plate = serializers.CharField(source="text", help_text="As it read when the alert was made")
    watchlist_name = serializers.CharField(source="watchlist.name")
    pattern = serializers.CharField(source="entry.pattern")
    reason = serializers.CharField(source="entry.reason")
    trip = serializers.IntegerField(source="video.trip_id")
    timestamp = shared.Moment(source="seen_at", allow_null=True)
    acknowledged_by = serializers.CharField(source="acknowledged_by.username", default=None, allow_null=True)
    acknowledged_at = shared.Moment(allow_null=True)
    created_at = shared.Moment()

    class Meta:
        model = Alert
        fields = [
            "id", "watchlist", "watchlist_name", "entry", "pattern", "reason", "plate", "timestamp", "sighting",
            "trip", "state", "note", "acknowledged_by", "acknowledged_at", "mail_state", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class AcknowledgeSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class EntryFilterSerializer(serializers.Serializer[Any]):
    watchlist = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class AlertFilterSerializer(EntryFilterSerializer):
    state = serializers.ChoiceField(choices=AlertState.choices, required=False)
