"""What the OpenAPI document says of all views: how callers are known, what every POST takes, which errors there are."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from sightings.api.examples import examples_of
from sightings.api.idempotency import LONGEST_KEY
from sightings.api.serializers.shared import ErrorSerializer
from sightings.api.sparse import SPARSE_ACTIONS
from sightings.api.strict import LARGEST
from sightings.api.tus_headers import CONTENT_TYPE

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    description="A text of your choice, such as a UUID: the call is done once, however often it is sent within a day.",
)
FIELDS = OpenApiParameter(
    "fields",
    str,
    description="No other fields than these in the answer, with commas between them. Default all.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` that came with what is to be changed: 412 precondition_failed if it was changed since.",
)

# Texts without NUL, and with something to see in them where they may not be blank; see `strict`.
ANY_TEXT, SOME_TEXT = r"^[^\u0000]*$", r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
ERRORS = (400, 401, 403, 404, 406, 429)
ERRORS_OF_WRITING = (*ERRORS, 409, 413, 415)
ERRORS_OF_ONCE = (422, 503)  # of an Idempotency-Key


class Schema(AutoSchema):
    """Tells of what all calls of a kind have in common."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        errors = ERRORS if self.method in SAFE_METHODS else ERRORS_OF_WRITING
        errors += (*getattr(self.view, "further_errors", ()), *(ERRORS_OF_ONCE if self._once else ()))
        for status in (*errors, *((412,) if self._conditional else ())):
            if str(status) not in bodies:
                told = self._get_response_for_code(ErrorSerializer, str(status), ["application/json"], direction)
                bodies[str(status)] = told
        return bodies

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """DRF forgets of a model's choice that is only read that it may be empty."""
        if isinstance(field, serializers.ChoiceField) and field.read_only:
            model = getattr(getattr(field.parent, "Meta", None), "model", None)
            told = {one.name: one for one in model._meta.fields} if model else {}
            field.allow_blank = getattr(told.get(field.source), "blank", False)
        told = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if getattr(field, "allow_empty", True) is False and told.get("type") == "array":
            told.setdefault("minItems", 1)
        return told

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        """With what `strict` and the serializers ask of every text and number that is sent."""
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if field.read_only:
            return
        if isinstance(field, serializers.IntegerField | serializers.FloatField):
            schema.setdefault("minimum", -LARGEST)
            schema.setdefault("maximum", LARGEST)
        elif isinstance(field, serializers.DateField):
            schema.setdefault("minLength", len("2026-05-01"))
        elif isinstance(field, serializers.CharField) and not {"pattern", "format", "oneOf"} & schema.keys():
            if field.allow_blank:
                schema["pattern"] = ANY_TEXT
            elif "minLength" in schema:  # as it is sent, not as it is answered
                schema["pattern"] = SOME_TEXT

    def _get_response_for_code(
        self, serializer: Any, status_code: str, media_types: Any = None, direction: Any = "response"
    ) -> Any:
        """drf-spectacular makes pages of what a list answers in other formats too."""
        told = super()._get_response_for_code(serializer, status_code, media_types, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, dict) and media_types:
            told["content"] = {media_type: {"schema": serializer} for media_type in media_types}
        return told

    def _get_request_body(self, direction: Any = "request") -> Any:
        """Bytes that are to be appended must be there, which drf-spectacular knows of serializers alone."""
        told = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        if told and CONTENT_TYPE in told["content"]:
            told["required"] = True
        return told

    @property
    def _once(self) -> bool:
        return self.method == "POST" and getattr(self.view, "idempotent", False)

    @property
    def _conditional(self) -> bool:
        action = getattr(self.view, "action", None)
        return self.method not in SAFE_METHODS and action in getattr(self.view, "conditional", ())

    def get_override_parameters(self) -> list[Any]:
        found = [IDEMPOTENCY_KEY] if self._once else []
        if self.method == "GET" and getattr(self.view, "action", None) in SPARSE_ACTIONS:
            found.append(FIELDS)
        if self._conditional:
            found.append(IF_MATCH)
        return found

    def get_examples(self) -> list[Any]:
        return [*super().get_examples(), *examples_of(self.get_operation_id())]


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "sightings.api.authentication.TokenAuthentication"
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token …` or `Bearer …`, made on the page API tokens, or with `manage.py create_token`.",
        }
