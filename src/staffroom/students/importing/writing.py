"""Changes are staged in chunks that nobody sees, and switched on in one short transaction.

SQLite has one writer: no transaction here lasts longer than a chunk or a switch, and between chunks the
others get their turn.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from staffroom.students.importing.changes import Change
from staffroom.students.importing.columns import Columns
from staffroom.students.importing.counters import REMOVED, UPDATED
from staffroom.students.importing.directory import Directory
from staffroom.students.importing.tables import ALL, TABLES, Table
from staffroom.students.models import FOREVER, Import, Switch
from staffroom.tally import Step

CHUNK = 1_000
REST_SHARE = 2.0
"""After each chunk, others may write for so many times as long as it took, on SQLite."""
LEAST_REST_SECONDS = 0.005


def stage(changes: Iterable[Change], number: int, directory: Directory, *, now: datetime, step: Step) -> None:
    """Write changes of versioned tables, unseen until ``switch``. Raises WorldChanged."""
    columns: dict[str, Columns] = {}
    for chunk in _chunks(changes, CHUNK):
        arriving: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        leaving: dict[str, list[int]] = defaultdict(list)
        for change in chunk:
            table = TABLES[change.table]
            if change.action in (UPDATED, REMOVED):
                assert change.number is not None
                leaving[change.table].append(change.number)
            if change.after is not None:
                known = columns.setdefault(change.table, Columns(table, directory, now=now))
                arriving[change.table].append(known.row(change.after, number))
        with _short():
            for name, numbers in leaving.items():
                TABLES[name].model._default_manager.filter(pk__in=numbers).update(left_in=number)
            for name, rows in arriving.items():
                _insert(columns[name], rows)
        step.advance(len(chunk))


def switch(done: Import, tables: Iterable[Table]) -> None:
    """Show what was staged, and end the import: one short transaction."""
    with transaction.atomic():
        end(done, tables)


def end(done: Import, tables: Iterable[Table]) -> None:
    """The part of a transaction that shows what it wrote, and says so in the import's row."""
    for table in tables:
        Switch.objects.update_or_create(table=table.switch, defaults={"number": done.pk})
    done.save()


def shown(tables: Iterable[Table]) -> dict[str, int]:
    """What the switches of these tables say."""
    names = [table.switch for table in tables]
    known = dict(Switch.objects.filter(table__in=names).values_list("table", "number"))
    return {name: known.get(name, 0) for name in names}


def sweep() -> int:
    """Clear away what killed and failed imports have staged, and what is seen no more; returns how many."""
    swept = 0
    for table in ALL:
        if table.is_versioned:
            number = shown([table])[table.switch]
            rows: Any = table.model._default_manager
            swept += _delete(rows.left_over(number))
            swept += _in_chunks(rows.leaving(number), left_in=FOREVER)
            if not table.keeps_history:
                swept += _delete(rows.gone(number))
    return swept


def _delete(rows: Any) -> int:
    gone = 0
    while numbers := list(rows.order_by().values_list("pk", flat=True)[:CHUNK]):
        with _short():
            rows.model._default_manager.filter(pk__in=numbers).delete()
        gone += len(numbers)
    return gone


def _in_chunks(rows: Any, **values: Any) -> int:
    changed = 0
    while numbers := list(rows.order_by().values_list("pk", flat=True)[:CHUNK]):
        with _short():
            rows.model._default_manager.filter(pk__in=numbers).update(**values)
        changed += len(numbers)
    return changed


class _short:  # noqa: N801 - used as a block
    """A transaction after which others get their turn."""

    def __enter__(self) -> None:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self._began = time.monotonic()

    def __exit__(self, *error: Any) -> None:
        self._atomic.__exit__(*error)
        if connection.vendor == "sqlite" and error[0] is None and not connection.in_atomic_block:
            held = time.monotonic() - self._began
            time.sleep(max(LEAST_REST_SECONDS, REST_SHARE * held))


def _insert(columns: Columns, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns.names)
    marks = ", ".join("%s" for _ in columns.names)
    table = quote(columns.table.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of ours


def _chunks(changes: Iterable[Change], size: int) -> Iterator[list[Change]]:
    changes = iter(changes)
    while chunk := list(islice(changes, size)):
        yield chunk
