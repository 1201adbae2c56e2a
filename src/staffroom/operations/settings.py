"""The section ``[retention]`` of staffroom.toml: how long what holds people's data is kept, in days."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """What a nightly run deletes when it is older."""

    deliveries_days: int = 0
    """Delivered files that were taken in, by the time at which they arrived; 0 keeps them for ever."""
    rejects_days: int = 180
    """Rows that could not be used, kept aside with their exact bytes."""
    logs_days: int = 90
    """Log files."""
    runs_days: int = 400
    """Runs on the page of runs, with their counts."""
    trail_days: int = 1095
    """The audit trail: who looked at which learners' records."""
    versions_hours: int = 24
    """Published versions of the store that are no longer the current one; the last three always stay."""
