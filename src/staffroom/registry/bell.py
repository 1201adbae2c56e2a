"""When batches have arrived, a drain is asked for: a worker takes them up without waiting for a schedule."""

from __future__ import annotations

import time

from staffroom.jobs import runs
from staffroom.jobs.models.run import SCHEDULE

TASK = "registry drain"
RING_SECONDS = 5.0

_rung_at = -RING_SECONDS


def ring() -> None:
    """Ask for a drain, at most every few seconds. One that waits already is enough; runs see to that."""
    global _rung_at
    if time.monotonic() - _rung_at >= RING_SECONDS:
        _rung_at = time.monotonic()
        runs.queue(TASK, started_by=SCHEDULE)
