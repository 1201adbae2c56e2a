"""Which remote files were fetched, as they were then: what is the same tonight is not fetched again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from staffroom.config import Instance
from staffroom.intake.servers.remote import RemoteFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS fetched (
    source TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, modified_at TEXT NOT NULL,
    version TEXT NOT NULL, name TEXT NOT NULL, fetched_at TEXT NOT NULL, digest TEXT, problem TEXT,
    PRIMARY KEY (source, path)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A remote file that needs not be fetched again while it stays as it is.

    ``name`` is the local file below the source's folder, empty where the file was refused because of its
    ``problem``, the class of an error.
    """

    source: str
    file: RemoteFile
    name: str
    fetched_at: datetime
    problem: str | None = None


class FetchedFiles:
    """What was fetched, in its SQLite file."""

    def __init__(self, instance: Instance) -> None:
        self._path: Path = instance.root / "fetched.sqlite3"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
            database.executescript(_SCHEMA)
            yield database

    def of(self, source: str) -> Mapping[str, Fetched]:
        """What was fetched from ``source``, by its path on the server."""
        if not self._path.exists():
            return {}
        sql = """SELECT path, size, modified_at, version, digest, name, fetched_at, problem FROM fetched
                 WHERE source = ? ORDER BY path"""
        with self._open() as database:
            rows = database.execute(sql, (source,)).fetchall()
        return {row[0]: _fetched(source, *row) for row in rows}

    def record(self, fetched: Fetched) -> None:
        file = fetched.file
        values = (
            fetched.source,
            file.path,
            file.size,
            file.modified_at.isoformat(),
            file.version,
            fetched.name,
            fetched.fetched_at.astimezone(UTC).isoformat(timespec="seconds"),
            file.digest,
            fetched.problem,
        )
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _fetched(
    source: str,
    path: str,
    size: int,
    modified_at: str,
    version: str,
    digest: str | None,
    name: str,
    fetched_at: str,
    problem: str | None,
) -> Fetched:
    file = RemoteFile(path, size, datetime.fromisoformat(modified_at), version, digest)
    return Fetched(source, file, name, datetime.fromisoformat(fetched_at), problem)
