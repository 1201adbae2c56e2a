"""All rows of a file are matched and laid on the bench beside what is stored; the rest is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from staffroom.students.erased import student_of
from staffroom.students.importing.counters import Counters
from staffroom.students.importing.directory import Directory
from staffroom.students.importing.items import Item, Items
from staffroom.students.importing.matching import Matcher, Scope
from staffroom.students.importing.stored import stored_records
from staffroom.students.importing.tables import IS_MISSING, TABLES, Table
from staffroom.students.importing.workbench import Workbench
from staffroom.students.rows.declaration import Fault, PassedOver, Source
from staffroom.students.settings import FileSettings, StudentsSettings
from staffroom.tally import Reject, Step


@dataclass(slots=True)
class Arriving:
    """One file's turn on the bench. ``spared`` is whose records stay, see ``Fault.spares``.

    ``erased`` says of a student's local id whether somebody erased them: such rows leave nothing behind.
    """

    source: Source
    file: FileSettings
    settings: StudentsSettings
    directory: Directory
    scope: Scope
    bench: Workbench
    counters: Counters
    reject: Callable[[Reject], None]
    erased: Callable[[str], bool]
    spared: set[str] = field(default_factory=set)
    _matchers: dict[str, Matcher] = field(default_factory=dict)

    @property
    def tables(self) -> list[Table]:
        return [TABLES[row.TABLE] for row in self.source.tables]

    def matcher(self, table: Table) -> Matcher:
        if table.name not in self._matchers:
            self._matchers[table.name] = Matcher(
                table, self.directory, self.scope, self.settings, self.counters.unmatched
            )
        return self._matchers[table.name]

    def take(self, items: Items, step: Step) -> None:
        """Lay every row on the bench."""
        for item in items:
            self.counters.rows += 1
            step.advance()
            self._take(item)
        self.counters.mended = items.mended_facts

    def lay_stored(self, *, oldest: date | None) -> None:
        """Lay every record on the bench, and sort all."""
        for table in self.tables:
            self.bench.keep(stored_records(self.matcher(table), oldest=oldest, part=self.source.part))
        self.bench.sort()

    def says(self, table: Table, absent: frozenset[str]) -> tuple[int, ...]:
        """The places of a content that this file tells about."""
        owned = self.source.owns.get(table.name, table.fields)
        unsaid = {name for name, column in self.source.fills.items() if column in absent}
        return tuple(
            place
            for place, name in enumerate(table.content)
            if name == IS_MISSING or (name in owned and name not in unsaid)
        )

    def _take(self, item: Item) -> None:
        """A row that a fault ends is a reject, whatever it gave; one that gave nothing was passed over."""
        ended: Fault | PassedOver | None = item.ended
        laid = 0
        for row in item.rows:
            try:
                self._lay(row, item.line)
                laid += 1
            except (Fault, PassedOver) as found:
                ended = ended or found
        if isinstance(ended, Fault):
            self._fault(ended, item)
        elif ended is not None and not laid:
            self.counters.left_out[ended.reason] += 1

    def _fault(self, fault: Fault, item: Item) -> None:
        if fault.spares and self.erased(fault.spares):
            self.counters.left_out["erased"] += 1
            return
        if fault.reason == "unknown_student" and self.file.unknown_students == "ignore":
            self.counters.left_out["unknown_student"] += 1
            return
        if fault.spares:
            self.spared.add(fault.spares)
        self.reject(Reject(item.line, fault.said, item.data))

    def _lay(self, row: Any, line: int) -> None:
        if (student := student_of(row)) and self.erased(student):
            raise PassedOver("erased")
        table = TABLES[row.TABLE]
        content = self.matcher(table).content(row)
        key = [content[place] for place in table.key_places]
        self.bench.arrive(table.name, key, content, line, rank=getattr(row, "rank", 0))
