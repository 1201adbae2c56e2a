"""Bytes by place: of a file here, or of one on a server, for readers that are threads."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Protocol

from staffroom.intake.servers.remote import Remote, RemoteFile


class RandomAccess(Protocol):
    """Bytes by place: ``LocalFile``, ``RemoteBytes`` or ``growing.GrowingFile``."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    def read_at(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start``; fewer only at the end."""
        ...


class LocalFile:
    """A file that is whole. Raises OSError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._file = path.open("rb", buffering=0)
        self.size = os.fstat(self._file.fileno()).st_size

    def read_at(self, start: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, start)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> LocalFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RemoteBytes:
    """A remote file, asked from a thread while ``loop`` runs in another."""

    def __init__(self, remote: Remote, file: RemoteFile, loop: asyncio.AbstractEventLoop) -> None:
        self.name = file.path.rpartition("/")[2]
        self.size = file.size
        self._remote, self._file, self._loop = remote, file, loop

    def read_at(self, start: int, length: int) -> bytes:
        asked = self._remote.read_at(self._file, start, length)
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result()
