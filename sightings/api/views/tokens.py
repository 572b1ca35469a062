"""The caller's own keys for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors
from sightings.api.base import ApiView
from sightings.api.pagination import NewestFirst
from sightings.api.serializers.tokens import MadeTokenSerializer, NewTokenSerializer, TokenSerializer
from sightings.models import ApiToken, Scope
from sightings.services import tokens


class TokenViews(ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[ApiToken]):
    """Nobody sees another person's. A token needs the scope manage for all of it."""

    queryset = ApiToken.objects.none()
    serializer_class = TokenSerializer
    pagination_class = NewestFirst
    read_scopes = (Scope.MANAGE,)
    idempotent = False  # an answer that is kept would keep the secret

    def get_queryset(self) -> QuerySet[ApiToken]:
        return selectors.tokens_of(self.person)

    @extend_schema(request=NewTokenSerializer, responses={201: MadeTokenSerializer})
    def create(self, request: Request) -> Response:
        """Make one; its secret is in this answer alone. A token can give no more than it has, and for no longer."""
        asked = NewTokenSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        words: dict[str, Any] = asked.validated_data
        giver = request.auth if isinstance(request.auth, ApiToken) else None
        token, secret = tokens.create_token(user=self.person, giver=giver, **words)
        told = {**TokenSerializer(token).data, "secret": secret}
        return Response(told, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Revoke it: programs that use it are refused at once. This cannot be undone."""
        tokens.revoke_token(token=self.get_object(), user=self.person)
        return Response(status=204)
