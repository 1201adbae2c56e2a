"""What an import counts: rows read, left out and rejected; records created, updated and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from staffroom.tally import Counts

CREATED, UPDATED, REMOVED, FLAGGED = "created", "updated", "removed", "flagged"
ACTIONS = (CREATED, UPDATED, REMOVED, FLAGGED)


@dataclass(slots=True)
class Counters:
    """``stored`` is how many records there were in scope before; ``marked`` how many of them a row named.

    ``filled`` records were updated only where they said nothing before; ``withheld`` ones would have been
    removed, were it not for rows that nobody could read.
    """

    rows: int = 0
    changed_rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    repeated: int = 0
    stored: int = 0
    marked: int = 0
    withheld: int = 0
    filled: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)
    """References that led nowhere and were left empty, such as homerooms."""
    mended: dict[str, int] = field(default_factory=dict)

    @property
    def skipped(self) -> int:
        return sum(self.rejected.values())

    @property
    def changed(self) -> int:
        """Stored records that would lose something: those that were only filled in are left out."""
        return self.actions[UPDATED] - self.filled + self.actions[REMOVED] + self.actions[FLAGGED]

    @property
    def share_pct(self) -> float:
        return 100 * self.changed / self.stored if self.stored else 0.0

    @property
    def counts(self) -> Counts:
        """Rows that changed something are kept, good ones that did not are repeated; what the settings do not
        ask for was not read."""
        read = self.rows - sum(self.left_out.values())
        kept = min(self.changed_rows, read - self.skipped)
        return Counts(read, kept, read - self.skipped - kept, self.skipped)

    def as_dict(self) -> dict[str, Any]:
        """As an import's row keeps it, zeros left out."""
        facts: dict[str, Any] = {
            **{name: self.actions[name] for name in ACTIONS},
            "unchanged": self.unchanged,
            "repeated_records": self.repeated,
            "stored": self.stored,
            "withheld": self.withheld,
            "filled": self.filled,
            "left_out": dict(sorted(self.left_out.items())),
            "rejected": dict(sorted(self.rejected.items())),
            "unmatched": dict(sorted(self.unmatched.items())),
            "mended": self.mended,
        }
        return {**self.counts.as_dict(), **{name: value for name, value in facts.items() if value}}


def is_too_much(counters: Counters, *, share_pct: float, count: int) -> bool:
    """Whether so much would change that a person has to look: over the share, and over the count."""
    return counters.changed > count and counters.share_pct > share_pct


def added(counts: Mapping[str, Any]) -> Counts:
    """The tally in an import's kept counts."""
    return Counts(*(int(counts.get(name, 0)) for name in ("read", "kept", "repeated", "skipped")))
