"""Views whose answers hold plates: the serializers are told whether the caller may see them."""

from __future__ import annotations

from typing import Any

from sightings.api.permissions import may_reveal


class RevealingViews:
    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        request = context.get("request")
        return {**context, "reveal": request is not None and may_reveal(request)}
