"""What every view of the API has in common, said once instead of in settings, so that no default can undo it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from sightings.api.authentication import TokenAuthentication
from sightings.api.errors import handle
from sightings.api.idempotency import Answered, Once, once
from sightings.api.limits import PerMinute, tell
from sightings.api.permissions import HasScope
from sightings.api.sparse import SPARSE_ACTIONS, only_fields
from sightings.api.strict import check_body, check_query
from sightings.errors import BadQuery
from sightings.models import Scope, User


class Json(JSONParser):
    """Brackets within brackets without end are a mistake of the caller's like any other."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError from error


class OneAnswer(BaseContentNegotiation):
    """For calls that answer with a format of their own: no `Accept` is refused, and errors are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next((one for one in parsers if one.media_type == request.content_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """JSON in and out; a session or a token; the scopes that reading and writing need."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated, HasScope]
    parser_classes = [Json]
    renderer_classes = [JSONRenderer]
    throttle_classes = [PerMinute]

    read_scopes: ClassVar[Sequence[str]] = (Scope.SIGHTINGS_READ,)
    write_scopes: ClassVar[Sequence[str]] = (Scope.MANAGE,)

    def scopes_for(self, method: str) -> Sequence[str]:
        return self.read_scopes if method in SAFE_METHODS else self.write_scopes

    conditional: ClassVar[Sequence[str]] = ()  # actions that heed If-Match
    idempotent: ClassVar[bool] = True  # whether a POST with an Idempotency-Key is done once
    once: Once | None = None
    strict: ClassVar[bool] = True  # whether a JSON body must be of the document's types

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_query(request.query_params)
        asked = once(request) if self.idempotent else None
        if asked is not None:
            asked.begin()
            self.once = asked  # only now is it ours to end
        if request.method in ("POST", "PUT", "PATCH") and self.strict:
            check_body(self, request)

    def handle_exception(self, exc: Exception) -> Response:
        return exc.response if isinstance(exc, Answered) else super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(self, "action", None) in SPARSE_ACTIONS and isinstance(response, Response):
            response = self._sparse(request, response)
        response = super().finalize_response(request, response, *args, **kwargs)
        tell(request, response)
        if self.once is not None:
            self.once.end(response)
        return response

    def _sparse(self, request: Request, response: Response) -> Response:
        """The answer with no other fields than those that `fields` names, if it names any."""
        try:
            return only_fields(request, response)
        except BadQuery as error:
            return self.handle_exception(error)

    def get_exception_handler(self) -> Callable[..., Any]:
        return handle

    @property
    def person(self) -> User:
        """The caller; anonymous callers never get this far."""
        return cast(User, self.request.user)
