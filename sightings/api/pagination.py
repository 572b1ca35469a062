"""Cursor pages: stable while new rows arrive, and as quick on the last page as on the first."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from sightings.errors import BadQuery
from sightings.filters import key_of


class NewestFirst(CursorPagination):
    """Latest rows first."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering: str | tuple[str, ...] = "-id"

    def get_page_size(self, request: Request) -> int | None:
        """A size beyond the largest is given the largest; what is no size is refused. Raises BadQuery."""
        typed = request.query_params.get(self.page_size_query_param)
        if typed is None:
            return self.page_size
        size = key_of(typed)
        if not size:
            raise BadQuery(gettext("`%(name)s` must be a number.") % {"name": self.page_size_query_param})
        return min(size, self.max_page_size)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in told:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "default": self.page_size}
        return told

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, OverflowError, ValidationError) as error:  # a cursor someone made up: its position is none
            raise BadQuery(gettext("This `cursor` is none that an answer gave out.")) from error


class PlatesByText(NewestFirst):
    ordering = ("text", "id")


class ObservationPages(NewestFirst):
    ordering = ("seconds", "id")


class EntriesByPattern(NewestFirst):
    ordering = ("pattern", "id")


class ByName(NewestFirst):
    ordering = ("name", "id")


class SightingPages(NewestFirst):
    """As they were written (`-id`, the order in which to follow the log), or by time with `ordering=-timestamp`.

    Ordered by time, sightings whose time is unknown are left out.
    """

    ORDERINGS = {
        "id": ("id",),
        "-id": ("-id",),
        "timestamp": ("seen_at", "id"),
        "-timestamp": ("-seen_at", "-id"),
    }

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        named = request.query_params.get("ordering") or "-id"
        if named not in self.ORDERINGS:
            raise BadQuery(f"`ordering` must be one of {', '.join(self.ORDERINGS)}.")
        return self.ORDERINGS[named]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        if request.query_params.get("ordering", "").endswith("timestamp"):
            queryset = queryset.filter(seen_at__isnull=False)
        return super().paginate_queryset(queryset, request, view)
