"""What was acknowledged, durably: one JSON line a batch, forced to disk four times a second.

A line that a killed run left half written is dropped; its batch is sent again under the same key.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from staffroom.durable import sync
from staffroom.loader.errors import JournalFull

FLUSH_SECONDS = 0.25


class Journal:
    """Appends records to one file. ``add`` may be called by any thread; the writing is done by one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[bytes] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._ending = threading.Event()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._write_until_ended, name="journal", daemon=True)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        created = not self._path.exists()
        self._file = self._path.open("ab")
        if not created:
            self._file.truncate(whole_bytes(self._path))
        sync(self._path.parent)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._flush()
        self._file.close()
        if self._error is not None and kind is None:
            self._raise()

    def add(self, record: Mapping[str, Any]) -> None:
        """Note a record; it is on disk in a moment. Raises JournalFull where an earlier one is not."""
        if self._error is not None:
            self._raise()
        line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        with self._lock:
            self._waiting.append(line)

    def settle(self) -> None:
        """Wait until all that was noted is on disk. Raises JournalFull."""
        self._flush()
        if self._error is not None:
            self._raise()

    def _write_until_ended(self) -> None:
        while not self._ending.wait(FLUSH_SECONDS):
            self._flush()

    def _flush(self) -> None:
        with self._writing:
            with self._lock:
                lines, self._waiting = self._waiting, []
            if not lines or self._error is not None:
                return
            try:
                self._file.write(b"".join(lines))
                self._file.flush()
                os.fdatasync(self._file.fileno())
            except OSError as error:
                self._error = error

    def _raise(self) -> None:
        assert self._error is not None
        raise JournalFull(
            str(self._path),
            f"cannot be written: {self._error.strerror}.",
            happened="Batches that were sent since may be sent again under their keys.",
            next_step="Make room and run it again: it goes on where it stopped.",
        ) from self._error


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The whole records of a journal, in their order; none where there is no journal."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:  # torn by a power cut: what follows was never forced to disk
                return


def whole_bytes(path: Path) -> int:
    """How many bytes of a journal are whole records."""
    size = 0
    with path.open("rb") as file:
        for line in file:
            try:
                orjson.loads(line)
            except orjson.JSONDecodeError:
                break
            if not line.endswith(b"\n"):
                break
            size += len(line)
    return size
