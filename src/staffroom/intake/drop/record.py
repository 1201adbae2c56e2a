"""Who came when and brought how much: for ``staffroom drop sessions`` and for the daily limits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from staffroom.config import Instance
from staffroom.intake.drop.keys import FOLDER

TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    began_at TEXT NOT NULL,
    ended_at TEXT,
    files INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    ended TEXT NOT NULL DEFAULT 'under way'
);
CREATE TABLE IF NOT EXISTS days (
    account TEXT NOT NULL,
    day TEXT NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (account, day)
);
"""

UNDER_WAY = "under way"
LEFT = "left"
"""The client said goodbye, with nothing half done."""
BROKEN = "broken"
"""The line broke, or something was left half done."""
IDLE = "idle"
STOPPED = "stopped"
LOST = "lost"
"""The drop itself was killed while the session was under way."""


@dataclass(frozen=True, slots=True)
class Session:
    """One connection of an account; ``files`` and ``bytes`` are what was delivered whole."""

    number: int
    account: str
    address: str
    began_at: datetime
    ended_at: datetime | None
    files: int
    bytes: int
    ended: str

    @property
    def seconds(self) -> float | None:
        return None if self.ended_at is None else (self.ended_at - self.began_at).total_seconds()

    def as_dict(self) -> dict[str, object]:
        facts = asdict(self)
        facts["began_at"] = self.began_at.isoformat()
        facts["ended_at"] = self.ended_at.isoformat() if self.ended_at else None
        return facts


def record_path(instance: Instance) -> Path:
    return instance.root / FOLDER / "sessions.sqlite3"


class Record:
    """The record of one instance; written by the one drop that runs, read by anybody."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=10, isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {TABLES}")

    def close(self) -> None:
        self._database.close()

    def began(self, account: str, address: str) -> int:
        done = self._database.execute(
            "INSERT INTO sessions (account, address, began_at) VALUES (?, ?, ?)", (account, address, _now())
        )
        return int(done.lastrowid or 0)

    def delivered(self, number: int, size: int) -> None:
        self._database.execute(
            "UPDATE sessions SET files = files + 1, bytes = bytes + ? WHERE number = ?", (size, number)
        )

    def ended(self, number: int, how: str) -> None:
        self._database.execute(
            "UPDATE sessions SET ended_at = ?, ended = ? WHERE number = ?", (_now(), how, number)
        )

    def mark_lost(self) -> None:
        """What a drop that was killed could not write down: its sessions are over, since when is unknown."""
        self._database.execute("UPDATE sessions SET ended = ? WHERE ended = ?", (LOST, UNDER_WAY))

    def forget(self, *, days: int) -> None:
        before = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        self._database.execute("DELETE FROM sessions WHERE began_at < ?", (before,))
        self._database.execute("DELETE FROM days WHERE day < ?", (before[:10],))

    def count(self, account: str, day: date, *, files: int, size: int) -> None:
        self._database.execute(
            "INSERT INTO days VALUES (?, ?, ?, ?) ON CONFLICT (account, day) "
            "DO UPDATE SET files = files + excluded.files, bytes = bytes + excluded.bytes",
            (account, day.isoformat(), files, size),
        )

    def of_day(self, account: str, day: date) -> tuple[int, int]:
        """The files and bytes that the account sent on this day."""
        found = self._database.execute(
            "SELECT files, bytes FROM days WHERE account = ? AND day = ?", (account, day.isoformat())
        ).fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    def sessions(self, *, account: str | None = None, limit: int = 50) -> Iterator[Session]:
        """The newest first."""
        rows = self._database.execute(
            "SELECT number, account, address, began_at, ended_at, files, bytes, ended FROM sessions "
            "WHERE ? IS NULL OR account = ? ORDER BY number DESC LIMIT ?",
            (account, account, limit),
        )
        for number, name, address, began, ended_at, files, size, ended in rows:
            until = datetime.fromisoformat(ended_at) if ended_at else None
            yield Session(number, name, address, datetime.fromisoformat(began), until, files, size, ended)


@contextmanager
def open_record(instance: Instance) -> Iterator[Record]:
    with closing(Record(record_path(instance))) as record:
        yield record


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
