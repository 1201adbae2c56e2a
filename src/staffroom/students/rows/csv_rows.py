"""A CSV export becomes rows by our names of columns, whatever order, spelling and dirt it has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from staffroom.errors import DeliveryError
from staffroom.students.rows.cleaning import Mended, clean
from staffroom.students.rows.declaration import Fields, Reading, Source
from staffroom.students.rows.records import Record, Records
from staffroom.tally import Reject

HEADER_WITHIN = 5
"""The header is one of so many first rows: some exports have a title, or two headers."""


class ColumnsMissing(DeliveryError):
    """A file without columns that its source cannot do without."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file by our names of columns."""

    record: Record
    fields: Fields


@dataclass(slots=True)
class CsvRows:
    """Iterate once for the lines and rejects of a file; then ``mended`` and ``absent`` tell what was met.

    Raises ColumnsMissing before the first row.
    """

    blocks: Iterable[bytes]
    place: str
    source: Source
    reading: Reading
    mended: Mended = field(default_factory=Mended)
    absent: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Line | Reject]:
        file = self.reading.file
        texts = clean(
            self.blocks,
            self.mended,
            encoding=file.encoding,
            second_encoding=file.second_encoding,
            backslash_escapes=file.backslash_escapes,
        )
        records = Records(texts, delimiter=file.delimiter)
        items = iter(records)
        if self.source.headerless:
            records.width = len(self.source.columns)
            yield from self._lines(items, _Columns.of(self.source.columns, range(records.width)), "")
            return
        header, skipped, rest = self._header(items)
        records.width = len(header.fields)
        yield from skipped
        yield from self._lines(chain(rest, items), self._columns(header), _told(header))

    def _header(self, items: Iterator[Record | Reject]) -> tuple[Record, list[Reject], list[Record | Reject]]:
        """The header, rejects before it, and nothing that was read beyond it."""
        seen: list[Record] = []
        rejects: list[Reject] = []
        for item in items:
            if isinstance(item, Reject):
                rejects.append(item)
            else:
                seen.append(item)
                if not self._missing(item):
                    return item, rejects, []
            if len(seen) + len(rejects) >= HEADER_WITHIN:
                break
        raise self._refused(seen)

    def _missing(self, header: Record) -> list[str]:
        named = {normal(name) for name in header.fields}
        return [name for name in self.source.required if self._called(name, named) not in named]

    def _called(self, column: str, named: Container[str]) -> str:
        """What our column is called in this district, of the names that the file has."""
        columns = self.reading.settings.columns.get(self.source.name, {})
        if column in columns:
            return normal(columns[column])
        other = normal(self.source.also_called.get(column, column))
        return other if normal(column) not in named and other in named else normal(column)

    def _refused(self, seen: Sequence[Record]) -> ColumnsMissing:
        if not seen:
            return ColumnsMissing(
                self.place, "holds no row, not even a header.", happened="Nothing was changed."
            )
        best = min(seen, key=lambda record: len(self._missing(record)))
        missing = self._missing(best)
        named = [normal(name) for name in best.fields if normal(name)]
        near = {name: difflib.get_close_matches(self._called(name, named), named, n=1) for name in missing}
        hints = [f"{name} = {found[0]!r}" for name, found in near.items() if found]
        return ColumnsMissing(
            self.place,
            f"lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            happened="Nothing of it was used.",
            next_step=f"Under [students.columns.{self.source.name}] say what the file calls "
            f"{'them' if len(missing) > 1 else 'it'}{', perhaps ' + ', '.join(hints) if hints else ''}.",
        )

    def _columns(self, header: Record) -> _Columns:
        names = [normal(name) for name in header.fields]
        places = {column: self._called(column, names) for column in self.source.columns}
        present = [column for column, name in places.items() if name in names]
        for column in present:
            if names.count(places[column]) > 1:
                raise DeliveryError(
                    self.place,
                    f"has the column {places[column]} {names.count(places[column])} times.",
                    happened="Nothing of it was used.",
                    next_step="Ask whoever delivers it which of them counts.",
                )
        self.absent = frozenset(self.source.columns) - frozenset(present)
        return _Columns.of(present, [names.index(places[column]) for column in present])

    def _lines(
        self, items: Iterable[Record | Reject], columns: _Columns, header: str
    ) -> Iterator[Line | Reject]:
        nulls = frozenset(self.reading.settings.null_values)
        values = self.reading.settings.values
        for item in items:
            if isinstance(item, Reject):
                yield item
            elif header.startswith(_first(item)) and _told(item) == header:
                continue  # a second header, or that of a file that was appended
            elif any(item.fields):
                yield Line(item, columns.fields(item, nulls, values))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which of a record's fields are ours, under our names."""

    names: tuple[str, ...]
    take: Callable[[Sequence[str]], tuple[str, ...]]

    @classmethod
    def of(cls, names: Sequence[str], places: Iterable[int]) -> _Columns:
        places = tuple(places)
        return cls(tuple(names), itemgetter(*places, places[0]))  # one more, so that it is never one alone

    def fields(
        self, record: Record, nulls: frozenset[str], values: Mapping[str, Mapping[str, str]]
    ) -> Fields:
        texts = ["" if (text := field.strip()) in nulls else text for field in self.take(record.fields)]
        fields = Fields(zip(self.names, texts, strict=False))
        for name, meanings in values.items():
            if name in fields:
                fields[name] = meanings.get(fields[name], fields[name])
        return fields


def normal(name: str) -> str:
    """A header in the one form in which headers are compared: small, without spaces, quotes and signs."""
    return re.sub(r"\W", "", name.strip().lower().replace(" ", "_"))


def _first(record: Record) -> str:
    """Tells most rows from a header, without a look at the rest of them; never empty."""
    return (_normal_of_many(record.fields[0]) or "\n") + ("\t" if len(record.fields) > 1 else "")


_normal_of_many = lru_cache(maxsize=4096)(normal)


def _told(record: Record) -> str:
    return "\t".join(normal(name) for name in record.fields)
