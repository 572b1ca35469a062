"""Keys for programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sightings.api.serializers import shared
from sightings.models import ApiToken, Scope


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A key as its owner sees it later: never the secret."""

    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)
    created_at = shared.Moment(read_only=True)
    expires_at = shared.Moment(read_only=True, allow_null=True)
    last_used_at = shared.Moment(read_only=True, allow_null=True)
    revoked_at = shared.Moment(read_only=True, allow_null=True)

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"]
        read_only_fields = fields


class NewTokenSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, help_text="What it is for")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False, max_length=len(Scope.values)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None, help_text="Default: never")


class MadeTokenSerializer(TokenSerializer):
    secret = serializers.CharField(read_only=True, help_text="Shown this once; it cannot be read back")

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "secret"]
        read_only_fields = fields
