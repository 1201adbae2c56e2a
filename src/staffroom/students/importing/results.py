"""What became of the sources of one import, as the last line, the night and the pages tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from staffroom.students.importing.counters import Counters
from staffroom.tally import Counts, Reject

MISSING = "missing"
"""The state of a source whose file is not there: nothing was done."""
PREVIEWED = "previewed"
"""The state of a source in a dry run."""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """``state`` is one of ``models.imports.State``, or MISSING or PREVIEWED. ``number`` is the import's, 0
    where it kept none. ``samples`` are some differences by action, ``rejects`` some of the rows set aside.
    """

    source: str
    state: str
    counters: Counters = field(default_factory=Counters)
    number: int = 0
    file_name: str = ""
    is_stale: bool = False
    would_hold: bool = False
    problem: str = ""
    samples: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    rejects: Sequence[Reject] = ()

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "source": self.source,
            "state": self.state,
            "import": self.number,
            "file": self.file_name,
            **self.counters.as_dict(),
            "stale": self.is_stale,
            "would_be_held": self.would_hold,
            "problem": self.problem,
        }
        always = ("source", "state", "read", "kept", "repeated", "skipped")
        return {name: value for name, value in facts.items() if value or name in always}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """All sources of one import, in the order in which they were taken."""

    sources: tuple[SourceResult, ...] = ()

    @property
    def counts(self) -> Counts:
        return sum((one.counters.counts for one in self.sources), Counts())

    def named(self, *states: str) -> list[str]:
        return [one.source for one in self.sources if one.state in states]

    @property
    def stale(self) -> list[str]:
        """Sources whose newest file is older than it should ever be."""
        return [one.source for one in self.sources if one.is_stale]

    def facts(self) -> dict[str, Any]:
        """What there is to tell beside the counts."""
        facts: dict[str, Any] = {
            "held": self.named("held"),
            "failed": {one.source: one.problem for one in self.sources if one.state == "failed"},
            "missing": self.named(MISSING),
            "stale": self.stale,
        }
        return {name: value for name, value in facts.items() if value}
