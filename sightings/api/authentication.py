"""Programs authenticate with `Authorization: Token …` or `Bearer …`; pages with their session and CSRF token."""

from __future__ import annotations

from django.utils.translation import gettext
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from sightings.models import ApiToken, User
from sightings.services.tokens import find_token

KEYWORDS = {"token", "bearer"}


class TokenAuthentication(BaseAuthentication):
    """Finds the key behind the header; `request.auth` is then the ApiToken with its scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts or parts[0].lower() not in KEYWORDS:
            return None
        token = find_token(secret=parts[1]) if len(parts) == 2 else None
        if token is None:
            raise AuthenticationFailed(gettext("This token is unknown, expired or revoked."), code="token_invalid")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"
