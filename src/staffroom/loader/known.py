"""What the API has already: each student's last payload that it took, as a hash, so that unchanged ones stay.

A night's file is compared with what stood here before that night, whatever the night has sent so far: so its
batches stay a pure function of the file. Who is about to be sent is written down first; where such a night is
never finished, those students count as unknown.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from staffroom.loader.students import Mapped

ASKED_AT_ONCE = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS students (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sent (position INTEGER PRIMARY KEY, id TEXT NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS repeated (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

_TABLES = ("students", "sent", "repeated")


def known_path(folder: Path, url: str) -> Path:
    """One file for each API."""
    return folder / f"known-{hashlib.blake2b(url.encode(), digest_size=6).hexdigest()}.sqlite3"


def known_files(folder: Path) -> tuple[Path, ...]:
    """Those that are there."""
    return tuple(sorted(folder.glob("known-*.sqlite3")))


class Known:
    """The students that the API is known to have, and those that a run is sending."""

    def __init__(self, database: sqlite3.Connection, *, rehearsal: bool = False) -> None:
        """In a ``rehearsal`` nothing is written down, because nothing is sent."""
        self._database, self._rehearsal = database, rehearsal
        self._seen = bytearray()
        self._position = 0
        self._repeated: frozenset[str] = frozenset()
        self._held: dict[str, tuple[int, int | None]] = {}
        self._differing: tuple[str, ...] = ()
        self._unsettled: tuple[str, ...] = ()

    @property
    def generation(self) -> int:
        """How many runs have been finished here: the state that a run compares with."""
        return int(self._fact("generation") or 0)

    @property
    def count(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM students").fetchone()[0])

    def begin(self, identity: str) -> None:
        """A run begins or goes on. What another one left unfinished is not known any more."""
        with self._database:
            if self._fact("run") != identity and not self._rehearsal:
                self._database.execute("DELETE FROM students WHERE id IN (SELECT id FROM sent)")
                self._database.execute("DELETE FROM sent")
                self._set("run", identity)
        (highest,) = self._database.execute("SELECT coalesce(max(number), 0) FROM students").fetchone()
        self._seen = bytearray(highest // 8 + 1)
        self._position = 0
        self._repeated = frozenset(row[0] for row in self._database.execute("SELECT id FROM repeated"))
        self._held = {}

    def without_known(self, blocks: Iterable[Mapped], *, keep_all: bool) -> Iterator[Mapped]:
        """Blocks in the order of the file, with ids; unchanged rows are left empty unless ``keep_all``, and
        so are those of students whose rows differed in the last file: only their last one counts."""
        if keep_all:
            self._repeated = frozenset()
        for block in blocks:
            same = self._same(block)
            yield block if keep_all else block.without(same)

    def _same(self, block: Mapped) -> set[int]:
        """The rows that the API has already; the others are written down as about to be sent."""
        known = dict(self._look_up(block))
        same, sent = set(), []
        for place, student in enumerate(block.ids):
            start, end = block.ends[place], block.ends[place + 1]
            if start == end:
                continue
            digest = hashlib.blake2b(block.data[start:end], digest_size=8).digest()
            number = int.from_bytes(digest, "little", signed=True)
            if student in self._repeated:
                self._held[student] = (number, known.get(student))
                same.add(place)
            elif known.get(student) == number:
                same.add(place)
            else:
                sent.append((self._position + place, student, number))
        self._position += len(block)
        self._note(sent)
        return same

    def _note(self, sent: Sequence[tuple[int, str, int]]) -> None:
        """Position, student and hash of rows that are about to be sent."""
        if sent and not self._rehearsal:
            with self._database:
                self._database.executemany("INSERT OR IGNORE INTO sent VALUES (?, ?, ?)", sent)

    @property
    def held(self) -> frozenset[str]:
        """The students none of whose rows was let through."""
        return frozenset(self._held)

    @property
    def late(self) -> list[str]:
        """The students held back whose last row is news, in the order of their first."""
        return [student for student, (last, known) in self._held.items() if last != known]

    def send_late(self) -> None:
        """The last rows of those are about to be sent."""
        late = enumerate(self.late, self._position)
        self._note([(position, student, self._held[student][0]) for position, student in late])

    def met_repeated(self, differing: Iterable[str], unsettled: Iterable[str]) -> None:
        """From ``finish`` on, students whose rows differ are held back, and of those whose last row the API
        did not take nothing is known."""
        self._differing, self._unsettled = tuple(differing), tuple(unsettled)

    def _look_up(self, block: Mapped) -> Iterator[tuple[str, int]]:
        """The known hashes of a block's students, who are marked as seen."""
        asked = [*block.ids, *(row.id for row in block.aside.values())]
        for start in range(0, len(asked), ASKED_AT_ONCE):
            some = asked[start : start + ASKED_AT_ONCE]
            marks = ", ".join("?" * len(some))
            sql = f"SELECT number, id, hash FROM students WHERE id IN ({marks})"  # noqa: S608 - only marks
            for number, student, known in self._database.execute(sql, some):
                self._seen[number >> 3] |= 1 << (number & 7)
                yield student, known

    def missing(self) -> Iterator[str]:
        """The students known before who were in none of the blocks."""
        for number, student in self._database.execute("SELECT number, id FROM students ORDER BY number"):
            if not self._seen[number >> 3] & 1 << (number & 7):
                yield student

    def finish(self, refused: Iterable[str]) -> None:
        """All that was sent is taken now, but for ``refused``: the next run compares with this."""
        with self._database:
            self._database.execute(
                "INSERT INTO students (id, hash) SELECT id, hash FROM sent WHERE true ORDER BY position "
                "ON CONFLICT (id) DO UPDATE SET hash = excluded.hash"
            )
            self._database.execute("DELETE FROM sent")
            self._database.execute("DELETE FROM repeated")
            self._database.executemany("INSERT INTO repeated VALUES (?)", ((one,) for one in self._differing))
            self._forget((*refused, *self._unsettled))
            self._set("generation", str(self.generation + 1))
            self._set("run", "")

    def forget(self, students: Iterable[str]) -> None:
        """The API does not have them any more."""
        with self._database:
            self._forget(students)

    def _forget(self, students: Iterable[str]) -> None:
        """They are let through the next time, so that whatever is wrong is told of their rows."""
        gone = [(one,) for one in students]
        for table in ("students", "repeated"):
            self._database.executemany(f"DELETE FROM {table} WHERE id = ?", gone)  # noqa: S608 - our own names

    def holds(self, student: str) -> bool:
        """Whether the student stands here, known or about to be sent."""
        return any(
            self._database.execute(f"SELECT 1 FROM {table} WHERE trim(id) = ?", (student,)).fetchone()  # noqa: S608 - our own names
            for table in _TABLES
        )

    def erase(self, student: str) -> int:
        """Forget the student so that the file tells nothing either; returns how many rows there were."""
        self._database.execute("PRAGMA secure_delete = ON")
        with self._database:
            rows = sum(
                self._database.execute(f"DELETE FROM {table} WHERE trim(id) = ?", (student,)).rowcount  # noqa: S608 - our own names
                for table in _TABLES
            )
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return rows

    def _fact(self, name: str) -> str | None:
        row = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def _set(self, name: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


@contextmanager
def open_known(path: Path, *, rehearsal: bool = False) -> Iterator[Known]:
    """One run at a time holds it; it is used by one thread after the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=30, check_same_thread=False)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA cache_size = -32768")
        database.executescript(_SCHEMA)
        path.chmod(0o600)
        yield Known(database, rehearsal=rehearsal)
