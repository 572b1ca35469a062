"""Searches that a person keeps."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import results
from sightings.api.base import ApiView
from sightings.api.conditional import TaggedRetrieve, as_seen, tagged
from sightings.api.pagination import ByName
from sightings.api.serializers.searches import LookSerializer, RenameSerializer, SavedSearchSerializer
from sightings.models import SavedSearch, Scope
from sightings.services import searches


class SavedSearchViews(TaggedRetrieve, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[SavedSearch]):
    """The caller's own searches, by name; nobody else sees them."""

    queryset = SavedSearch.objects.none()
    serializer_class = SavedSearchSerializer
    pagination_class = ByName
    read_scopes = (Scope.SIGHTINGS_READ, Scope.PLATES_REVEAL)
    write_scopes = (Scope.SIGHTINGS_READ, Scope.PLATES_REVEAL)  # they are the caller's own notes, no data of the fleet

    conditional = ("partial_update", "destroy")

    def get_queryset(self) -> QuerySet[SavedSearch]:
        return SavedSearch.objects.visible_to(self.person)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "person": self.person}

    def create(self, request: Request) -> Response:
        """Keep a search. What is there now counts as seen."""
        told = self.get_serializer(data=request.data)
        told.is_valid(raise_exception=True)
        search = searches.save_search(
            user=self.person, **told.validated_data, seen_upto=results.newest_key(self.person)
        )
        return Response(self.get_serializer(search).data, status=201)

    @extend_schema(request=RenameSerializer, responses=SavedSearchSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Rename."""
        told = RenameSerializer(data=request.data, partial=True)
        told.is_valid(raise_exception=True)
        search = self.get_object()
        with as_seen(request, search):
            search = searches.rename_search(search=search, name=told.validated_data.get("name", search.name))
        return Response(self.get_serializer(search).data, headers=tagged(search))

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete; `restore` takes it back within a day."""
        search = self.get_object()
        with as_seen(request, search):
            searches.delete_search(search=search)
        return Response(status=204)

    @extend_schema(request=None, responses=SavedSearchSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Take a deletion back."""
        search = SavedSearch.objects.deleted_too(self.person).filter(pk=int(pk)).first()
        if search is None:
            raise Http404
        return Response(self.get_serializer(searches.restore_search(search=search)).data)

    @extend_schema(request=LookSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def look(self, request: Request, pk: str) -> Response:
        """Say that the results were looked at: `new` counts from here."""
        told = LookSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        upto = told.validated_data.get("upto", results.newest_key(self.person))
        searches.look_at_search(search=self.get_object(), seen_upto=upto)
        return Response(status=204)
