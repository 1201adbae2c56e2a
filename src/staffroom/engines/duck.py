"""DuckDB, opened the one way: UTC, bounded memory, no extensions from the network."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

Connection = duckdb.DuckDBPyConnection
DuckError = duckdb.Error
"""What any of its failures is, a full disk included."""


def open_duck(*, memory: str = "700MB", threads: int | None = None, spill: Path | None = None) -> Connection:
    """A private in-memory connection for a run. ``spill`` is where it may put what memory cannot hold."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute(f"SET threads = {threads or os.cpu_count() or 1}")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute("SET enable_progress_bar = false")
    if spill is not None:
        connection.execute(f"SET temp_directory = {quoted(str(spill))}")
    return connection


def quoted(text: str) -> str:
    """``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """``text`` as an SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def files_relation(files: Iterable[Path], columns: Mapping[str, str] | None = None) -> str:
    """The rows of Parquet files as a relation; no files, or a column that a file lacks, read as no values.

    ``columns`` are the columns wanted with their types; without it, all that the files have.
    """
    paths = [quoted(str(path)) for path in files]
    if not paths:
        nothing = ", ".join(
            f"CAST(NULL AS {kind}) AS {name(column)}" for column, kind in (columns or {}).items()
        )
        return f"(SELECT {nothing} WHERE FALSE)"
    found = f"read_parquet([{', '.join(paths)}], union_by_name = true)"
    if columns is None:
        return f"(SELECT * FROM {found})"  # noqa: S608 - names and paths of ours
    listed = ", ".join(name(column) for column in columns)
    every = f"SELECT * FROM {found} UNION ALL BY NAME SELECT * FROM {files_relation((), columns)}"  # noqa: S608 - names and paths of ours
    return f"(SELECT {listed} FROM ({every}))"  # noqa: S608 - names and paths of ours


class DuckEngine:
    """Runs the metrics' SELECTs in this process; the writer reads their results straight from it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def table(self, table: str, files: Sequence[Path], columns: Mapping[str, str], where: str = "") -> None:
        """Make the rows of Parquet files known as ``table``, those that meet ``where`` if it is given."""
        reading = _events_relation if table == "events" else files_relation
        relation = reading(files, columns)
        self.view(table, f"SELECT * FROM {relation} {_filter(where)}")  # noqa: S608 - names and paths of ours

    def view(self, view: str, sql: str, *, kept: bool = False, where: str = "") -> None:
        """Make a SELECT known as ``view``; ``kept`` works it out now and keeps its rows."""
        kind = "TEMP TABLE" if kept else "TEMP VIEW"
        rows = f"SELECT * FROM ({sql}) {_filter(where)}"  # noqa: S608 - names and paths of ours
        self.connection.execute(f"CREATE OR REPLACE {kind} {name(view)} AS {rows}")

    def result(self, sql: str, spool: Path) -> str:  # noqa: ARG002 - Spark puts its rows there
        """The rows of ``sql`` as a relation of ``connection``."""
        return f"({sql})"

    def close(self) -> None:
        """Nothing to end: the connection belongs to who opened it."""


def _filter(where: str) -> str:
    return f"WHERE {where}" if where else ""


def _events_relation(files: Sequence[Path], columns: Mapping[str, str]) -> str:
    """The one place that knows how this engine turns an instant into microseconds."""
    if not files:
        return files_relation(files, columns)
    stored = {column: kind for column, kind in columns.items() if column != "happened_us"}
    listed = ", ".join(name(column) for column in stored if column != "happened_at")
    instants = "happened_at AT TIME ZONE 'UTC' AS happened_at, epoch_us(happened_at) AS happened_us"
    return f"(SELECT {listed}, {instants} FROM {files_relation(files, stored)})"  # noqa: S608 - names and paths of ours
