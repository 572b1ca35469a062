"""Every error of the API is `{"detail": words for people, "code": a word for programs}`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from sightings.errors import BodyTooLarge, PlatelogError


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Called by DRF for what a view raises; None lets an unknown error become a 500 with its traceback logged."""
    if isinstance(error, PlatelogError):
        headers = {"Retry-After": "1"} if error.retryable and error.status in (423, 503, 507) else None
        return Response({"detail": error.detail, "code": error.code}, status=error.status, headers=headers)
    if isinstance(error, RequestDataTooBig):
        return handle(BodyTooLarge(), context)
    if isinstance(error, SuspiciousOperation):  # a form that Django refuses, such as one with a thousand fields
        error = exceptions.ParseError()
    response = exception_handler(error, context)
    if response is not None:
        response.data = _body(error)
    return response


def _body(error: Exception) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {"detail": _first(error.detail), "code": "invalid", "fields": error.detail}
    if isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        return {"detail": str(error.detail), "code": codes if isinstance(codes, str) else error.default_code}
    if isinstance(error, Http404):
        return {"detail": gettext("There is nothing here, or you may not see it."), "code": "not_found"}
    if isinstance(error, PermissionDenied):
        return {"detail": gettext("You may not do this."), "code": "permission_denied"}
    return {"detail": gettext("This request cannot be understood."), "code": "error"}


def _first(detail: Any, name: str = "") -> str:
    """The first complaint, with the field it is about."""
    if isinstance(detail, dict):
        field, inner = next(iter(detail.items()))
        return _first(inner, "" if field == "non_field_errors" else str(field))
    if isinstance(detail, list):
        return _first(detail[0], name)
    return f"{name}: {detail}" if name else str(detail)
