"""What one run of the loader is given, and what a try of it has met."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from staffroom.config import Instance
from staffroom.loader.known import Known
from staffroom.loader.mapping import Mapping
from staffroom.loader.reading import Read
from staffroom.loader.repeats import Ids
from staffroom.loader.runs import Chosen
from staffroom.loader.settings import LoaderSettings
from staffroom.tally import Progress


@dataclass(frozen=True, slots=True)
class Task:
    """One run with all that it needs. ``known`` is there where earlier nights count."""

    instance: Instance
    settings: LoaderSettings
    mapping: Mapping
    chosen: Chosen
    progress: Progress
    known: Known | None = None

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
    facts: dict[str, Any] = field(default_factory=dict)
