"""The differences between a file and what is stored, in a small SQLite file that a held import keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from staffroom.config import Instance
from staffroom.durable import sync

FOLDER = "imports"
SCHEMA = """
CREATE TABLE changes (
    id INTEGER PRIMARY KEY, place TEXT NOT NULL, action TEXT NOT NULL, key TEXT NOT NULL, number INTEGER,
    before TEXT, after TEXT, line INTEGER
)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One record that would be created, updated, removed or flagged.

    ``number`` is its id in the database, None for a new one. ``before`` and ``after`` are contents in the
    order of ``Table.content``; a removal keeps none, because the record is still there to be looked at.
    """

    table: str
    action: str
    key: list[Any]
    number: int | None
    before: list[Any] | None
    after: list[Any] | None
    line: int | None

    def differences(self, names: Iterable[str]) -> dict[str, list[Any]]:
        """What changes, by field: [stored, in the file]."""
        if self.before is None or self.after is None:
            return {}
        pairs = zip(names, self.before, self.after, strict=True)
        return {name: [before, after] for name, before, after in pairs if before != after}

    def as_facts(self, names: Iterable[str]) -> Mapping[str, Any]:
        return {
            "table": self.table,
            "action": self.action,
            "key": self.key,
            "line": self.line,
            "differences": self.differences(names),
        }


def changes_path(instance: Instance, number: int) -> Path:
    """Where the differences of a held import are kept."""
    return instance.root / FOLDER / f"{number}.sqlite3"


def keep_changes(scratch: sqlite3.Connection, path: Path) -> None:
    """Put the differences of a scratch file, forced to disk, where a held import keeps them."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(part)) as kept:
        part.chmod(0o600)
        kept.execute(SCHEMA)
        rows = scratch.execute(
            "SELECT id, place, action, key, number, CASE action WHEN 'removed' THEN NULL ELSE before END,"
            " after, line FROM changes ORDER BY id"
        )
        kept.executemany("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        kept.commit()
    sync(part)
    part.replace(path)
    sync(path.parent)


def read_changes(
    source: sqlite3.Connection, *, place: str = "", action: str = "", after: int = 0, limit: int = -1
) -> Iterator[Change]:
    """Differences in the order in which they are applied, from the one after ``after`` on."""
    sql = """SELECT place, action, key, number, before, after, line FROM changes
             WHERE id > ? AND (? = '' OR place = ?) AND (? = '' OR action = ?) ORDER BY id LIMIT ?"""
    for row in source.execute(sql, (after, place, place, action, action, limit)):
        table, done, key, number, before, later, line = row
        yield Change(table, done, orjson.loads(key), number, _loaded(before), _loaded(later), line)


def kept_changes(path: Path, **chosen: Any) -> list[Change]:
    """Differences of a held import, for a page: give ``limit``."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as kept:
        return list(read_changes(kept, **chosen))


def _loaded(text: str | None) -> list[Any] | None:
    return None if text is None else list(orjson.loads(text))
