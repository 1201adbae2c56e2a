"""Rows straight into a table, a few columns of them: for generated data that no import brings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

ROWS_A_COMMIT = 50_000

Table = tuple[type[models.Model], tuple[str, ...], Iterable[tuple[Any, ...]]]
"""A model, the fields that rows have, and the rows."""


def insert(model: type[models.Model], fields: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> int:
    """Insert rows of these fields, the others with their defaults; returns how many.

    Values are as the database takes them: ids of what is referred to, texts for days and instants.
    """
    known = {one.name: one for one in model._meta.concrete_fields}
    others = [one for one in known.values() if one.name not in fields and not one.primary_key]
    constants = tuple(one.get_db_prep_save(one.get_default(), connection) for one in others)
    columns = [str(one.column) for one in (*map(known.__getitem__, fields), *others)]
    named, holes = ", ".join(columns), ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {model._meta.db_table} ({named}) VALUES ({holes})"  # noqa: S608 - names of our own
    count, waiting = 0, ((*row, *constants) for row in rows)
    while chunk := list(islice(waiting, ROWS_A_COMMIT)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, chunk)
        count += len(chunk)
    return count
