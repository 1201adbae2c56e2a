"""Changes of people, schools and sections: laid out beside the tables, then written in one short transaction.

They are laid out in temporary tables, which no other writer waits for; the transaction is a few statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from staffroom.students.granting import first_grants
from staffroom.students.importing.changes import Change
from staffroom.students.importing.columns import Columns
from staffroom.students.importing.counters import CREATED
from staffroom.students.importing.directory import Directory
from staffroom.students.importing.tables import TABLES, Table
from staffroom.students.importing.writing import CHUNK, end
from staffroom.students.models import Educator, Import

Row = tuple[Any, ...]


def write_people(
    changes: Mapping[str, Sequence[Change]], done: Import, directory: Directory, *, now: datetime
) -> None:
    """Write changes table by table and end the import: all, or nothing. Raises WorldChanged."""
    with _laid_out() as lay:
        ready = {
            name: lay(TABLES[name], of_table, directory, now)
            for name, of_table in changes.items()
            if not any(changes.get(kind) for kind in TABLES[name].refs.values())
        }
        with transaction.atomic():
            for name, of_table in changes.items():
                laid = ready.get(name) or lay(TABLES[name], of_table, directory, now)
                laid.write()
                directory.forget()
            _grant(changes.get("educator", ()))
            end(done, [TABLES[name] for name in changes])


def _grant(changes: Sequence[Change]) -> None:
    new = [str(change.key[0]) for change in changes if change.action == CREATED]
    for first in range(0, len(new), CHUNK):
        logins = new[first : first + CHUNK]
        first_grants(Educator.objects.filter(login__in=logins, is_administrator=True))


class _Laid:
    """One table's changes in temporary tables: new rows, and changed ones by what changes of them."""

    def __init__(self, table: Table, changes: Sequence[Change], directory: Directory, now: datetime) -> None:
        columns = Columns(table, directory, now=now)
        self._table = _quoted(table.model._meta.db_table)
        self._new = [columns.row(change.after or (), 0) for change in changes if change.action == CREATED]
        self._new_names = columns.names
        self._changed: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for change in changes:
            if change.before is not None and change.after is not None:
                pairs = enumerate(zip(change.before, change.after, strict=True))
                places = tuple(place for place, (before, after) in pairs if before != after)
                names = tuple(columns.name_at(place) for place in places)
                self._changed[names].append((*columns.some(change.after, places), change.number))

    def lay(self, laid: list[str]) -> None:
        """Fill the temporary tables; their names are added to ``laid``."""
        self._first = len(laid)
        self._fill(laid, self._new_names, self._new)
        for names, rows in self._changed.items():
            self._fill(laid, (*names, "id"), rows)

    def write(self) -> None:
        named, new = ", ".join(map(_quoted, self._new_names)), _temporary(self._first)
        with connection.cursor() as cursor:
            sql = f"INSERT INTO {self._table} ({named}) SELECT {named} FROM {new}"  # noqa: S608 - names of ours
            cursor.execute(sql)
            for number, names in enumerate(self._changed, self._first + 1):
                sets = ", ".join(f"{_quoted(name)} = laid.{_quoted(name)}" for name in names)
                source = f"{_temporary(number)} AS laid WHERE laid.id = {self._table}.id"
                cursor.execute(f"UPDATE {self._table} SET {sets} FROM {source}")  # noqa: S608 - names of ours

    def _fill(self, laid: list[str], names: Sequence[str], rows: Sequence[Row]) -> None:
        temporary, named = _temporary(len(laid)), ", ".join(map(_quoted, names))
        laid.append(temporary)
        marks = ", ".join("%s" for _ in names)
        shape = f"SELECT {named} FROM {self._table} WHERE 1 = 0"  # noqa: S608 - names of ours
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {temporary}")
            cursor.execute(f"CREATE TEMPORARY TABLE {temporary} AS {shape}")
            if rows:
                cursor.executemany(f"INSERT INTO {temporary} VALUES ({marks})", rows)  # noqa: S608 - names of ours


@contextmanager
def _laid_out() -> Iterator[Any]:
    """Gives what lays out a table's changes; the temporary tables go with the block."""
    laid: list[str] = []

    def lay(table: Table, changes: Sequence[Change], directory: Directory, now: datetime) -> _Laid:
        made = _Laid(table, changes, directory, now)
        made.lay(laid)
        return made

    try:
        yield lay
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                for temporary in laid:
                    cursor.execute(f"DROP TABLE IF EXISTS {temporary}")


def _temporary(number: int) -> str:
    return f"students_laid_{number}"


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
