"""The ledger of deliveries: which contents were taken, by digest, and what became of their rows.

A renamed file is the same delivery; a file that has grown is another one, which supersedes what stood under
its name. The ledger follows the store: a delivery counts as taken once the store has published its rows.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from staffroom.intake.folder import DeliveredFile
from staffroom.tally import Counts

TAKEN = "taken"
TRUNCATED = "truncated"
EMPTY = "empty"
DAMAGED = "damaged"
UNREADABLE = "unreadable"
STATES = {
    TAKEN: "All of it was read.",
    TRUNCATED: "It ends too early; its whole lines were taken.",
    EMPTY: "It holds nothing.",
    DAMAGED: "Its content is not what was written; nothing was taken.",
    UNREADABLE: "It could not be opened or changed while it was read; the next run tries again.",
}
"""The vocabulary of ``Delivery.state``."""

NOT_TAKEN = (DAMAGED, UNREADABLE)
"""The states of files of which nothing was taken although there is something in them."""

_SETTLED = (TAKEN, TRUNCATED, EMPTY, DAMAGED)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS contents (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    digest TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
    arrived_at TEXT NOT NULL, state TEXT NOT NULL,
    read INTEGER NOT NULL, kept INTEGER NOT NULL, repeated INTEGER NOT NULL, skipped INTEGER NOT NULL,
    problem TEXT, taken_at TEXT NOT NULL, supersedes TEXT, catalogue INTEGER NOT NULL,
    PRIMARY KEY (source, digest)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unreadable_deliveries ON deliveries (digest) WHERE state = 'unreadable';
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Content:
    """A delivered file as it was when its digest was taken."""

    file: DeliveredFile
    digest: str
    size: int
    mtime_ns: int

    def unchanged(self) -> bool:
        """Whether the file is still the one that the digest is of."""
        try:
            now = self.file.path.stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.mtime_ns)

    @property
    def arrived_at(self) -> str:
        return datetime.fromtimestamp(self.mtime_ns / 1e9, UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivered content and what became of it. ``read == kept + repeated + skipped``.

    ``kind`` is ``log`` or ``export``; ``state`` one of STATES; ``problem`` a sentence or None; instants are
    ISO texts in UTC. ``supersedes`` is the digest of what stood under the same name before; ``catalogue``
    the number of the store's version that holds its rows.
    """

    digest: str
    source: str
    kind: str
    name: str
    size: int
    arrived_at: str
    state: str
    read: int = 0
    kept: int = 0
    repeated: int = 0
    skipped: int = 0
    problem: str | None = None
    taken_at: str = ""
    supersedes: str | None = None
    catalogue: int = 0

    @property
    def counts(self) -> Counts:
        return Counts(self.read, self.kept, self.repeated, self.skipped)


@dataclass(frozen=True, slots=True)
class Summary:
    """All deliveries of an instance in figures; ``problems`` counts those that somebody should look at."""

    deliveries: int
    problems: int
    counts: Counts
    last_taken_at: str | None


class Ledger:
    """The ledger in its SQLite file. Only a run that holds the store writes to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.executescript(f"PRAGMA journal_mode = WAL; {_SCHEMA}")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use: pages of several threads read while a run writes."""
        with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
            yield database

    def content(self, file: DeliveredFile) -> Content:
        """The file's digest, computed anew only where size or modification time differ from last time.

        Raises OSError where it cannot be read. An empty file has no content to know it by: its name decides.
        What the ledger says of the file while it could not be opened is forgotten.
        """
        stat = file.path.stat()
        key = str(file.path.resolve())
        with self._open() as database:
            row = database.execute(
                "SELECT digest FROM contents WHERE path = ? AND size = ? AND mtime_ns = ?",
                (key, stat.st_size, stat.st_mtime_ns),
            ).fetchone()
            digest = row[0] if row else _digest(file, stat.st_size)
            if row is None:
                values = (key, stat.st_size, stat.st_mtime_ns, digest)
                database.execute("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?)", values)
            sql = "DELETE FROM deliveries WHERE digest = ? AND state = 'unreadable'"
            database.execute(sql, (_stands_for(file),))
        return Content(file, digest, stat.st_size, stat.st_mtime_ns)

    def states(self, source: str) -> dict[str, str]:
        """The state of each delivery of ``source``, by digest."""
        with self._open() as database:
            return dict(database.execute("SELECT digest, state FROM deliveries WHERE source = ?", (source,)))

    def settled(self, source: str) -> frozenset[str]:
        """The digests of the deliveries of ``source`` that need not be read again."""
        return frozenset(digest for digest, state in self.states(source).items() if state in _SETTLED)

    def record(self, deliveries: Iterable[Delivery]) -> None:
        """Enter deliveries, all or none. One that is entered again keeps what it kept before.

        What was taken under a name ends what is said of the time when it could not be read.
        """
        deliveries = list(deliveries)
        with self._open() as database:
            for delivery in deliveries:
                if self._is_overtaken(database, delivery):
                    continue
                entry = _joined(self._find(database, delivery), delivery)
                entry = replace(entry, supersedes=entry.supersedes or self._same_name(database, entry))
                marks = ", ".join("?" * len(fields(Delivery)))
                columns = ", ".join(field.name for field in fields(Delivery))
                sql = f"INSERT OR REPLACE INTO deliveries ({columns}) VALUES ({marks})"  # noqa: S608 - names of columns; values are bound
                database.execute(sql, astuple(entry))
                if entry.state != UNREADABLE:
                    sql = """DELETE FROM deliveries
                             WHERE source = ? AND kind = ? AND name = ? AND state = 'unreadable'"""
                    database.execute(sql, (entry.source, entry.kind, entry.name))

    def deliveries(self) -> list[Delivery]:
        """All deliveries, the last taken first."""
        return self._select("ORDER BY taken_at DESC, source, name, digest")

    def find(self, name: str) -> list[Delivery]:
        """The deliveries of that name, or with that digest."""
        return self._select("WHERE name = ? OR digest = ? ORDER BY taken_at, source, digest", (name, name))

    def summary(self) -> Summary:
        sql = """SELECT count(*), count(problem), sum(read), sum(kept), sum(repeated), sum(skipped),
                 max(taken_at) FROM deliveries"""
        with self._open() as database:
            count, problems, *sums, last = database.execute(sql).fetchone()
        return Summary(count, problems, Counts(*(number or 0 for number in sums)), last)

    def not_taken(self, *, since: datetime) -> int:
        """Of how many files nothing was taken by runs that began at ``since`` or later."""
        return self._count(NOT_TAKEN, since)

    def cut_short(self, *, since: datetime) -> int:
        """Of how many files only the beginning was there in runs that began at ``since`` or later."""
        return self._count((TRUNCATED,), since)

    def _count(self, states: Sequence[str], since: datetime) -> int:
        marks = ", ".join("?" * len(states))
        sql = f"SELECT count(*) FROM deliveries WHERE state IN ({marks}) AND taken_at >= ?"  # noqa: S608 - question marks
        with self._open() as database:
            values = (*states, since.astimezone(UTC).isoformat(timespec="seconds"))
            count: int = database.execute(sql, values).fetchone()[0]
        return count

    def not_whole(self) -> list[Delivery]:
        """The deliveries that lack something, their ends or all, and that nothing has superseded since."""
        return self._select(
            """AS one WHERE state IN (?, ?) AND NOT EXISTS (
               SELECT 1 FROM deliveries WHERE source = one.source AND supersedes = one.digest)
               ORDER BY source, name, digest""",
            (TRUNCATED, DAMAGED),
        )

    def follow(self, store_id: str, catalogue: int) -> int:
        """Forget what this store does not hold; returns how many deliveries will be taken again.

        That is everything where the store was made anew, and what is later than ``catalogue`` where an older
        store was put back. What was entered before the store had a name, in its first night, is its own.
        """
        with self._open() as database:
            row = database.execute("SELECT value FROM facts WHERE name = 'store'").fetchone()
            oldest_lost = catalogue + 1 if row is not None and row[0] in ("", store_id) else 0
            gone = database.execute("DELETE FROM deliveries WHERE catalogue >= ?", (oldest_lost,)).rowcount
            database.execute("INSERT OR REPLACE INTO facts VALUES ('store', ?)", (store_id,))
        return gone

    def _select(self, clause: str, values: Sequence[str] = ()) -> list[Delivery]:
        columns = ", ".join(field.name for field in fields(Delivery))
        with self._open() as database:
            rows = database.execute(f"SELECT {columns} FROM deliveries {clause}", values)  # noqa: S608 - names of columns; values are bound
            return [Delivery(*row) for row in rows]

    def _find(self, database: sqlite3.Connection, delivery: Delivery) -> Delivery | None:
        columns = ", ".join(field.name for field in fields(Delivery))
        sql = f"SELECT {columns} FROM deliveries WHERE source = ? AND digest = ?"  # noqa: S608 - names of columns; values are bound
        row = database.execute(sql, (delivery.source, delivery.digest)).fetchone()
        return Delivery(*row) if row else None

    def _is_overtaken(self, database: sqlite3.Connection, delivery: Delivery) -> bool:
        """Whether ``delivery`` could not be read, and what has its name was read since."""
        sql = """SELECT 1 FROM deliveries
                 WHERE source = ? AND kind = ? AND name = ? AND state <> 'unreadable' AND taken_at > ?"""
        values = (delivery.source, delivery.kind, delivery.name, delivery.taken_at)
        return delivery.state == UNREADABLE and database.execute(sql, values).fetchone() is not None

    def _same_name(self, database: sqlite3.Connection, delivery: Delivery) -> str | None:
        sql = """SELECT digest FROM deliveries WHERE source = ? AND kind = ? AND name = ? AND digest <> ?
                 AND state <> 'unreadable' ORDER BY taken_at DESC, digest LIMIT 1"""
        row = database.execute(
            sql, (delivery.source, delivery.kind, delivery.name, delivery.digest)
        ).fetchone()
        return str(row[0]) if row else None


def unreadable(source: str, kind: str, file: DeliveredFile, error: OSError) -> Delivery:
    """The entry of a file that cannot be opened: it has no digest, so its path stands for it until it can."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Delivery(
        digest=_stands_for(file),
        source=source,
        kind=kind,
        name=file.name,
        size=0,
        arrived_at=now,
        state=UNREADABLE,
        problem=f"It cannot be opened: {error.strerror}.",
        taken_at=now,
    )


def _stands_for(file: DeliveredFile) -> str:
    """What stands for the digest of a file that cannot be opened."""
    return hashlib.sha256(f"unreadable {file.path.resolve()}".encode()).hexdigest()


def _joined(before: Delivery | None, now: Delivery) -> Delivery:
    """``now`` with the rows that the same content gave before: those it repeats, it has kept itself."""
    if before is None or before.catalogue == now.catalogue:
        return now
    kept = min(before.kept + now.kept, now.read - now.skipped)
    return replace(now, kept=kept, repeated=now.read - now.skipped - kept)


def _digest(file: DeliveredFile, size: int) -> str:
    if size == 0:
        return hashlib.sha256(f"empty {file.name}".encode()).hexdigest()
    with file.path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
