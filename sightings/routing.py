"""The addresses of websockets."""

from __future__ import annotations

from django.urls import path

from sightings.consumers import FleetConsumer

websocket_urlpatterns = [path("ws/fleet/", FleetConsumer.as_asgi())]
