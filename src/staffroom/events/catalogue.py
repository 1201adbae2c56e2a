"""The catalogue of the store: which immutable files are the current version of every table.

``CURRENT`` names ``catalogue-<n>.json``; a new version is files, then their folder, then the catalogue,
then the pointer, each on disk before the next, so that a reader sees the old version or the new one and
a killed writer leaves only files that no catalogue names. Names of files are never used again.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from staffroom.durable import replace_file, sync
from staffroom.errors import StoreBusy, StoreDamaged, StoreFull

POINTER = "CURRENT"
KEPT_CATALOGUES = 3
KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One immutable file of a table. ``path`` is relative to the store."""

    path: str
    rows: int
    bytes: int
    digest: str
    first_course: str | None = None
    last_course: str | None = None
    copy: str = ""
    """Empty for the main copy; ``learner`` for one sorted by learner; ``sqlite`` for the fast one."""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """One table of a version.

    ``through`` is the last day whose data it holds (ISO date), ``computed_at`` the instant of the run
    (ISO, UTC). ``made_from`` holds the digests of code, settings and inputs, so that an unchanged table
    is carried forward. ``problem`` is the class of the error that kept a newer version from being made.
    """

    files: tuple[StoredFile, ...] = ()
    schema_version: int = 1
    through: str | None = None
    computed_at: str | None = None
    made_from: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files if not file.copy)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the whole store. Event days are tables named ``events/YYYY-MM-DD``."""

    number: int = 0
    tables: Mapping[str, StoredTable] = field(default_factory=dict)
    published_at: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What holds for the whole store: time zone, tzdata version, deliveries of the last commit."""

    def table(self, name: str) -> StoredTable | None:
        return self.tables.get(name)

    def with_tables(self, changed: Mapping[str, StoredTable | None], **facts: Any) -> Catalogue:
        """The next catalogue: ``changed`` replaces tables by name, None removes one."""
        tables = {**self.tables, **changed}
        kept = {name: table for name, table in tables.items() if table is not None}
        return replace(self, tables=kept, facts={**self.facts, **facts})


class Store:
    """The folder of one instance's store. Reading needs no lock; writing happens inside ``writing()``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Catalogue:
        """The published catalogue; an empty one where nothing was published yet."""
        for _ in range(3):
            try:
                name = (self.root / POINTER).read_text("utf-8").strip()
            except FileNotFoundError:
                return Catalogue()
            try:
                return _decode((self.root / name).read_bytes(), place=name)
            except FileNotFoundError:
                continue  # swept between the two reads: the pointer has moved on
        raise StoreDamaged(str(self.root / POINTER), "names a catalogue that is not there.")

    def new_path(self, folder: str, suffix: str) -> Path:
        """A path that was never used before, in a folder that exists."""
        path = self.root / folder / f"{uuid.uuid4().hex}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def describe(self, path: Path, rows: int, **facts: Any) -> StoredFile:
        """The catalogue's entry of a finished file, which is forced to disk on the way."""
        with path.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return StoredFile(str(path.relative_to(self.root)), rows, path.stat().st_size, digest, **facts)

    @contextmanager
    def writing(self, *, wait_seconds: float = 0) -> Iterator[None]:
        """Hold the store for one writer; raises StoreBusy where another run holds it."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "LOCK").open("a") as lock:
            _lock(lock.fileno(), self.root, wait_seconds)
            yield

    def publish(self, catalogue: Catalogue) -> Catalogue:
        """Make ``catalogue`` the current version. Raises StoreFull where the disk has no room."""
        number = self.current().number + 1
        catalogue = replace(catalogue, number=number, published_at=datetime.now(UTC).isoformat())
        name = f"catalogue-{number:08d}.json"
        try:
            for folder in self._folders(catalogue):
                sync(folder)
            replace_file(self.root / name, _encode(catalogue))
            replace_file(self.root / POINTER, name.encode())
        except OSError as error:
            raise full_or(error, str(self.root)) from error
        return catalogue

    def sweep(self, *, keep_seconds: float = KEPT_SECONDS) -> int:
        """Delete what no kept catalogue names; returns how many files went. Only inside ``writing()``.

        The last three catalogues and those younger than ``keep_seconds`` are kept for readers in flight. One
        later than the current was never published: a killed writer or a full disk may have left half of it.
        """
        current = self.current().number
        named: set[Path] = set()
        for path in sorted(self.root.glob("catalogue-*.json")):
            number = int(path.stem.removeprefix("catalogue-"))
            young = time.time() - path.stat().st_mtime < keep_seconds
            if number <= current and (number > current - KEPT_CATALOGUES or young):
                catalogue = _decode(path.read_bytes(), place=path.name)
                named.update(self.root / file.path for file in _files(catalogue))
                named.add(path)
        return sum(_delete(path) for path in self._data_files() if path not in named)

    def _folders(self, catalogue: Catalogue) -> set[Path]:
        """The folders of the catalogue's files and those above them, up to the store: each holds a name."""
        paths = {Path(file.path) for file in _files(catalogue)}
        return {self.root / folder for path in paths for folder in path.parents}

    def _data_files(self) -> Iterator[Path]:
        yield from self.root.glob("catalogue-*.json")
        for pattern in ("**/*.parquet", "**/*.sqlite"):
            yield from self.root.glob(pattern)


def full_or(error: OSError, place: str) -> Exception:
    """StoreFull where ``error`` means that the disk has no room, else ``error`` itself."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull(
            place,
            "the disk is full.",
            happened="Nothing was published; the last version stays.",
            next_step="Make room and run again.",
        )
    return error


def _lock(descriptor: int, root: Path, wait_seconds: float) -> None:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise StoreBusy(
                    str(root),
                    "another run is writing to the store.",
                    happened="Nothing was changed.",
                    next_step="Wait until it has finished.",
                ) from None
            time.sleep(0.1)
        else:
            return


def _files(catalogue: Catalogue) -> Iterator[StoredFile]:
    for table in catalogue.tables.values():
        yield from table.files


def _encode(catalogue: Catalogue) -> bytes:
    return json.dumps(asdict(catalogue), ensure_ascii=False, sort_keys=True).encode()


def _decode(data: bytes, *, place: str) -> Catalogue:
    try:
        raw = json.loads(data)
        tables = {
            name: StoredTable(**{**table, "files": tuple(StoredFile(**file) for file in table["files"])})
            for name, table in raw["tables"].items()
        }
        return Catalogue(raw["number"], tables, raw["published_at"], raw["facts"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(place, f"is not a catalogue ({type(error).__name__}).") from error


def _delete(path: Path) -> int:
    path.unlink(missing_ok=True)
    return 1
