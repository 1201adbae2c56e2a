"""When batches have arrived, a drain is asked for: a worker takes them up without waiting for a schedule."""

from __future__ import annotations

import time
from collections.abc import Callable

from staffroom.jobs import runs
from staffroom.jobs.models.run import SCHEDULE

TASK = "registry drain"
RING_SECONDS = 5.0


class Bell:
    """Rings at most every few seconds, and once more for what came in between: a drain that the last ring
    asked for may have ended by then."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rung_at = -RING_SECONDS
        self._is_owed = False

    def arrived(self) -> None:
        """A drain has to be asked for."""
        self._is_owed = True

    def due_seconds(self) -> float | None:
        """How long until it has to be rung; None where nothing has come since it was."""
        return max(0.0, self._rung_at + RING_SECONDS - self._clock()) if self._is_owed else None

    def ring_if_due(self) -> None:
        """Ask for a drain, if it is time. One that waits already is enough; runs see to that."""
        if self.due_seconds() == 0:
            self._rung_at = self._clock()
            runs.queue(TASK, started_by=SCHEDULE)
            self._is_owed = False
