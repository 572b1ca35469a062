"""What a key may do. A person in a session may do what their role allows; a key, what its scopes allow besides."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from sightings.models import ApiToken, Scope


def has_scope(request: Request, scope: str) -> bool:
    """Whether the caller holds the scope; a session holds all."""
    return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes


def may_reveal(request: Request) -> bool:
    """Whether plate texts and pictures may be shown to the caller."""
    return has_scope(request, Scope.PLATES_REVEAL)


class HasScope(BasePermission):
    """Asks for the scopes that the view names for the method, all of them."""

    message: str
    code = "scope_missing"

    def has_permission(self, request: Request, view: Any) -> bool:
        missing = [str(scope) for scope in view.scopes_for(request.method) if not has_scope(request, scope)]
        if missing:
            self.message = gettext("This token lacks the scope %(scope)s.") % {"scope": ", ".join(missing)}
        return not missing
