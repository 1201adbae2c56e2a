"""Rows and records that have met become changes: created, updated, removed or flagged."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import orjson

from staffroom.students.importing.counters import CREATED, FLAGGED, REMOVED, UPDATED, Counters
from staffroom.students.importing.tables import IS_MISSING, Table
from staffroom.students.importing.workbench import Joined, Workbench, packed
from staffroom.students.rows.declaration import EVERYTHING, FLAG, KEEP
from staffroom.tally import Reject


@dataclass(frozen=True, slots=True)
class Rules:
    """How a source's table is compared. ``says`` are the places of the content that the file tells about;
    ``spared`` whose records stay although no row names them."""

    table: Table
    says: tuple[int, ...]
    unmarked: str
    creates: bool = True
    spared: Collection[str] = field(default_factory=frozenset)


def compare(bench: Workbench, rules: Rules, counters: Counters, reject: Callable[[Reject], None]) -> None:
    """Write the changes of one table to the bench. ``reject`` is told of rows that contradict others, and
    of records that may not be made."""
    stored, marked = bench.stored(rules.table.name)
    counters.stored += stored
    counters.marked += marked
    comparing = _Comparing(bench, rules, counters, reject)
    for rows in bench.joined(rules.table.name):
        comparing.rows(rows)
    if rules.unmarked != KEEP and marked:
        comparing.unmarked()


@dataclass(slots=True)
class _Comparing:
    bench: Workbench
    rules: Rules
    counters: Counters
    reject: Callable[[Reject], None]

    def rows(self, rows: list[Joined]) -> None:
        """All rows of one key: the first counts."""
        key, content, line, number, stored = rows[0]
        for _, other, other_line, *_ in rows[1:]:
            if other == content:
                self.counters.repeated += 1
            else:
                self.reject(Reject(other_line, "contradicts", other.encode()))
        if number is None:
            self._create(key, content, line)
        elif content == stored:
            self.counters.unchanged += 1
        else:
            assert stored is not None
            self._update(key, content, line, number, stored)

    def _create(self, key: str, content: str, line: int) -> None:
        if not self.rules.creates:
            self.reject(Reject(line, "not_enrolled", content.encode()))
            return
        self._change(CREATED, key, number=None, after=content, line=line)

    def _update(self, key: str, content: str, line: int, number: int, stored: str) -> None:
        new, old = orjson.loads(content), orjson.loads(stored)
        merged = list(old)
        for place in self.rules.says:
            merged[place] = new[place]
        if merged == old:
            self.counters.unchanged += 1
        else:
            self.counters.filled += _only_fills(old, merged)
            self._change(UPDATED, key, number=number, before=stored, after=packed(merged), line=line)

    def unmarked(self) -> None:
        """What no row named goes, unless a row that nobody could read may have been of it."""
        everything = EVERYTHING in self.rules.spared
        flag = self.rules.unmarked == FLAG
        for key, number, content, owner in self.bench.left(self.rules.table.name):
            if everything or owner in self.rules.spared:
                self.counters.withheld += 1
            elif not flag:
                self._change(REMOVED, key, number=number, before=content)
            elif (after := _flagged(self.rules.table, content)) is not None:
                self._change(FLAGGED, key, number=number, before=content, after=after)

    def _change(
        self,
        action: str,
        key: str,
        *,
        number: int | None,
        before: str | None = None,
        after: str | None = None,
        line: int | None = None,
    ) -> None:
        self.counters.actions[action] += 1
        self.bench.change(
            self.rules.table.name, action, key, number=number, before=before, after=after, line=line
        )


def _only_fills(old: list[Any], new: list[Any]) -> bool:
    """Whether nothing that was said before is said otherwise: the first grades of a term, say."""
    return all(before == after or before in (None, "") for before, after in zip(old, new, strict=True))


def _flagged(table: Table, content: str) -> str | None:
    """The content with the mark of people who are lacking; None where they have it."""
    values = orjson.loads(content)
    place = table.content.index(IS_MISSING)
    if values[place]:
        return None
    values[place] = True
    return packed(values)
