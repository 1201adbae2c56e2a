"""Published tables are read here and nowhere else, and always within a scope.

``open_published`` costs one look at the store's pointer. What it opens stays the same version until it is let
go, also while a new one is published. Small tables that every view reads come from their SQLite copy, all
others from Parquet through one DuckDB connection a process, a cursor a thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from staffroom.config import load_instance
from staffroom.engines.duck import files_relation, open_duck
from staffroom.errors import PermanentError, UnknownName
from staffroom.events.catalogue import POINTER, Catalogue, Store, StoredFile, StoredTable
from staffroom.events.store import EVENTS as EVENT_PREFIX
from staffroom.metrics.catalogue import METRICS, is_metric, metric
from staffroom.metrics.fast import read_fast
from staffroom.metrics.given import GIVEN
from staffroom.metrics.inputs import COURSE_TABLES, EVENT_COLUMNS
from staffroom.metrics.origins import EVENTS, INTERNAL
from staffroom.metrics.query import DUCK, Condition, Measure, Question, Rows, Where, statement
from staffroom.metrics.scope import Courses, Everything, Learner, Scope

__all__ = [
    "Freshness",
    "Measure",
    "Published",
    "Rows",
    "ScopeError",
    "Where",
    "open_published",
    "table_of_instance",
]

WHOLE = frozenset({"BIGINT", "INTEGER", "SMALLINT", "TINYINT"})
FEW_COURSES = 50
"""A scope of more courses than these is not looked up course by course in SQLite."""


class ScopeError(PermanentError):
    """The table cannot be read within that scope: its rows do not say whose they are."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """``through`` is the last day whose data a table holds; ``problem`` the class of the error that keeps a
    newer version from being made."""

    through: date | None = None
    computed_at: datetime | None = None
    problem: str | None = None


class Published:
    """One version of the published tables."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self.root = root
        self._catalogue = catalogue

    @property
    def number(self) -> int:
        return self._catalogue.number

    @property
    def facts(self) -> Mapping[str, Any]:
        """What holds for the whole store: time zone, deliveries of the last commit."""
        return self._catalogue.facts

    def tables(self) -> tuple[str, ...]:
        """The names of the tables that are published, without the days of events."""
        names = (name for name in self._catalogue.tables if not name.startswith(EVENT_PREFIX))
        return tuple(sorted(set(names) - INTERNAL))

    def freshness(self, table: str) -> Freshness:
        """How fresh a table is; all empty where it was never published. Raises UnknownName."""
        stored = self._stored(table)
        return Freshness(
            date.fromisoformat(stored.through) if stored.through else None,
            datetime.fromisoformat(stored.computed_at) if stored.computed_at else None,
            stored.problem,
        )

    def read(
        self,
        table: str,
        *,
        within: Scope,
        columns: Sequence[str] | None = None,
        where: Iterable[Where] = (),
        group_by: Sequence[str] = (),
        measures: Sequence[Measure] = (),
        order_by: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows:
        """Rows of ``table`` within a scope; a table not yet published has none.

        Without ``order_by`` rows come in no particular order. Instants are aware, in UTC. Raises UnknownName
        for a table or column that does not exist, ScopeError where rows do not say whose they are.
        """
        stored = self._stored(table)
        known = self._columns(table, stored)
        if not known and not stored.files:
            return Rows(tuple(columns or (*group_by, *(measure.name for measure in measures))), [], 0)
        question = Question(
            tuple(columns) if columns is not None else known,
            tuple(where),
            tuple(group_by),
            tuple(measures),
            tuple(order_by),
            limit,
            offset,
        )
        question.check(table, known)
        condition = _within(table, within, known)
        files = [file for file in stored.files if _may_hold(file, within)]
        fast = next((file for file in files if file.copy == "sqlite"), None)
        if fast is not None and isinstance(within, Courses) and len(within.keys) <= FEW_COURSES:
            return read_fast(self.root / fast.path, metric(table), question, condition)
        paths = [self.root / file.path for file in _copy_for(files, within)]
        types = {**dict.fromkeys(known, "VARCHAR"), **_types(table)}
        whole = {column for column, kind in types.items() if kind in WHOLE}
        return _read_duck(files_relation(paths, None if paths else types), question, condition, whole)

    def arrow(self, table: str) -> pa.Table:
        """A whole table, for researchers; ``events`` is all days of events. Raises UnknownName."""
        if table == EVENTS:
            names = sorted(name for name in self._catalogue.tables if name.startswith(EVENT_PREFIX))
            files = [file for name in names for file in self._catalogue.tables[name].files]
        else:
            files = list(self._stored(table).files)
        paths = [str(self.root / file.path) for file in files if not file.copy]
        if not paths:
            empty = files_relation((), _types(table))
            return _cursor().sql(f"SELECT * FROM {empty}").to_arrow_table()  # noqa: S608 - declared names and types
        return ds.dataset(paths, format="parquet").to_table()

    def _stored(self, table: str) -> StoredTable:
        stored = self._catalogue.table(table)
        if stored is not None and table not in INTERNAL:
            return stored
        if is_metric(table) or table in COURSE_TABLES or table in GIVEN:
            return StoredTable()
        known = sorted({*self.tables(), *(one.name for one in METRICS)})
        raise UnknownName(f"table {table}", "is not a table.", next_step=f"Known tables: {', '.join(known)}.")

    def _columns(self, table: str, stored: StoredTable) -> tuple[str, ...]:
        if is_metric(table):
            return tuple(column.name for column in metric(table).columns)
        main = next((file for file in stored.files if not file.copy), None)
        return _file_columns(self.root / main.path) if main else tuple(COURSE_TABLES.get(table, ()))


def open_published(root: Path) -> Published:
    """The version that the store in ``root`` publishes now."""
    return Published(root, _catalogue(root))


def table_of_instance(instance_dir: Path, table: str) -> pa.Table:
    """A whole published table of the instance in ``instance_dir``."""
    return open_published(load_instance(instance_dir).store).arrow(table)


_catalogues: dict[Path, tuple[tuple[int, int], Catalogue]] = {}


def _catalogue(root: Path) -> Catalogue:
    """The current catalogue, decoded once a version: the pointer is a new file each time that it moves."""
    try:
        found = (root / POINTER).stat()
    except FileNotFoundError:
        return Catalogue()
    stamp = (found.st_ino, found.st_mtime_ns)
    known = _catalogues.get(root)
    if known is not None and known[0] == stamp:
        return known[1]
    catalogue = Store(root).current()
    _catalogues[root] = (stamp, catalogue)
    return catalogue


def _within(table: str, scope: Scope, known: Sequence[str]) -> Condition:
    """The condition that keeps the rows of the scope; keys are compared whole."""
    match scope:
        case Everything():
            return "1 = 1", ()
        case Courses(keys):
            if "course_id" not in known:
                raise ScopeError(f"table {table}", "has no courses, so courses cannot be chosen from it.")
            places = ", ".join("?" for _ in keys) or "NULL"
            return f"course_id IN ({places})", tuple(sorted(keys))
        case Learner(source, learner_id):
            if "learner_id" not in known or "source" not in known:
                raise ScopeError(f"table {table}", "has no learners, so a learner cannot be chosen from it.")
            return "source = ? AND learner_id = ?", (source, learner_id)


def _may_hold(file: StoredFile, scope: Scope) -> bool:
    """False where the file's first and last course show that it holds none of the scope's."""
    if not isinstance(scope, Courses) or file.first_course is None or file.last_course is None:
        return True
    return any(file.first_course <= key <= file.last_course for key in scope.keys)


def _copy_for(files: Sequence[StoredFile], scope: Scope) -> list[StoredFile]:
    wanted = "learner" if isinstance(scope, Learner) and any(file.copy == "learner" for file in files) else ""
    return [file for file in files if file.copy == wanted]


def _types(table: str) -> Mapping[str, str]:
    if is_metric(table):
        return {column.name: column.sql_type for column in metric(table).columns}
    return EVENT_COLUMNS if table == EVENTS else COURSE_TABLES.get(table, {})


def _read_duck(relation: str, question: Question, condition: Condition, whole: Collection[str]) -> Rows:
    rows_sql, count_sql = statement(question, relation, condition, DUCK, whole=whole)
    cursor = _cursor()
    found = cursor.execute(rows_sql.sql, rows_sql.values)
    kinds = [str(column[1]) for column in found.description]
    rows: list[tuple[Any, ...]] = found.fetchall()
    instants = [position for position, kind in enumerate(kinds) if kind.startswith("TIMESTAMP")]
    if instants:
        rows = [_aware(row, instants) for row in rows]
    total = len(rows)
    if question.is_cut:
        counted = cursor.execute(count_sql.sql, count_sql.values).fetchone()
        total = int(counted[0]) if counted else 0
    return Rows(question.answer, rows, total)


def _aware(row: tuple[Any, ...], instants: Sequence[int]) -> tuple[Any, ...]:
    values = list(row)
    for position in instants:
        value = values[position]
        if isinstance(value, datetime):
            values[position] = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return tuple(values)


_local = threading.local()
_opening = threading.Lock()
_process: tuple[int, duckdb.DuckDBPyConnection] | None = None


def _cursor() -> duckdb.DuckDBPyConnection:
    """This thread's cursor on this process's connection, which is opened after the fork."""
    global _process
    if getattr(_local, "pid", None) == os.getpid():
        cursor: duckdb.DuckDBPyConnection = _local.cursor
        return cursor
    with _opening:
        if _process is None or _process[0] != os.getpid():
            connection = open_duck(memory="256MB", threads=1)
            connection.execute("SET parquet_metadata_cache = true")
            _process = (os.getpid(), connection)
    opened = _process[1].cursor()
    _local.pid, _local.cursor = os.getpid(), opened
    return opened


@lru_cache(maxsize=512)
def _file_columns(path: Path) -> tuple[str, ...]:
    """The columns of a Parquet file, which never changes."""
    names: list[str] = pq.read_schema(path).names
    return tuple(names)
