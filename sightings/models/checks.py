"""Database checks that several models share."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


def unit(field: str, model: str) -> models.CheckConstraint:
    """The field is a score: 0–1, or absent where the column allows it."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0.0, f"{field}__lte": 1.0}),
        name=f"{model}_{field}_unit",
    )


def chosen(field: str, choices: type[models.TextChoices], model: str) -> models.CheckConstraint:
    """The field holds one of its choices."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=f"{model}_{field}_known")


def at_least_zero(field: str, model: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0}), name=f"{model}_{field}_not_negative"
    )
