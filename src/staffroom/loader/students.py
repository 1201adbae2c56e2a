"""Blocks of a member become payloads: rows of JSON, ready to be cut into batches.

Polars maps a block whose lines are plain; a block with quotes, control characters, odd rows or bytes that
fit no character goes row by row through ``rows``. Both give the same bytes.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from staffroom.loader.lines import Block, blocks
from staffroom.loader.mapping import Mapping
from staffroom.loader.payloads import by_polars, by_row
from staffroom.loader.rows import LONGEST_ROW, Aside, Row, Shape, aside, read_rows

MOST_UNKNOWN = 1000
"""So many different unknown values are counted by themselves; the others together."""

OTHERS = "(others)"

_GAP = LONGEST_ROW // 2
_BOM = b"\xef\xbb\xbf"
_SPECIAL = re.compile(r'[\x00-\x1f"\\\ufeff]')


@dataclass(frozen=True, slots=True)
class Mapped:
    """Consecutive rows. Row ``i`` is ``data[ends[i]:ends[i + 1]]``, a comma and its JSON; empty if set aside.

    ``lines[i]`` is the physical line on which it begins; ``ids`` are the students, where they were asked for.
    """

    data: memoryview
    ends: Sequence[int]
    lines: Sequence[int]
    aside: dict[int, Aside] = field(default_factory=dict)
    ids: Sequence[str] = ()
    same: frozenset[int] = frozenset()
    """The rows that are left empty because the API has them already."""
    id_hashes: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.UInt64))
    """A hash of each row's student, the same for the same one throughout a process."""

    def __len__(self) -> int:
        return len(self.lines)

    def without(self, same: set[int]) -> Mapped:
        """These rows with those of ``same`` left empty."""
        return replace(self._emptied(same), same=frozenset(same)) if same else self

    def with_aside(self, rows: dict[int, Aside]) -> Mapped:
        """These rows with some set aside; their ids are empty then."""
        if not rows:
            return self
        ids = ["" if place in rows else one for place, one in enumerate(self.ids)]
        return replace(self._emptied(rows), aside={**self.aside, **rows}, ids=ids, id_hashes=hashes_of(ids))

    def _emptied(self, places: Container[int]) -> Mapped:
        data, ends = bytearray(), array("q", [0])
        for place in range(len(self)):
            if place not in places:
                data += self.data[self.ends[place] : self.ends[place + 1]]
            ends.append(len(data))
        return replace(self, data=memoryview(bytes(data)), ends=ends)


def hashes_of(ids: Iterable[str]) -> pl.Series:
    """What ``id_hashes`` holds for these students."""
    return pl.Series(list(ids), dtype=pl.String).hash()


@dataclass(slots=True)
class Unknown:
    """Values that a mapping's tables do not know, counted by column."""

    columns: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, column: str, value: str, count: int = 1) -> None:
        counter = self.columns.setdefault(column, Counter())
        counter[value if value in counter or len(counter) < MOST_UNKNOWN else OTHERS] += count


class Mapper:
    """Maps the rows of one member, in order. ``ids`` says whether each row's student is wanted too."""

    def __init__(self, mapping: Mapping, shape: Shape, unknown: Unknown, *, ids: bool = False) -> None:
        self._shape, self._unknown, self._ids = shape, unknown, ids
        self._id_at = shape.header.index(mapping.id_column)
        self._strip_id = next(one.strip for one in mapping.fields if one.key == mapping.id_key)
        self._payload = by_row(mapping, shape.header, unknown.add)
        self._select = by_polars(mapping, shape.header, unknown.add)
        self._used = [shape.header.index(column) for column in mapping.columns]
        special = {*range(32), *b'"\\', *shape.separator}
        self._ordinary = bytes(set(range(256)) - special)
        self._structure = shape.separator * (len(shape.header) - 1) + b"\n"

    def rows(self, pieces: Iterable[bytes], *, first_line: int) -> Iterator[Mapped]:
        """All rows of the member whose bytes, after its header, are ``pieces``."""
        rest, rest_line = b"", first_line
        for block in blocks(pieces, first_line=first_line):
            mapped = None if rest or block.too_long else self.fast(block)
            if mapped is not None:
                yield mapped
                continue
            if block.too_long:
                rows, _, _ = read_rows(rest, rest_line, self._shape, last=True)
                detail = f"its line {block.first_line:,} is longer than 1 MiB"
                rows.append(aside(block.data, block.first_line, self._shape, "too_long", detail))
                rest = b""
            else:
                first = rest_line if rest else block.first_line
                rows, rest, rest_line = read_rows(rest + block.data, first, self._shape, last=False)
            if rows:
                yield self._packed(rows)
        rows, _, _ = read_rows(rest, rest_line, self._shape, last=True)
        if rows:
            yield self._packed(rows)

    def fast(self, block: Block) -> Mapped | None:
        """The rows of a block of plain lines; None for any other."""
        text = self._plain_text(block.data)
        return None if text is None else self._together(text, block.first_line)

    def _together(self, text: bytes, first_line: int = 0) -> Mapped | None:
        frame = pl.read_csv(
            text,
            has_header=False,
            separator=self._shape.delimiter,
            quote_char=None,
            infer_schema=False,
            empty_string_is_null=False,
            columns=self._used,
            schema={str(place): pl.String for place in range(len(self._shape.header))},
        )
        payloads = self._select(frame)
        if payloads is None:
            return None
        data, ends = _joined(payloads)
        lines = range(first_line, first_line + len(payloads))
        ids = frame[str(self._id_at)].str.strip_chars() if self._strip_id else frame[str(self._id_at)]
        return Mapped(
            memoryview(data),
            ends,
            lines,
            ids=ids.to_list() if self._ids else (),
            id_hashes=ids.hash(),
        )

    def careful(self, block: Block) -> Mapped:
        """The rows of a block, one by one; nothing may be left open at its end."""
        rows, _, _ = read_rows(block.data, block.first_line, self._shape, last=True)
        return self._packed(rows)

    def _plain_text(self, data: bytes) -> bytes | None:
        """The block in UTF-8 where each line is one row without anything that needs care."""
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        if not data.endswith(b"\n"):
            data += b"\n"
        structure = data.translate(None, self._ordinary)
        count = len(structure) // len(self._structure)
        if len(self._shape.header) == 1 or structure != self._structure * count:
            return None
        if any(data.find(b"\n", at, at + _GAP) < 0 for at in range(0, len(data) - _GAP, _GAP)):
            return None  # one of them may be too long
        header = self._shape.header_line + b"\n"
        if data.startswith((header, _BOM)) or b"\n" + header in data:
            return None
        if data.isascii():
            return data
        try:
            return data.decode(self._shape.encoding).encode()
        except UnicodeDecodeError:
            return None

    def _packed(self, rows: Sequence[Row | Aside]) -> Mapped:
        """Rows read one by one; those of them that are plain are mapped together all the same."""
        payloads = self._payloads([row for row in rows if isinstance(row, Row)])
        data, ends, ids = bytearray(), array("q", [0]), []
        set_aside = {}
        for place, row in enumerate(rows):
            if isinstance(row, Row):
                data += next(payloads)
                ids.append(row.fields[self._id_at].strip() if self._strip_id else row.fields[self._id_at])
            else:
                set_aside[place] = row
                ids.append("")
            ends.append(len(data))
        lines = array("q", [row.line for row in rows])
        return Mapped(
            memoryview(bytes(data)),
            ends,
            lines,
            set_aside,
            ids if self._ids else (),
            id_hashes=hashes_of(ids),
        )

    def _payloads(self, rows: Sequence[Row]) -> Iterator[bytes]:
        joined = [self._shape.delimiter.join(row.fields) for row in rows]
        plain = [self._is_plain(text) for text in joined]
        text = "".join(f"{text}\n" for text, fits in zip(joined, plain, strict=True) if fits)
        together = self._together(text.encode()) if text else None
        place = 0
        for row, fits in zip(rows, plain, strict=True):
            if fits and together is not None:
                yield bytes(together.data[together.ends[place] : together.ends[place + 1]])
                place += 1
            else:
                yield self._payload(row.fields)

    def _is_plain(self, text: str) -> bool:
        return not _SPECIAL.search(text) and text.count(self._shape.delimiter) == len(self._shape.header) - 1


def _joined(payloads: pl.Series) -> tuple[bytes, Sequence[int]]:
    """All payloads as one, and where each ends. (Arrow would give both as they are, and costs 40 MB.)"""
    texts = payloads.to_frame("text")
    data = texts.select(pl.col("text").str.join("").cast(pl.Binary)).item()
    ends = texts.select(pl.col("text").str.len_bytes().cast(pl.Int64).cum_sum()).to_series()
    return data, [0, *ends.to_list()]
