"""One process at a time: a lock that goes with the process which holds it, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path


@contextmanager
def held(path: Path, busy: Callable[[str], Exception]) -> Iterator[None]:
    """Hold the lock ``path`` without waiting for it.

    Raises what ``busy`` makes of its holder: ``process 4711, since 2026-09-07T04:00:00+00:00``.
    """
    with path.open("a+") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy(path.read_text("utf-8") or "it has just begun") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {datetime.now(UTC).isoformat(timespec='seconds')}")
        file.flush()
        yield


@contextmanager
def waited_for(path: Path) -> Iterator[int]:
    """Hold the lock of a file for a moment, waiting for whoever has it; gives its descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
