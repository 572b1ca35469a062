"""Who looked at what, and who changed what."""

from __future__ import annotations

from typing import Any

from django.db import models

from sightings.models import AuditEntry, Fleet, User


def record(
    *,
    action: str,
    user: User | None,
    fleet: Fleet | None,
    target: models.Model | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry; `action` is dotted and in the past tense, such as `sighting.viewed` or `plates.searched`."""
    return AuditEntry.objects.create(
        fleet=fleet,
        user=user,
        action=action,
        target_type=target._meta.model_name or "" if target else "",
        target_id=str(target.pk) if target else "",
        detail=detail or {},
    )
