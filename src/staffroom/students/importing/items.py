"""A file's rows as an import takes them: typed rows, and why the rest cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from staffroom.students.rows.csv_rows import CsvRows, Line
from staffroom.students.rows.declaration import Fault, PassedOver
from staffroom.tally import Reject


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a file. A row may give something and fail in the rest, as a course without a section."""

    line: int
    rows: list[Any]
    data: bytes
    ended: Fault | PassedOver | None = None


class Items(Protocol):
    """Iterate once; then ``absent`` and ``mended`` tell of the file."""

    @property
    def absent(self) -> frozenset[str]:
        """Columns that the file lacks."""
        ...

    @property
    def mended_facts(self) -> dict[str, int]: ...

    def __iter__(self) -> Iterator[Item]: ...


@dataclass(slots=True)
class CsvItems:
    """The rows of a CSV file."""

    csv: CsvRows

    @property
    def absent(self) -> frozenset[str]:
        return self.csv.absent

    @property
    def mended_facts(self) -> dict[str, int]:
        return self.csv.mended.facts

    def __iter__(self) -> Iterator[Item]:
        source, reading = self.csv.source, self.csv.reading
        for found in self.csv:
            if isinstance(found, Reject):
                yield Item(found.line, [], found.data, Fault(found.reason))
            else:
                yield item_of(found, source.rows(found.fields, reading))


def item_of(line: Line, rows: Iterable[Any]) -> Item:
    taken: list[Any] = []
    try:
        for row in rows:
            taken.append(row)  # noqa: PERF402 - what came before a fault stays
    except (Fault, PassedOver) as ended:
        return Item(line.record.line, taken, line.record.data, ended)
    return Item(line.record.line, taken, line.record.data)
