"""Contents in natural keys become rows of a table, ready to be bound to SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

from staffroom.errors import TransientError
from staffroom.students.importing.directory import Directory
from staffroom.students.importing.tables import IS_MISSING, Table

Content = Sequence[Any]
Convert = Callable[[Content], Any]
AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


class WorldChanged(TransientError):
    """What an import refers to is no longer as it was when the import was compared."""


class Columns:
    """The columns of one table that imports write, and how their values are made of a content."""

    def __init__(self, table: Table, directory: Directory, *, now: datetime) -> None:
        self.table = table
        self._directory = directory
        self._now = now
        self._converts = {table.column(name): self._convert(name) for name in table.content}
        self._defaults = {
            field.column: field.get_db_prep_save(field.get_default(), connection)
            for field in table.model._meta.concrete_fields
            if not field.primary_key and field.column not in self._converts and field.column != "arrived_in"
        }

    @property
    def names(self) -> tuple[str, ...]:
        return (*self._converts, *self._defaults, *(("arrived_in",) if self.table.is_versioned else ()))

    def row(self, content: Content, number: int) -> tuple[Any, ...]:
        """All columns in the order of ``names``, for import ``number``. Raises WorldChanged."""
        values = [convert(content) for convert in self._converts.values()]
        arrived = (number,) if self.table.is_versioned else ()
        return (*values, *self._defaults.values(), *arrived)

    def some(self, content: Content, places: Sequence[int]) -> tuple[Any, ...]:
        """The columns at these places of the content. Raises WorldChanged."""
        converts = tuple(self._converts.values())
        return tuple(converts[place](content) for place in places)

    def name_at(self, place: int) -> str:
        return tuple(self._converts)[place]

    def _convert(self, name: str) -> Convert:
        place = self.table.content.index(name)
        if name == IS_MISSING:
            now = models.DateTimeField().get_db_prep_save(self._now, connection)
            return lambda content: now if content[place] else None
        if name in self.table.refs:
            return self._reference(name, place)
        field: Any = self.table.model._meta.get_field(name)
        if isinstance(field, AS_THEY_ARE):
            return lambda content: content[place]
        return lambda content: field.get_db_prep_save(field.to_python(content[place]), connection)

    def _reference(self, name: str, place: int) -> Convert:
        kind = self.table.refs[name]
        within = self.table.content.index("school") if kind == "homeroom" else None

        def number(content: Content) -> int | None:
            value = content[place]
            if value == "":
                return None
            natural = tuple(value) if isinstance(value, list | tuple) else value
            if within is not None:
                natural = (content[within], value)
            found = self._directory.of(kind).numbers.get(natural)
            if found is None:
                raise _gone(self.table.name, kind)
            return found

        return number


def _gone(table: str, kind: str) -> WorldChanged:
    return WorldChanged(
        f"import of {table}",
        f"refers to a {kind} that is no longer here.",
        happened="Nothing of it was changed.",
        next_step="Import the file again.",
    )
