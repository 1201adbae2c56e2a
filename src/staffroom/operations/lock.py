"""One nightly run at a time: the lock that a second one finds taken."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from staffroom.config import Instance
from staffroom.errors import TransientError

LOCK_FILE = "nightly.lock"


class NightlyBusy(TransientError):
    """Another nightly run of this instance is under way."""


@contextmanager
def nightly_lock(instance: Instance) -> Iterator[None]:
    """Hold the lock of nightly runs; it goes with the process, however that ends. Raises NightlyBusy."""
    path = instance.root / LOCK_FILE
    with path.open("a+") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(path) from None
        file.truncate(0)
        json.dump({"process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}, file)
        file.flush()
        yield


def _busy(path: Path) -> NightlyBusy:
    try:
        holder = json.loads(path.read_text("utf-8"))
        who = f"process {holder['process']}, since {holder['since']}"
    except (ValueError, KeyError):
        who = "it has just begun"
    return NightlyBusy(
        str(path),
        f"another nightly run is under way ({who}).",
        happened="Nothing was changed.",
        next_step="Wait until it has ended; 'staffroom jobs list' shows how far it is.",
    )
