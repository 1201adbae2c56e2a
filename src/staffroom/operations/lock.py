"""One nightly run at a time: the lock that a second one finds taken."""

from __future__ import annotations

from contextlib import AbstractContextManager

from staffroom.config import Instance
from staffroom.errors import TransientError
from staffroom.locks import held

LOCK_FILE = "nightly.lock"


class NightlyBusy(TransientError):
    """Another nightly run of this instance is under way."""


def nightly_lock(instance: Instance) -> AbstractContextManager[None]:
    """Hold the lock of nightly runs. Raises NightlyBusy."""
    path = instance.root / LOCK_FILE
    return held(
        path,
        lambda holder: NightlyBusy(
            str(path),
            f"another nightly run is under way ({holder}).",
            happened="Nothing was changed.",
            next_step="Wait until it has ended; 'staffroom jobs list' shows how far it is.",
        ),
    )
