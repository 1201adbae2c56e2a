"""Delivered files of which a run missed something: how many they are, and where they are listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from staffroom.config import Instance
from staffroom.events.ingest import ledger_path
from staffroom.intake.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Missed:
    """``not_taken`` files could not be opened or were damaged; of ``cut_short`` ones the end is missing."""

    not_taken: int = 0
    cut_short: int = 0

    def __bool__(self) -> bool:
        return self.not_taken > 0 or self.cut_short > 0

    def facts(self) -> dict[str, Any]:
        """What the last line of a run tells of them; nothing where there are none."""
        told = {"files_not_taken": self.not_taken, "files_cut_short": self.cut_short}
        facts: dict[str, Any] = {name: files for name, files in told.items() if files}
        return {**facts, "see": "staffroom events deliveries --problems"} if facts else {}


def files_missed(instance: Instance, *, since: datetime) -> Missed:
    """What the runs that began at ``since`` or later could not take, or not whole."""
    ledger = Ledger(ledger_path(instance))
    return Missed(ledger.not_taken(since=since), ledger.cut_short(since=since))
