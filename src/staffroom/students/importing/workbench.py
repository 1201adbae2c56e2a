"""A scratch file on which rows of an export and records of the database meet, however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from staffroom.config import Instance
from staffroom.students.importing.changes import SCHEMA, Change, read_changes

SCRATCH = "scratch"
BLOCK = 5_000
_SCHEMA = f"""
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000; PRAGMA temp_store = FILE;
CREATE TABLE arrived (place TEXT, key TEXT, rank INTEGER, content TEXT, line INTEGER);
CREATE TABLE kept (place TEXT, key TEXT, number INTEGER, content TEXT, in_scope INTEGER, owner TEXT);
{SCHEMA};
"""
_SORTED = """
CREATE INDEX kept_by_key ON kept (place, key);
CREATE INDEX arrived_by_key ON arrived (place, key, rank, content, line);
"""
_JOINED = """
SELECT arrived.key, arrived.content, arrived.line, kept.number, kept.content
FROM arrived LEFT JOIN kept ON kept.place = arrived.place AND kept.key = arrived.key
WHERE arrived.place = ? ORDER BY arrived.key, arrived.rank, arrived.content, arrived.line
"""
_LEFT = """
SELECT kept.key, kept.number, kept.content, kept.owner FROM kept
WHERE kept.place = ? AND kept.in_scope AND NOT EXISTS (
    SELECT 1 FROM arrived WHERE arrived.place = kept.place AND arrived.key = kept.key)
ORDER BY kept.key
"""

Joined = tuple[str, str, int, int | None, str | None]
"""Key, content and line of a row; number and content of the record of that key, if there is one."""


class Workbench:
    """What of one source arrived, what is kept, and the changes that make one of the other."""

    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript(_SCHEMA)
        self._waiting: list[tuple[Any, ...]] = []
        self._changes: list[tuple[Any, ...]] = []

    def arrive(self, place: str, key: list[Any], content: list[Any], line: int, *, rank: int = 0) -> None:
        """Of rows of one key the first by rank and content counts, wherever in the file they stand."""
        self._waiting.append((place, packed(key), rank, packed(content), line))
        if len(self._waiting) >= BLOCK:
            self._flush()

    def keep(self, rows: Iterable[tuple[str, str, int, str, bool, str]]) -> None:
        """Records: place, key, number, content, whether they are in scope, and whose they are."""
        self._many("INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?)", rows)

    def sort(self) -> None:
        """All is there: what is asked from now on is asked in the order of keys."""
        self._flush()
        self.database.executescript(_SORTED)

    def joined(self, place: str) -> Iterator[list[Joined]]:
        """The rows of each key together, the one that counts first."""
        rows = self.database.execute(_JOINED, (place,))
        for _, group in groupby(rows, key=itemgetter(0)):
            yield list(group)

    def left(self, place: str) -> Iterator[tuple[str, int, str, str]]:
        """Records in scope that no row named: key, number, content, owner."""
        yield from self.database.execute(_LEFT, (place,))

    def stored(self, place: str) -> tuple[int, int]:
        """How many records in scope there were, and how many of them a row named."""
        all_of_them = self._count("SELECT count(*) FROM kept WHERE place = ? AND in_scope", place)
        left = self._count(f"SELECT count(*) FROM ({_LEFT})", place)  # noqa: S608 - of a constant
        return all_of_them, all_of_them - left

    def change(
        self,
        place: str,
        action: str,
        key: str,
        *,
        number: int | None,
        before: str | None = None,
        after: str | None = None,
        line: int | None = None,
    ) -> None:
        self._changes.append((place, action, key, number, before, after, line))
        if len(self._changes) >= BLOCK:
            self._flush()

    def changes(self, **chosen: Any) -> Iterator[Change]:
        self._flush()
        return read_changes(self.database, **chosen)

    def changed_rows(self) -> int:
        self._flush()
        return self._count("SELECT count(DISTINCT line) FROM changes WHERE line IS NOT NULL")

    def close(self) -> None:
        self.database.close()

    def _count(self, sql: str, *values: Any) -> int:
        return int(self.database.execute(sql, values).fetchone()[0])

    def _flush(self) -> None:
        self._many("INSERT INTO arrived VALUES (?, ?, ?, ?, ?)", self._waiting)
        self._waiting = []
        self._many(
            "INSERT INTO changes (place, action, key, number, before, after, line)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            self._changes,
        )
        self._changes = []

    def _many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.database.execute("BEGIN")
        self.database.executemany(sql, rows)
        self.database.execute("COMMIT")


def packed(values: Sequence[Any]) -> str:
    """Values as the one text by which they are compared."""
    return orjson.dumps(values, default=str, option=orjson.OPT_SORT_KEYS).decode()


@contextmanager
def workbench(instance: Instance) -> Iterator[Workbench]:
    """A workbench in the instance's scratch folder, gone with the block."""
    folder = instance.root / SCRATCH
    folder.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(prefix="students-", dir=folder) as made:
        bench = Workbench(Path(made) / "bench.sqlite3")
        try:
            yield bench
        finally:
            bench.close()
