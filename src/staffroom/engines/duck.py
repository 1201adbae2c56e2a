"""DuckDB, opened the one way: UTC, bounded memory, no extensions from the network."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb


def open_duck(
    *, memory: str = "700MB", threads: int | None = None, spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
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
