"""Webhooks and the log of their deliveries. All of it is for those who manage the fleet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors_webhooks
from sightings.api.base import ApiView
from sightings.api.pagination import ByName, NewestFirst
from sightings.api.permissions import may_reveal
from sightings.api.serializers.webhooks import (
    DeliveryFilterSerializer,
    DeliverySerializer,
    MadeWebhookSerializer,
    NewWebhookSerializer,
    ReplayedSerializer,
    RotateSerializer,
    SecretSerializer,
    WebhookSerializer,
)
from sightings.api.views.revealing import RevealingViews
from sightings.errors import NotAllowed
from sightings.models import Delivery, Role, Scope, Webhook
from sightings.services import audit, webhooks
from sightings.services.roles import fleet_for_audit, home_fleet, managed_fleets, require_role


class WebhookViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Webhook]):
    """Addresses that are told of events, by name."""

    queryset = Webhook.objects.none()
    serializer_class = WebhookSerializer
    pagination_class = ByName
    read_scopes = (Scope.MANAGE,)
    write_scopes = (Scope.MANAGE,)
    idempotent = False  # an answer that is kept would keep the secret

    def get_queryset(self) -> QuerySet[Webhook]:
        found = selectors_webhooks.webhooks_for(self.person)
        return found.filter(fleet__in=managed_fleets(self.person)) if self.action == "list" else found

    def get_object(self) -> Webhook:
        webhook = super().get_object()
        require_role(self.person, webhook.fleet, Role.MANAGER)
        return webhook

    def _told(self, pk: int) -> Any:
        return WebhookSerializer(selectors_webhooks.webhooks_for(self.person).get(pk=pk)).data

    def _values(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """As the services take them. Raises NotAllowed where a caller who may not see plates lets others see them: what
        another person let a webhook tell must not be led elsewhere either.
        """
        values = dict(asked)
        led = values.get("reveal") or (self.action == "partial_update" and "url" in values)
        if led and not may_reveal(self.request):
            raise NotAllowed(gettext("This token lacks the scope %(scope)s.") % {"scope": Scope.PLATES_REVEAL.value})
        if "watchlist_id" in values:
            values["watchlist"] = values.pop("watchlist_id")
        return values

    @extend_schema(responses=WebhookSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self._told(self.get_object().pk))

    @extend_schema(request=NewWebhookSerializer, responses={201: MadeWebhookSerializer})
    def create(self, request: Request) -> Response:
        """Make one. Its secret is in this answer and in no other."""
        asked = NewWebhookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = self._values(asked.validated_data)
        fleet = home_fleet(self.person, values.pop("fleet", ""))
        made, secret = webhooks.create_webhook(user=self.person, fleet=fleet, values=values)
        return Response(self._told(made.pk) | {"secret": secret}, status=201)

    @extend_schema(request=WebhookSerializer(partial=True), responses=WebhookSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Set the fields that are given."""
        asked = WebhookSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        webhook = self.get_object()
        webhooks.change_webhook(webhook=webhook, user=self.person, values=self._values(asked.validated_data))
        return Response(self._told(webhook.pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete; `restore` takes it back."""
        webhooks.delete_webhook(webhook=self.get_object(), user=self.person)
        return Response(status=204)

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Take a deletion back; what waited goes on."""
        webhook = selectors_webhooks.deleted_too(self.person).filter(pk=int(pk)).first()
        if webhook is None:
            raise Http404
        return Response(self._told(webhooks.restore_webhook(webhook=webhook, user=self.person).pk))

    @extend_schema(request=RotateSerializer, responses=SecretSerializer)
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, pk: str) -> Response:
        """Make a new secret; for a while the one before it signs as well."""
        asked = RotateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        overlap_h = asked.validated_data["overlap_hours"]
        secret = webhooks.rotate_secret(webhook=self.get_object(), user=self.person, overlap_h=overlap_h)
        return Response({"secret": secret})

    @extend_schema(request=None, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Send a `ping` at once and tell how the receiver answered; 200 also where it failed."""
        sent = webhooks.send_test(webhook=self.get_object(), user=self.person)
        return Response(DeliverySerializer(sent, context=self.get_serializer_context()).data)

    @extend_schema(request=None, responses=ReplayedSerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Send all again that were given up."""
        return Response({"count": webhooks.replay_dead(webhook=self.get_object(), user=self.person)})


class DeliveryViews(
    RevealingViews, ApiView, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Delivery]
):
    """What was sent to webhooks, or is to be, latest first."""

    queryset = Delivery.objects.none()
    serializer_class = DeliverySerializer
    pagination_class = NewestFirst
    read_scopes = (Scope.MANAGE,)
    write_scopes = (Scope.MANAGE,)

    def get_queryset(self) -> QuerySet[Delivery]:
        found = selectors_webhooks.deliveries_for(self.person)
        if self.action != "list":
            return found
        asked = DeliveryFilterSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return found.filter(webhook__fleet__in=managed_fleets(self.person), **asked.validated_data)

    def get_object(self) -> Delivery:
        delivery = super().get_object()
        require_role(self.person, delivery.webhook.fleet, Role.MANAGER)
        return delivery

    @extend_schema(parameters=[DeliveryFilterSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them, or those of one webhook, state or event."""
        self._noted()
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self._noted()
        return super().retrieve(request, *args, **kwargs)

    def _noted(self) -> None:
        """Bodies show plates."""
        if may_reveal(self.request):
            audit.record(action="deliveries.viewed", user=self.person, fleet=fleet_for_audit(self.person))

    @extend_schema(request=None, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Send it again with the same event id. 409 not_replayable while it is on its way."""
        delivery = webhooks.replay(delivery=self.get_object(), user=self.person)
        return Response(DeliverySerializer(delivery, context=self.get_serializer_context()).data)
