"""What every view of the API has in common, said once instead of in settings, so that no default can undo it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from sightings.api.authentication import TokenAuthentication
from sightings.api.errors import handle
from sightings.api.permissions import HasScope
from sightings.models import Scope, User


class ApiView(APIView):
    """JSON in and out; a session or a token; the scopes that reading and writing need."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated, HasScope]
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]

    read_scopes: ClassVar[Sequence[str]] = (Scope.SIGHTINGS_READ,)
    write_scopes: ClassVar[Sequence[str]] = (Scope.MANAGE,)

    def get_exception_handler(self) -> Callable[..., Any]:
        return handle

    @property
    def person(self) -> User:
        """The caller; anonymous callers never get this far."""
        return cast(User, self.request.user)
