"""A file that is read while a download still appends to it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from staffroom.intake.downloads.partial import Places


class Growth:
    """How far a file has come, told by the thread that appends and awaited by those that read."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._size = 0
        self._has_ended = False
        self._error: BaseException | None = None

    def reached(self, size: int) -> None:
        """``size`` bytes are in the file now. Give this to ``download`` as ``vouched``."""
        with self._changed:
            self._size = max(self._size, size)  # a try that goes on begins with what is there
            self._changed.notify_all()

    def end(self) -> None:
        """The file is whole."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """It will never be whole: readers that wait for more get ``error``."""
        with self._changed:
            self._error, self._has_ended = error, True
            self._changed.notify_all()

    def wait_for(self, size: int) -> int:
        """Block until ``size`` bytes are there or the file has ended; returns how many are.

        Raises the error of the download where it failed before ``size`` was reached.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._size >= size or self._has_ended)
            if self._size < size and self._error is not None:
                raise self._error
            return self._size


class GrowingFile:
    """Random access (``archives.RandomAccess``) to a file of ``size`` bytes whose beginning is there.

    ``target`` is where the download will put it, and ``size`` what the server says.
    """

    def __init__(self, target: Path, size: int, growth: Growth) -> None:
        self.name = target.name
        self.size = size
        self._places, self._growth = Places(target), growth
        self._descriptor = -1

    def read_at(self, start: int, length: int) -> bytes:
        """Blocks until the bytes are there; fewer only at the end of the file."""
        end = min(start + length, self.size)
        have = self._growth.wait_for(end)
        if self._descriptor < 0:
            self._descriptor = self._open()
        return os.pread(self._descriptor, max(0, min(end, have) - start), start)

    def _open(self) -> int:
        """The part, or the file that it has become: it stays the same file then."""
        try:
            return os.open(self._places.part, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return os.open(self._places.target, os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> GrowingFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
