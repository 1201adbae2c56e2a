"""What a store holds, told shortly: for each table its number of rows and a digest that knows no order."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb

from staffroom.engines.duck import open_duck, quoted
from staffroom.events.catalogue import Catalogue, Store

Digests = dict[str, tuple[int, int]]


def digests(store: Path) -> Digests:
    """Every table of the published version."""
    connection = open_duck(threads=1)
    return {
        name: _digest(connection, [store / file.path for file in table.files if not file.copy])
        for name, table in Store(store).current().tables.items()
    }


def differing(one: Digests, other: Digests) -> list[str]:
    """The names of tables that are not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


class WatchingReader(threading.Thread):
    """Reads the published version again and again while runs are killed; notes every half it sees."""

    def __init__(self, store: Path) -> None:
        super().__init__(daemon=True)
        self.store, self.reads = store, 0
        self.halves: list[str] = []
        self._done = threading.Event()

    def run(self) -> None:
        connection = open_duck(threads=1)
        while not self._done.wait(0.02):
            try:
                self._read(connection, Store(self.store).current())
            except Exception as error:
                self.halves.append(f"{type(error).__name__}: {error}")
            self.reads += 1

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _read(self, connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
        for name, table in catalogue.tables.items():
            for file in table.files:
                if file.copy != "sqlite":
                    found, _ = _digest(connection, [self.store / file.path])
                    if found != file.rows:
                        self.halves.append(f"{name}: {found} rows instead of {file.rows}")


def _digest(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> tuple[int, int]:
    if not files:
        return 0, 0
    listed = ", ".join(quoted(str(path)) for path in files)
    sql = f"SELECT count(*), coalesce(sum(hash(row)::HUGEINT), 0) FROM read_parquet([{listed}]) AS row"  # noqa: S608
    found = connection.execute(sql).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])
