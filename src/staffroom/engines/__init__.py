"""DuckDB and Spark, each opened the one way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from staffroom.engines.duck import Connection, DuckEngine
from staffroom.errors import UnknownName

ENGINES = ("duckdb", "spark")


class Engine(Protocol):
    """Runs SELECTs of the portable subset over Parquet files."""

    def table(self, table: str, files: Sequence[Path], columns: Mapping[str, str], where: str = "") -> None:
        """Make the rows of Parquet files known as ``table``, those that meet ``where`` if it is given."""

    def view(self, view: str, sql: str, *, kept: bool = False, where: str = "") -> None:
        """Make a SELECT known as ``view``; ``kept`` works it out once and keeps its rows."""

    def result(self, sql: str, spool: Path) -> str:
        """The rows of ``sql`` as a relation that the writer's DuckDB connection can read."""

    def close(self) -> None:
        """End what the engine started."""


@contextmanager
def open_engine(engine: str, connection: Connection, *, master: str | None = None) -> Iterator[Engine]:
    """The engine called ``engine``; DuckDB runs in ``connection``, Spark in the cluster ``master``."""
    opened = _open(engine, connection, master)
    try:
        yield opened
    finally:
        opened.close()


def _open(engine: str, connection: Connection, master: str | None) -> Engine:
    if engine == "duckdb":
        return DuckEngine(connection)
    if engine == "spark":
        from staffroom.engines.spark import SparkEngine  # needs Java, which most instances do without

        return SparkEngine.start(master)
    raise UnknownName(
        f"engine {engine}", "is not an engine.", next_step=f"Known engines: {', '.join(ENGINES)}."
    )
