"""Many rows at once: several times as fast as `bulk_create`, which builds an expression for each of their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def insert(model: type[models.Model], fields: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of values as the database takes them, in the order of `fields`. No key comes back."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(model._meta.get_field(name).column)) for name in fields)  # type: ignore[union-attr]
    places = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", rows)


def insert_objects(rows: Sequence[models.Model]) -> None:
    """Write unsaved objects of one model. No key comes back."""
    if not rows:
        return
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key and not field.generated]
    values = [
        tuple(field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields) for row in rows
    ]
    insert(type(rows[0]), [field.name for field in fields], values)
