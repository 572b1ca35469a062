"""What uvicorn runs: pages and API over HTTP, live messages over websockets."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anpr_site.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()  # sets Django up, which what follows needs

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

import anpr_site.celery  # noqa: E402, F401 - senders of work find the app by it
from sightings.api.streaming import StreamUploads  # noqa: E402
from sightings.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": StreamUploads(pages),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
