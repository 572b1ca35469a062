"""JSON's own types count: where the OpenAPI document names a number, a text is refused and not guessed at.

DRF takes 5 for "5" and "yes" for true, so that a client's mistake would be written into the log unseen. What neither
database can hold is refused here too, once for all addresses: NUL, half a surrogate pair, numbers beyond 64 bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.request import Request

from sightings.errors import BadQuery, BodyTooLarge

LISTS = ("vehicle", "region", "review_state")  # words of an address that may stand in it several times
LARGEST = 2**63 - 1  # that a database can hold


def check_query(words: QueryDict) -> None:
    """Raises BadQuery for what no text can hold, and for a word that stands twice where one value is meant."""
    for name, values in words.lists():
        if len(values) > 1 and name not in LISTS:
            raise BadQuery(gettext("`%(name)s` may stand in the address once only.") % {"name": name})
        if any(not storable(word) for word in (name, *values)):
            raise BadQuery(
                gettext("`%(name)s` has characters that no text can have.") % {"name": name.replace("\0", "")}
            )


def check_body(view: Any, request: Request) -> None:
    """Hold a JSON body against what the document says that the call takes. Raises BodyTooLarge, ValidationError."""
    if not (request.content_type or "").startswith("application/json") or not request.META.get("CONTENT_LENGTH"):
        return
    if int(request.META["CONTENT_LENGTH"]) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise BodyTooLarge
    method = getattr(view, getattr(view, "action", None) or str(request.method).lower(), None)
    told = getattr(method, "kwargs", {}).get("schema")
    if method is None or (told is None and not hasattr(view, "get_serializer")):
        return
    inspector = told() if told else view.schema
    inspector.view, inspector.method = view, request.method
    expected = inspector.get_request_serializer()
    if isinstance(expected, Mapping):
        expected = expected.get("application/json")
    if isinstance(expected, type):
        expected = expected()
    if not isinstance(expected, serializers.BaseSerializer):
        return
    if wrong := dict(_wrong(expected, request.data)):
        raise serializers.ValidationError({name or "non_field_errors": [words] for name, words in wrong.items()})


def storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _wrong(field: serializers.Field[Any, Any, Any, Any], value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """(Field, what is wrong with it) of all that does not fit; null is left to the serializer."""
    if value is None:
        return
    if isinstance(field, serializers.Serializer):
        if isinstance(value, dict):
            for key, inner in field.fields.items():
                if key in value and not inner.read_only:
                    yield from _wrong(inner, value[key], name or key)
    elif isinstance(field, serializers.ListSerializer | serializers.ListField):
        if isinstance(value, list):
            for item in value:
                yield from _wrong(field.child, item, name)  # type: ignore[arg-type]
        else:
            yield name, gettext("This must be a list.")
    elif isinstance(field, serializers.DictField):
        if isinstance(value, dict):
            for item in value.values():
                yield from _wrong(field.child, item, name)
    elif words := _unlike(field, value):
        yield name, words


def _unlike(field: serializers.Field[Any, Any, Any, Any], value: Any) -> str:
    """What is wrong with a single value; nothing where it fits, or only its serializer can tell."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(field, serializers.BooleanField):
        return "" if isinstance(value, bool) else gettext("This must be true or false.")
    if isinstance(field, serializers.IntegerField | serializers.PrimaryKeyRelatedField):
        if not number or (isinstance(value, float) and not value.is_integer()):
            return gettext("This must be a whole number.")
        return "" if -LARGEST <= value <= LARGEST else gettext("This number is too large.")
    if isinstance(field, serializers.FloatField):
        if not number:
            return gettext("This must be a number.")
        return "" if -LARGEST <= value <= LARGEST and math.isfinite(value) else gettext("This number is too large.")
    if isinstance(value, str):
        return "" if storable(value) else gettext("This has characters that no text can have.")
    texts = (serializers.CharField, serializers.ChoiceField, serializers.DateTimeField, serializers.DateField)
    known = isinstance(field, (*texts, serializers.TimeField, serializers.UUIDField))
    return gettext("This must be a text.") if known else ""
