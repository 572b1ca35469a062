"""How mail is sent, from one address: `smtp://name:password@host:587/?tls=yes`, or `smtps://…`; empty: not at all."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 25, "smtps": 465}


def settings_of(url: str) -> dict[str, Any]:
    """Django's settings for it. A wrong address stops the start."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("EMAIL_URL names a port that is no number.") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must be smtp://name:password@host:port/?tls=yes or smtps://…")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parse_qs(parts.query).get("tls", ["no"])[0] in ("yes", "1", "true"),
        "EMAIL_TIMEOUT": 20,
    }
