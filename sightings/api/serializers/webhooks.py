"""Webhooks and what was sent to them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sightings.api.serializers import shared
from sightings.api.strict import LARGEST
from sightings.models import Delivery, DeliveryState, EventKind, Failure, Shape, Webhook
from sightings.outgoing import LONGEST_URL
from sightings.services.webhooks import LONGEST_OVERLAP_H, WANTED


class WebhookSerializer(serializers.Serializer[Webhook]):
    """An address that is told of events."""

    id = serializers.IntegerField(read_only=True)
    fleet = serializers.CharField(source="fleet.slug", read_only=True)
    name = serializers.CharField(max_length=120)
    url = serializers.CharField(
        max_length=LONGEST_URL, help_text="https:// or http://; changing it needs the scope plates:reveal"
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in WANTED]),
        min_length=1,
        max_length=len(WANTED),
    )
    shape = serializers.ChoiceField(choices=Shape.choices, required=False, help_text="How the body is written")
    watchlist = serializers.IntegerField(
        source="watchlist_id", required=False, allow_null=True, min_value=1, help_text="Only alerts of this one"
    )
    reveal = serializers.BooleanField(
        required=False, help_text="Whether plates are told; setting it needs the scope plates:reveal"
    )
    active = serializers.BooleanField(
        required=False, help_text="While it is not, nothing is noted for it and nothing sent"
    )
    failures = serializers.IntegerField(read_only=True, help_text="Attempts in a row that failed")
    open_until = shared.Moment(read_only=True, allow_null=True, help_text="The target rests until then")
    waiting_count = serializers.IntegerField(read_only=True)
    dead_count = serializers.IntegerField(read_only=True, help_text="Deliveries that were given up")
    latest_at = shared.Moment(read_only=True, allow_null=True, help_text="Of the latest attempt")
    old_secret_until = shared.Moment(
        source="old_until", read_only=True, allow_null=True, help_text="Until then two signatures are sent"
    )
    created_at = shared.Moment(read_only=True)


class NewWebhookSerializer(WebhookSerializer):
    fleet = serializers.SlugField(required=False, help_text="The caller's first fleet if absent")


class MadeWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="Shown this once: what signatures are checked with")


class RotateSerializer(serializers.Serializer[Any]):
    overlap_hours = serializers.IntegerField(
        default=24, min_value=0, max_value=LONGEST_OVERLAP_H, help_text="For so long the secret before it signs as well"
    )


class SecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Shown this once")


class ReplayedSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Deliveries that are sent again")


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One event for one webhook. Body and answer may hold plates, and need the scope plates:reveal."""

    event = serializers.ChoiceField(choices=EventKind.choices)
    failure = serializers.ChoiceField(choices=Failure.choices, help_text="Why the latest attempt failed")
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status of the latest answer")
    answer = serializers.SerializerMethodField(help_text="Its first characters")
    body = serializers.SerializerMethodField(help_text="What is sent, byte for byte")
    due_at = shared.Moment(allow_null=True, help_text="When it is tried next")
    created_at = shared.Moment()
    tried_at = shared.Moment(allow_null=True)

    class Meta:
        model = Delivery
        fields = [
            "id", "webhook", "event_id", "event", "state", "attempts", "due_at", "failure", "status", "seconds",
            "answer", "body", "created_at", "tried_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_answer(self, row: Delivery) -> str | None:
        return row.answer if self.context.get("reveal") else None

    def get_body(self, row: Delivery) -> str | None:
        return row.body if self.context.get("reveal") else None


class DeliveryFilterSerializer(serializers.Serializer[Any]):
    webhook = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    state = serializers.ChoiceField(choices=DeliveryState.choices, required=False)
    event = serializers.ChoiceField(choices=EventKind.choices, required=False)
