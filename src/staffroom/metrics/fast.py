"""Small tables that every view reads, from their immutable SQLite copy."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from staffroom.metrics.declaration import Kind, Metric
from staffroom.metrics.query import SQLITE, Condition, Question, Rows, statement

KEPT_OPEN = 32
"""Files that a thread keeps open; a new version's take the place of the oldest."""

_local = threading.local()


def read_fast(path: Path, metric: Metric, question: Question, condition: Condition) -> Rows:
    """The answer to a question from the SQLite copy of ``metric``."""
    rows_sql, count_sql = statement(question, "rows", condition, SQLITE)
    connection = _connection(path)
    rows: list[tuple[Any, ...]] = connection.execute(rows_sql.sql, rows_sql.values).fetchall()
    readers = _readers(metric, question)
    if readers:
        rows = [_read(row, readers) for row in rows]
    total = len(rows)
    if question.is_cut:
        total = connection.execute(count_sql.sql, count_sql.values).fetchone()[0]
    return Rows(question.answer, rows, total)


def _connection(path: Path) -> sqlite3.Connection:
    """This thread's connection to a file that never changes; opened anew after a fork."""
    if getattr(_local, "pid", None) != os.getpid():
        _local.pid, _local.connections = os.getpid(), {}
    connections: dict[Path, sqlite3.Connection] = _local.connections
    if path not in connections:
        if len(connections) >= KEPT_OPEN:
            connections.pop(next(iter(connections))).close()
        connections[path] = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    return connections[path]


def _readers(metric: Metric, question: Question) -> dict[int, Callable[[Any], Any]]:
    """By position in the answer: how a value that SQLite keeps as text or number becomes a Python value."""
    kinds = {column.name: column.kind for column in metric.columns}
    measured = {measure.name: measure for measure in question.measures}
    readers: dict[int, Callable[[Any], Any]] = {}
    for position, name in enumerate(question.answer):
        measure = measured.get(name)
        if measure is not None and measure.how not in ("min", "max"):
            continue
        kind = kinds[measure.column if measure is not None else name]
        if kind in _READ:
            readers[position] = _READ[kind]
    return readers


def _read(row: tuple[Any, ...], readers: dict[int, Callable[[Any], Any]]) -> tuple[Any, ...]:
    values = list(row)
    for position, reader in readers.items():
        if values[position] is not None:
            values[position] = reader(values[position])
    return tuple(values)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


_READ: dict[Kind, Callable[[Any], Any]] = {
    Kind.DAY: date.fromisoformat,
    Kind.WEEK: date.fromisoformat,
    Kind.INSTANT: _instant,
    Kind.FLAG: bool,
}
