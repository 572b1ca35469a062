"""What uvicorn runs: pages and API over HTTP, live messages over websockets."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anpr_site.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()  # sets Django up, which what follows needs

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

import anpr_site.celery  # noqa: F401 - senders of work find the app by it
from sightings.api.streaming import StreamUploads
from sightings.routing import websocket_urlpatterns

application = ProtocolTypeRouter(
    {
        "http": StreamUploads(pages),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
