"""Rows are cut into batches that are a pure function of the file, so that each has a key of its own.

Batch ``n`` holds the rows (n-1)·size+1 to n·size of the file, those included that are not sent: whatever
happened to a run, the next one cuts the same batches and gives them the same keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from staffroom.loader.rows import ERASED, Aside
from staffroom.loader.students import Mapped

Range = tuple[int, int]
"""Physical lines, the first and the last."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows ``start`` to ``stop`` (without it) of one mapped block."""

    mapped: Mapped
    start: int
    stop: int

    def sent_ranges(self) -> tuple[Range, ...]:
        """The lines of the rows that are sent."""
        mapped = self.mapped
        lines = mapped.lines[self.start : self.stop]
        if isinstance(lines, range) and not mapped.aside and not mapped.same:
            return ((lines[0], lines[-1]),)
        places = range(self.start, self.stop)
        return ranges(mapped.lines[place] for place in places if mapped.ends[place] < mapped.ends[place + 1])


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to a batch of rows, in the order of the file. ``number`` counts from 1."""

    number: int
    parts: tuple[Part, ...]
    is_late: bool = False
    """Its rows stand in earlier batches too, where they were held back."""

    @property
    def lines(self) -> Range:
        """The lines on which its first and its last row begin."""
        first, last = self.parts[0], self.parts[-1]
        return first.mapped.lines[first.start], last.mapped.lines[last.stop - 1]

    @property
    def rows(self) -> int:
        """All its rows, those included that are not sent."""
        return sum(part.stop - part.start for part in self.parts)

    @property
    def aside(self) -> tuple[Aside, ...]:
        return tuple(
            row
            for part in self.parts
            for place, row in part.mapped.aside.items()
            if part.start <= place < part.stop
        )

    @property
    def key_part(self) -> str:
        """Which part of the file's rows it holds: without those erased meanwhile it is another body."""
        erased = sum(row.reason == ERASED for row in self.aside)
        return f"without {erased}" if erased else ""

    @property
    def same(self) -> tuple[Range, ...]:
        """The lines of its unchanged rows."""
        numbers = (
            part.mapped.lines[place]
            for part in self.parts
            if part.mapped.same
            for place in range(part.start, part.stop)
            if place in part.mapped.same
        )
        return ranges(numbers)

    @property
    def to_send(self) -> int:
        """How many rows its body holds."""
        same = sum(part.start <= place < part.stop for part in self.parts for place in part.mapped.same)
        return self.rows - len(self.aside) - same

    def body(self) -> list[bytes | memoryview]:
        """A JSON array in pieces."""
        pieces = [
            part.mapped.data[part.mapped.ends[part.start] : part.mapped.ends[part.stop]]
            for part in self.parts
        ]
        filled = [piece for piece in pieces if len(piece)]
        if filled:
            filled[0] = filled[0][1:]  # the comma before the first row
        return [b"[", *filled, b"]"]

    def sent_ranges(self) -> tuple[Range, ...]:
        """The lines of the rows in its body."""
        found: list[Range] = []
        for part in self.parts:
            for first, last in part.sent_ranges():
                if found and found[-1][1] + 1 == first:
                    first, _ = found.pop()
                found.append((first, last))
        return tuple(found)

    def payloads(self) -> list[tuple[int, bytes]]:
        """Each row that is sent: its line and its JSON."""
        found = []
        for part in self.parts:
            mapped = part.mapped
            for place in range(part.start, part.stop):
                payload = mapped.data[mapped.ends[place] : mapped.ends[place + 1]]
                if len(payload):
                    found.append((mapped.lines[place], bytes(payload[1:])))
        return found


def cut(mapped: Iterable[Mapped], size: int) -> Iterator[Batch]:
    """Batches of ``size`` rows each; the last may have fewer."""
    parts: list[Part] = []
    number, room = 1, size
    for block in mapped:
        start = 0
        while start < len(block):
            stop = min(len(block), start + room)
            parts.append(Part(block, start, stop))
            room -= stop - start
            start = stop
            if not room:
                yield Batch(number, tuple(parts))
                parts, number, room = [], number + 1, size
    if parts:
        yield Batch(number, tuple(parts))


def chosen(batches: Iterable[Batch], *, start_line: int, limit: int | None) -> Iterator[Batch]:
    """Batches without the rows that begin before ``start_line`` and those after ``limit`` rows; whole ones
    that are left out are not there."""
    left = limit
    for batch in batches:
        if left == 0:
            return
        parts: list[Part] = []
        for part in batch.parts:
            start = part.start
            while start < part.stop and part.mapped.lines[start] < start_line:
                start += 1
            stop = part.stop if left is None else min(part.stop, start + left)
            left = left if left is None else left - (stop - start)
            if start < stop:
                parts.append(Part(part.mapped, start, stop))
        if parts:
            yield Batch(batch.number, tuple(parts))


def key_of(identity: str, number: int, part: str = "") -> str:
    """The idempotency key of a batch of a run, or of a named part of it."""
    return hashlib.blake2b(f"{identity}/{number}/{part}".encode(), digest_size=16).hexdigest()


def ranges(numbers: Iterable[int]) -> tuple[Range, ...]:
    """Ascending numbers as ranges, each with its first and its last."""
    found = []
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in group]
        found.append((members[0], members[-1]))
    return tuple(found)
