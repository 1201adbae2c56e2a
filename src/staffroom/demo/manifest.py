"""The truth about the generated files: what a reader of all of them must find, no more and no less."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from staffroom.demo.mess import EVENT, REPEAT, Tagged


@dataclass(frozen=True, slots=True)
class FileTruth:
    """One delivered log file. ``lines == events + repeats + sum(rejects)``.

    ``same_as`` names an earlier file with the same bytes, which a reader must not count again.
    Which of two equal lines is the event and which the repeat follows the order of the files here;
    a reader may take the files in any other order and finds the same totals.
    """

    name: str
    lines: int
    events: int
    repeats: int
    rejects: Mapping[str, int]
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files of one generated university. ``learners`` holds the number who ever joined each course,
    ``export_rows`` what a reader of the newest exports counts: table rows, and blocks of outlines."""

    seed: int
    files: tuple[FileTruth, ...]
    learners: Mapping[str, int]
    export_rows: int

    @property
    def read(self) -> tuple[FileTruth, ...]:
        """The files whose content counts: those that came twice are left out."""
        return tuple(file for file in self.files if file.same_as is None)

    @property
    def lines(self) -> int:
        return sum(file.lines for file in self.read)

    @property
    def events(self) -> int:
        """How many different events the files hold."""
        return sum(file.events for file in self.read)

    @property
    def repeats(self) -> int:
        return sum(file.repeats for file in self.read)

    @property
    def rejects(self) -> dict[str, int]:
        """How many lines cannot be used, by reason."""
        total: Counter[str] = Counter()
        for file in self.read:
            total.update(file.rejects)
        return dict(total)

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True)


def truth_of(name: str, lines: Iterable[Tagged]) -> FileTruth:
    """Count the tags of one file's lines."""
    tags = Counter(tag for _, tag in lines)
    total = sum(tags.values())
    events, repeats = tags.pop(EVENT, 0), tags.pop(REPEAT, 0)
    return FileTruth(name, total, events, repeats, dict(sorted(tags.items())))
