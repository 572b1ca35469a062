"""Many sightings at once: what comes in, and what became of each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from sightings.api.strict import LARGEST
from sightings.errors import NamedTwice, PlateUnusable
from sightings.forms import FLAG_REASONS
from sightings.models import BatchAction
from sightings.selectors_review import MOST_IN_BATCH
from sightings.services.bulk import STATUSES, Outcome


class ItemSerializer(serializers.Serializer[Any]):
    sighting = serializers.IntegerField(min_value=1, max_value=LARGEST)
    version = serializers.IntegerField(
        required=False, min_value=1, allow_null=True, default=None, help_text="As it was seen; absent: as it stands"
    )


class BulkSerializer(serializers.Serializer[Any]):
    fleet = serializers.SlugField(
        required=False, allow_blank=True, default="", help_text="Of all the sightings. Default: the caller's first"
    )
    action = serializers.ChoiceField(choices=BatchAction.choices)
    items = serializers.ListField(child=ItemSerializer(), allow_empty=False, max_length=MOST_IN_BATCH)
    plate = serializers.CharField(
        max_length=32, required=False, allow_blank=True, default="", help_text="Needed to correct"
    )
    reason = serializers.ChoiceField(choices=FLAG_REASONS, default="other", help_text="Of a flag")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    resolve_flags = serializers.BooleanField(
        default=False, help_text="Resolve the open flags of those that are confirmed, corrected or rejected"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [item["sighting"] for item in attrs["items"]]
        if len(named) != len(set(named)):
            raise NamedTwice
        if attrs["action"] == BatchAction.CORRECT and not attrs["plate"]:
            raise PlateUnusable(gettext("Say what the plate is."))
        attrs["items"] = {item["sighting"]: item["version"] for item in attrs["items"]}
        return attrs


class OutcomeSerializer(serializers.Serializer[Outcome]):
    sighting = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUSES)
    detail = serializers.CharField(help_text="For people; empty where it was done")


class BulkAnswerSerializer(serializers.Serializer[Any]):
    batch = serializers.IntegerField(allow_null=True, help_text="What to undo; null where nothing was done")
    done = serializers.IntegerField()
    results = OutcomeSerializer(many=True, help_text="In the order of the call")
