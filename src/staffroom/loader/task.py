"""What one run of the loader is given, and what a try of it has met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from staffroom.config import Instance
from staffroom.loader.erased import KIND, without_erased
from staffroom.loader.known import Known
from staffroom.loader.mapping import Mapping
from staffroom.loader.reading import Read, StudentFile, read_students
from staffroom.loader.repeats import Ids
from staffroom.loader.runs import Chosen
from staffroom.loader.settings import LoaderSettings
from staffroom.loader.students import Mapped
from staffroom.tally import Progress
from staffroom.tombstones import Tombstones


@dataclass(frozen=True, slots=True)
class Task:
    """One run with all that it needs. ``known`` is there where earlier nights count."""

    instance: Instance
    settings: LoaderSettings
    mapping: Mapping
    chosen: Chosen
    progress: Progress
    known: Known | None = None

    def rows(self, file: StudentFile, read: Read, *, ids: bool) -> Iterator[Mapped]:
        """The rows of a file, without those of students who were erased."""
        tombstones = Tombstones(self.instance)
        if not tombstones.hide_any(KIND):
            return read_students(file, self.mapping, self.settings, read, ids=ids)
        return without_erased(read_students(file, self.mapping, self.settings, read, ids=True), tombstones)

    @property
    def is_full(self) -> bool:
        """Whether a student who is not among the rows is missing."""
        return self.settings.full_file and self.chosen == Chosen()


@dataclass(slots=True)
class State:
    """What a try has met so far."""

    read: Read = field(default_factory=Read)
    ids: Ids = field(default_factory=Ids)
    taken: int = 0
    last_taken_at: float = 0.0
    """By the monotonic clock."""
    facts: dict[str, Any] = field(default_factory=dict)
