"""The one writer of published tables: whichever engine computed the rows, the files are made here, alike.

A table is one Parquet file sorted by its whole key, or several over ``SPLIT_BYTES``. One asked by learner has
a second copy sorted by learner, one read by every view an SQLite copy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from staffroom.engines.duck import Connection, files_relation, name, quoted
from staffroom.events.catalogue import Store, StoredFile
from staffroom.metrics.declaration import Column, Kind, Metric

SPLIT_BYTES = 256 * 2**20
ROWS_A_GROUP = 20_480
"""Small groups of rows: a page reads the few that hold its course."""

SQLITE_TYPES = {"BIGINT": "INTEGER", "DOUBLE": "REAL", "BOOLEAN": "INTEGER"}
"""Types of the SQLite copy; everything else is text, days and instants in ISO form."""

ORDER_BY_LEARNER = ("source", "learner_id")


class Writer:
    """Writes the files of one run through one DuckDB connection."""

    def __init__(self, store: Store, connection: Connection, *, split_bytes: int = SPLIT_BYTES) -> None:
        self._store = store
        self._connection = connection
        self._split_bytes = split_bytes

    def write(self, metric: Metric, relation: str) -> tuple[StoredFile, ...]:
        """The files of ``metric``, whose rows are ``relation``, with all its copies."""
        columns = ", ".join(
            f"CAST({name(column.name)} AS {column.sql_type}) AS {name(column.name)}"
            for column in metric.columns
        )
        rows = f"(SELECT {columns} FROM {relation})"  # noqa: S608 - names and paths of ours
        files = self._sorted(metric, rows, metric.key, copy="")
        stored = files_relation([self._store.root / file.path for file in files])
        if metric.by_learner:
            rest = tuple(column for column in metric.key if column not in ORDER_BY_LEARNER)
            files += self._sorted(metric, stored, (*ORDER_BY_LEARNER, *rest), copy="learner")
        if metric.fast:
            files += (self._sqlite(metric, stored, rows=sum(file.rows for file in files if not file.copy)),)
        return files

    def _sorted(
        self, metric: Metric, relation: str, order: tuple[str, ...], *, copy: str
    ) -> tuple[StoredFile, ...]:
        """``relation`` in the order of ``order``, as one file or, where that grows too big, as several."""
        whole = self._store.new_path(metric.name, ".parquet")
        keys = ", ".join(f"{name(column)} NULLS FIRST" for column in order)
        self._copy(f"SELECT * FROM {relation} ORDER BY {keys}", whole)  # noqa: S608 - names and paths of ours
        parts = -(-whole.stat().st_size // self._split_bytes)
        if parts <= 1:
            return (self._describe(metric, whole, copy),)
        files = tuple(self._describe(metric, path, copy) for path in self._split(metric, whole, parts))
        whole.unlink()
        return files

    def _split(self, metric: Metric, whole: Path, parts: int) -> Iterator[Path]:
        rows = self._one(f"SELECT COUNT(*) FROM read_parquet({quoted(str(whole))})")[0]  # noqa: S608 - names and paths of ours
        step = -(-int(str(rows)) // parts)
        for part in range(parts):
            path = self._store.new_path(metric.name, ".parquet")
            numbered = f"read_parquet({quoted(str(whole))}, file_row_number = true)"
            self._copy(
                f"SELECT * EXCLUDE file_row_number FROM {numbered} "  # noqa: S608 - names and paths of ours
                f"WHERE file_row_number >= {part * step} AND file_row_number < {(part + 1) * step} "
                f"ORDER BY file_row_number",
                path,
            )
            yield path

    def _copy(self, sql: str, path: Path) -> None:
        self._connection.execute(
            f"COPY ({sql}) TO {quoted(str(path))} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_A_GROUP})"
        )

    def _describe(self, metric: Metric, path: Path, copy: str) -> StoredFile:
        has_course = any(column.kind is Kind.COURSE for column in metric.columns)
        courses = "MIN(course_id), MAX(course_id)" if has_course else "NULL, NULL"
        rows, first, last = self._one(f"SELECT COUNT(*), {courses} FROM read_parquet({quoted(str(path))})")  # noqa: S608 - names and paths of ours
        return self._store.describe(
            path, int(str(rows)), first_course=_text(first), last_course=_text(last), copy=copy
        )

    def _one(self, sql: str) -> tuple[object, ...]:
        row: tuple[object, ...] | None = self._connection.execute(sql).fetchone()
        assert row is not None, "an aggregate has one row"
        return row

    def _sqlite(self, metric: Metric, relation: str, *, rows: int) -> StoredFile:
        """An immutable SQLite file with the one table ``rows``, clustered by the metric's key."""
        path = self._store.new_path(metric.name, ".sqlite")
        columns = ", ".join(_sqlite_column(column) for column in metric.columns)
        key = ", ".join(name(column) for column in metric.key)
        places = ", ".join("?" for _ in metric.columns)
        values = ", ".join(_sqlite_value(column) for column in metric.columns)
        order = ", ".join(name(column) for column in metric.key)
        found = self._connection.execute(f"SELECT {values} FROM {relation} ORDER BY {order}")  # noqa: S608 - names and paths of ours
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(f"CREATE TABLE rows ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID")
            connection.execute("BEGIN")
            while batch := found.fetchmany(50_000):
                connection.executemany(f"INSERT INTO rows VALUES ({places})", batch)  # noqa: S608 - names and paths of ours
            connection.execute("COMMIT")
        finally:
            connection.close()
        return self._store.describe(path, rows, copy="sqlite")


def _sqlite_column(column: Column) -> str:
    return f"{name(column.name)} {SQLITE_TYPES.get(column.sql_type, 'TEXT')}"


def _sqlite_value(column: Column) -> str:
    if column.sql_type in ("DATE", "TIMESTAMP"):
        return f"CAST({name(column.name)} AS VARCHAR)"
    if column.sql_type == "BOOLEAN":
        return f"CAST({name(column.name)} AS INTEGER)"
    return name(column.name)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
