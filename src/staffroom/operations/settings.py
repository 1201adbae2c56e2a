"""The section ``[retention]`` of staffroom.toml: how long what holds people's data is kept, in days."""

from __future__ import annotations

from dataclasses import dataclass

from staffroom.config import at_least


@dataclass(frozen=True, slots=True)
class Retention:
    """What a nightly run deletes when it is older."""

    deliveries_days: int = at_least(0, default=0)
    """Delivered files that were taken in, by the time at which they arrived; 0 keeps them for ever."""
    rejects_days: int = at_least(1, default=180)
    """Rows that could not be used, kept aside with their exact bytes."""
    loader_files_days: int = at_least(1, default=30)
    """Students' files that the loader has downloaded."""
    loader_runs_days: int = at_least(1, default=400)
    """Journals and reports of the loader; a file of which none is kept is sent anew when it comes again."""
    logs_days: int = at_least(1, default=90)
    """Log files."""
    runs_days: int = at_least(1, default=400)
    """Runs on the page of runs, with their counts."""
    failed_sign_ins_days: int = at_least(1, default=30)
    """Failed sign-ins: the address that was typed, and from where."""
    trail_days: int = at_least(1, default=1095)
    """The audit trail: who looked at which learners' records."""
    versions_hours: int = at_least(0, default=24)
    """Published versions of the store that are no longer the current one; the last three always stay."""
