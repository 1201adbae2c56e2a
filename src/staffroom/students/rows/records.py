"""Clean text becomes records: the fields of one row, with the line on which it begins.

A quoted field may hold line ends. A quote that never closes costs its own line and no other: the lines after
it are read again as rows.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from staffroom.students.rows.cleaning import JOINED
from staffroom.tally import Reject

LONGEST_RECORD = 1024 * 1024
"""A longer row is set aside, its first 64 KiB kept."""
KEPT_OF_TOO_LONG = 64 * 1024
MOST_LINES = 200
"""A quoted field whose end does not come within so many lines has no end."""

csv.field_size_limit(2 * LONGEST_RECORD)  # records are measured here, and the default is smaller


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file; ``line`` is the physical line on which it begins, from 1."""

    line: int
    fields: list[str]
    text: str

    @property
    def data(self) -> bytes:
        """The row as it stood, for setting it aside."""
        return self.text.replace(JOINED, "\\\r\n").encode()[:KEPT_OF_TOO_LONG]


class Records:
    """Iterate once for the records and the rejects of a text. Blank lines are neither.

    ``width`` is the number of fields that a row must have; 0 while nothing is known of it.
    """

    def __init__(self, texts: Iterable[str], *, delimiter: str = ",") -> None:
        self.width = 0
        self._delimiter = delimiter
        self._lines = _lines(texts)
        self._again: deque[tuple[int, str | None]] = deque()

    def __iter__(self) -> Iterator[Record | Reject]:
        while (first := self._next()) is not None:
            number, line = first
            if line is None:
                yield Reject(number, "too_long", b"")
            elif line.strip():
                yield self._record(number, line)

    def _next(self) -> tuple[int, str | None] | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _record(self, number: int, line: str) -> Record | Reject:
        if '"' not in line:
            return self._checked(number, line, line.replace(JOINED, " ").split(self._delimiter))
        text, more = self._whole(line)
        fields = None if text is None else self._parsed(text)
        if fields is None or (more and self.width and len(fields) != self.width):
            self._again.extendleft(reversed(more))
            return Reject(number, "quote", line.encode()[:KEPT_OF_TOO_LONG])
        assert text is not None
        return self._checked(number, text, fields)

    def _whole(self, line: str) -> tuple[str | None, list[tuple[int, str | None]]]:
        """The text of a row whose quotes all close, None where they do not; and the lines after the first."""
        texts, more = [line], list[tuple[int, str | None]]()
        quotes, size = line.count('"'), len(line)
        while quotes % 2 and len(more) < MOST_LINES and size < LONGEST_RECORD:
            following = self._next()
            if following is None:
                break
            more.append(following)
            if following[1] is None:
                break
            texts.append(following[1])
            quotes += following[1].count('"')
            size += len(following[1])
        return (None if quotes % 2 else "\n".join(texts)), more

    def _parsed(self, text: str) -> list[str] | None:
        try:
            return next(csv.reader((text.replace(JOINED, " "),), delimiter=self._delimiter))
        except csv.Error:
            return None

    def _checked(self, number: int, text: str, fields: list[str]) -> Record | Reject:
        if self.width and len(fields) != self.width:
            if any(field.strip() for field in fields[self.width :]) or len(fields) < self.width:
                return Reject(number, "fields", text.encode()[:KEPT_OF_TOO_LONG])
            fields = fields[: self.width]  # empty columns after the last are nothing
        return Record(number, fields, text)


def _lines(texts: Iterable[str]) -> Iterator[tuple[int, str | None]]:
    """Numbered lines without their ends; None stands for one that is too long."""
    number, rest, skipping = 1, "", False
    for text in texts:
        lines = (rest + text).split("\n")
        rest = lines.pop()
        for line in lines:
            yield number, None if skipping or len(line) > LONGEST_RECORD else line
            number += 1 + line.count(JOINED)
            skipping = False
        if len(rest) > LONGEST_RECORD:
            rest, skipping = "", True
    if rest or skipping:
        yield number, None if skipping else rest
